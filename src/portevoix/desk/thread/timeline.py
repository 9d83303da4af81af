"""A conversation's messages and history, merged by time as the thread shows them."""

from dataclasses import dataclass
from datetime import datetime

from portevoix.desk.thread.danger import Danger, danger
from portevoix.desk.thread.event_text import EventSentence, Names, describe_event
from portevoix.kernel.messages import Direction
from portevoix.kernel.states import MESSAGE_EVENTS
from portevoix.record.queries.conversation import Message, Thread
from portevoix.web import label_words


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one message; `known`: a colleague or the message set them, else they are only likely."""

    text: str
    icon: str
    known: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """Either a message or a sentence of the history. `new`: it is later than the version that the page showed.

    `danger`: the danger that a citizen's message mentions, None without any.
    """

    at: datetime
    new: bool
    message: Message | None = None
    told: EventSentence | None = None
    danger: Danger | None = None
    labels: Labels | None = None


def entries(thread: Thread, names: Names, *, since: int | None) -> list[Entry]:
    """Return the entries by time. `since` is the version seen before; with None nothing is marked as new."""
    fresh = _ids_since(thread, since)
    urgent = thread.conversation.urgency > 0
    timeline = [
        Entry(m.sent_at, m.pk in fresh[0], message=m, danger=_danger(m) if urgent else None, labels=_labels(m))
        for m in thread.messages
    ]
    timeline += [
        Entry(sentence.at, sentence.new, told=sentence)
        for sentence in history(thread, names, since=since)
        if _is_separate(sentence)
    ]
    return sorted(timeline, key=lambda entry: (entry.at, entry.message is None))


def history(thread: Thread, names: Names, *, since: int | None = None) -> list[EventSentence]:
    """Return every event as a sentence, by time."""
    fresh = _ids_since(thread, since)[1]
    return [describe_event(event, names, new=event.pk in fresh) for event in thread.events]


def _danger(message: Message) -> Danger | None:
    return danger(message.text) if message.direction == Direction.IN and not message.automatic else None


def _labels(message: Message) -> Labels | None:
    kind, sentiment = message.kind or "", message.valence or ""
    if message.direction != Direction.IN or not (kind or sentiment):
        return None
    titles = (label_words.word(label_words.KINDS, kind), label_words.word(label_words.SENTIMENTS, sentiment))
    icon = label_words.SENTIMENTS[sentiment].icon if sentiment in label_words.SENTIMENTS else "label"
    is_certain = all(message.labels.get(name) for name, value in (("kind", kind), ("valence", sentiment)) if value)
    return Labels(" · ".join(filter(None, titles)), icon, is_certain)


def _is_separate(sentence: EventSentence) -> bool:
    return sentence.what not in MESSAGE_EVENTS


def _ids_since(thread: Thread, since: int | None) -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids of the messages and events after version `since`, which counts events."""
    if since is None:
        return frozenset(), frozenset()
    later = sorted(thread.events, key=lambda event: event.pk)[since:]
    messages = frozenset(event.message_id for event in later if event.message_id is not None)
    return messages, frozenset(event.pk for event in later)
