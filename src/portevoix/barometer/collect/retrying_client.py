"""Asks networks for a study: in public, without an account, patiently, one call after the other."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from portevoix.channels.http import Http, Parameters
from portevoix.channels.http_answers import Answer
from portevoix.channels.importers.documents import Item, LeftOut
from portevoix.kernel.errors import BadLine, TryLater
from portevoix.kernel.messages import Incoming

END_STEP: Final = "done"
TRIES: Final = 6
LOOK_BACK: Final = timedelta(days=7)
LONGEST_WAIT: Final = timedelta(minutes=15)

type Place = Mapping[str, Any]
"""Where to go on; its "step" is DONE at the end. It is what JSON can hold."""


@dataclass(frozen=True, slots=True)
class Window:
    """The period of posts to collect: from a week before `begins`, since people still answer those posts in the period,
    until before `until`. Earlier messages of a thread are collected too.
    """

    begins: datetime
    until: datetime

    @property
    def early(self) -> datetime:
        return self.begins - LOOK_BACK

    def holds(self, message: Incoming) -> bool:
        return self.early <= message.sent_at < self.until


@dataclass(slots=True)
class Page:
    """The result of one call, and where to go on. `audience`: followers and followed, where the call returned them."""

    place: Place
    messages: list[Incoming] = field(default_factory=list)
    hidden: Counter[str] = field(default_factory=Counter)
    audience: tuple[int, int] | None = None


class Reader(Protocol):
    """Reads one account of a network, one call at a time. Raises ChannelError."""

    def read(self, place: Place, window: Window) -> Page: ...


@dataclass(slots=True)
class RetryingClient:
    """Retries when the network asks to wait or fails. `waiting` is called with the number of seconds.

    Raises TryLater after six times, and Refused at once.
    """

    http: Http
    waiting: Callable[[float], None]
    sleep: Callable[[float], None] = time.sleep

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        for attempt in range(1, TRIES):
            try:
                return self.http.get(path, parameters)
            except TryLater as error:
                seconds = max(min(error.after, LONGEST_WAIT).total_seconds(), 2.0**attempt)
                self.waiting(seconds)
                self.sleep(seconds)
        return self.http.get(path, parameters)


def pick_messages(items: Iterable[Item], page: Page) -> list[Incoming]:
    """Return the messages of an answer, and count unreadable and deleted items as hidden."""
    messages = []
    for item in items:
        if isinstance(item, Incoming):
            messages.append(item)
        elif isinstance(item, BadLine):
            page.hidden["unreadable"] += 1
        elif isinstance(item, LeftOut) and item.what == "deleted or blocked posts":
            page.hidden["deleted"] += 1
    return messages


MOST_FOLLOWERS = 10**10
"""More than there are people: a count beyond it is none."""


def audience_counts(profile: Any, followers: str, following: str) -> tuple[int, int] | None:
    """Return the two counts of a profile under these names; None unless it has both."""
    counts = [profile.get(name) for name in (followers, following)] if isinstance(profile, dict) else []
    numbers = [count for count in counts if type(count) is int and 0 <= count <= MOST_FOLLOWERS]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def count_missing_replies(messages: Iterable[Incoming]) -> int:
    """Return how many replies the network counts below these messages without showing them."""
    everyone = list(messages)
    shown_counts = Counter(one.in_reply_to for one in everyone)
    return sum(max(0, one.counts.get("replies", 0) - shown_counts[one.external_id]) for one in everyone)
