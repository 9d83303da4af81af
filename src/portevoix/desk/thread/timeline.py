"""A conversation's messages and history in one line of time, as the thread shows them."""

from dataclasses import dataclass
from datetime import datetime

from portevoix.desk.thread.danger import Danger, danger
from portevoix.desk.thread.event_text import Names, Told, tell
from portevoix.kernel.messages import Direction
from portevoix.kernel.states import SAID
from portevoix.record.queries.conversation import Message, Thread
from portevoix.web import labels


@dataclass(frozen=True, slots=True)
class Labels:
    """What a citizen's message is by itself; `known`: a colleague or the message said so, else it is but likely."""

    text: str
    icon: str
    known: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """Either a message or a sentence of the history. `new`: it came after the version that the page had shown.

    `danger`: what a citizen's message says of danger, None when it says nothing of the kind.
    """

    at: datetime
    new: bool
    message: Message | None = None
    told: Told | None = None
    danger: Danger | None = None
    labels: Labels | None = None


def entries(thread: Thread, names: Names, *, since: int | None) -> list[Entry]:
    """By time. `since` is the version seen before, None: nothing is marked as new."""
    fresh = _fresh(thread, since)
    urgent = thread.conversation.urgency > 0
    found = [
        Entry(m.sent_at, m.pk in fresh[0], message=m, danger=_danger(m) if urgent else None, labels=_labels(m))
        for m in thread.messages
    ]
    found += [Entry(told.at, told.new, told=told) for told in history(thread, names, since=since) if _apart(told)]
    return sorted(found, key=lambda entry: (entry.at, entry.message is None))


def history(thread: Thread, names: Names, *, since: int | None = None) -> list[Told]:
    """Every event as a sentence, by time."""
    fresh = _fresh(thread, since)[1]
    return [tell(event, names, new=event.pk in fresh) for event in thread.events]


def _danger(message: Message) -> Danger | None:
    return danger(message.text) if message.direction == Direction.IN and not message.automatic else None


def _labels(message: Message) -> Labels | None:
    kind, sentiment = message.kind or "", message.valence or ""
    if message.direction != Direction.IN or not (kind or sentiment):
        return None
    told = (labels.word(labels.KINDS, kind), labels.word(labels.SENTIMENTS, sentiment))
    icon = labels.SENTIMENTS[sentiment].icon if sentiment in labels.SENTIMENTS else "label"
    known = all(message.labels.get(name) for name, value in (("kind", kind), ("valence", sentiment)) if value)
    return Labels(" · ".join(filter(None, told)), icon, known)


def _apart(told: Told) -> bool:
    return told.what not in SAID


def _fresh(thread: Thread, since: int | None) -> tuple[frozenset[int], frozenset[int]]:
    """The ids of messages and of events after version `since`, which counts events."""
    if since is None:
        return frozenset(), frozenset()
    later = sorted(thread.events, key=lambda event: event.pk)[since:]
    said = frozenset(event.message_id for event in later if event.message_id is not None)
    return said, frozenset(event.pk for event in later)
