"""The cursor of an account, as JSON."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portevoix.channels.timestamps import instant
from portevoix.channels.x.budget import Tally
from portevoix.channels.x.parse import number_at, post_id

MOST_RECENT = 400
MOST_TALKS = 100
WATCHED = timedelta(days=7)


@dataclass(slots=True)
class Walk:
    """One timeline. `since` is the newest post of the last whole reading; the others are of one that goes on.

    X shows the newest page first, so that `since` moves to `top` only when the last page was read.
    """

    begin: str = ""
    since: str = ""
    end: str = ""
    page: str = ""
    top: str = ""
    low: str = ""
    pages: int = 0
    count: int = 0

    @property
    def goes_on(self) -> bool:
        return bool(self.page)

    def finish(self) -> None:
        self.since = self.top or self.since
        self.page = self.top = self.low = self.end = ""
        self.pages = self.count = 0


@dataclass(slots=True)
class Cursor:
    """The position of an account. `jobs` are the remaining jobs of a round; `recent` are the last week's messages,
    oldest first.

    `talks` are conversations whose beginning was looked for, `wanted` those where it is to be ("conversation/post");
    `look` is where in `recent` the search for deleted posts continues. `usage` is X's own count and cap.
    """

    me: str = ""
    handle: str = ""
    mentions: Walk = field(default_factory=Walk)
    own: Walk = field(default_factory=Walk)
    jobs: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    talks: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    look: int = 0
    own_at: str = ""
    looked_at: str = ""
    again_at: str = ""
    tally: Tally = field(default_factory=Tally)
    usage: list[int] = field(default_factory=list)
    usage_at: str = ""

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """Parse a cursor; start afresh for None, and for one that is not ours."""
        try:
            document = json.loads(text or "{}")
            mentions, own = Walk(**document.pop("mentions", {})), Walk(**document.pop("own", {}))
            return cls(mentions=mentions, own=own, tally=Tally(**document.pop("tally", {})), **document)
        except (AttributeError, TypeError, ValueError, RecursionError):
            return cls()

    def remember(self, numbers: list[str], now: datetime) -> None:
        """Add messages, and drop those that are a week old."""
        recent_ids = set(self.recent)
        candidates = [*self.recent, *(number for number in numbers if number not in recent_ids)]
        oldest = number_at(now - WATCHED)
        self.recent = [number for number in sorted(candidates, key=int)[-MOST_RECENT:] if int(number) > oldest]

    def due(self, when: str, every: timedelta, now: datetime) -> bool:
        then = instant(when)
        return then is None or not timedelta() <= now - then < every


def highest(numbers: list[Any]) -> str:
    return max((number for number in map(post_id, numbers) if number), key=int, default="")


def lowest(numbers: list[Any]) -> str:
    return min((number for number in map(post_id, numbers) if number), key=int, default="")
