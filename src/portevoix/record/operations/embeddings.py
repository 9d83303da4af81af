"""What messages mean is stored once, and where it tells more than their words did, their suggestions follow."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from portevoix.kernel.errors import PortevoixError
from portevoix.kernel.messages import Direction
from portevoix.kernel.states import OPEN_STATES, What
from portevoix.record import event_log
from portevoix.record.db import bulk
from portevoix.record.models import Conversation, Department, Event, Message, Reading, Vector
from portevoix.record.queries.embeddings import waiting
from portevoix.text.tokens import whole

BATCH = 32
LEASE = timedelta(minutes=5)
"""Many times what a batch takes: a worker that was killed holds it up so long."""
RETENTION = timedelta(days=30)
"""So long after the last message that it read an encoder's vectors stay: another worker may have it, or it returns."""
MOST_DELETED = 2000
_LABELS = ("department", "kind", "valence")


@dataclass(frozen=True, slots=True)
class Unread:
    """A citizen's message that lacks vectors: subject first. `names` are its author's."""

    pk: int
    text: str
    names: tuple[str, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Messages that are the caller's to read, until its lease is over. So often in a row it came to nothing before."""

    source: str
    until: datetime
    failures: int
    messages: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a message is by its words and its meaning; `department` is a slug, "" when nobody can tell."""

    department: str
    kind: str
    valence: str
    suggestions: Mapping[str, Any]


def claim(
    *, source: str, encoders: Sequence[str], now: datetime, numbers: int | None = None, most: int = BATCH
) -> Turn | None:
    """The newest messages that lack a vector of these encoders, so many at most, leased to the caller.

    `numbers`: how far back it is looked, as in `waiting`. None when there is none, when another worker is at it, or
    when what keeps it is not over yet.
    """
    query = waiting(encoders, numbers=numbers)
    if not query.exists():
        return None
    Reading.objects.get_or_create(source=source)
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Q(try_at=None) | Q(try_at__lte=now)
    until = now + LEASE
    if not Reading.objects.filter(free, due, source=source).update(leased_until=until):
        return None
    rows = query.values_list("pk", "subject", "text", "author__name", "author__handle", "lang")[:most]
    messages = tuple(
        Unread(pk, whole(subject, text), tuple(filter(None, names)), lang) for pk, subject, text, *names, lang in rows
    )
    mine = Reading.objects.filter(source=source, leased_until=until)
    if not messages:  # another worker has read them in between
        mine.update(leased_until=None)
        return None
    return Turn(source, until, Reading.objects.get(source=source).failures, messages)


def keep(
    *, turn: Turn, vectors: Mapping[str, Sequence[bytes]], meant: Mapping[int, Meant], now: datetime
) -> Sequence[int] | None:
    """Ends the turn: stores the vectors, by encoder, in the order of its messages, b"" where it refuses the text.

    What opened a conversation that nobody has decided on is labelled by `meant`, whose keys are messages; the numbers
    of conversations that changed are returned. A message that was changed, taken back or erased meanwhile is passed
    over, and so is one that somebody holds right now: it is read again. Does nothing, and returns None, when the lease
    was over and another worker has taken the turn.
    """
    with transaction.atomic():
        mine = Reading.objects.select_for_update().filter(source=turn.source, leased_until=turn.until)
        if not mine:  # asked now: what follows belongs to whoever holds the row
            return None
        texts = {message.pk: message.text for message in turn.messages}
        rows = {row.pk: row for row in _lock_messages(texts) if whole(row.subject, row.text) == texts[row.pk]}
        openings, busy = _open_conversations(rows)
        rows = {pk: row for pk, row in rows.items() if row.conversation_id not in busy}
        new = [
            Vector(message_id=message.pk, encoder=encoder, content=content)
            for encoder, contents in vectors.items()
            for message, content in zip(turn.messages, contents, strict=True)
            if message.pk in rows
        ]
        bulk.insert(new, ignore_conflicts=True)
        decisions = _decided_labels(openings)
        pairs = ((row, meant[message.pk]) for row, message in openings if message.pk in meant)
        relabelled_ids = [row.pk for row, labels in pairs if _label(row, labels, decisions[row.pk], now)]
        _label_messages(rows, meant)
        Reading.objects.filter(source=turn.source).update(
            leased_until=None, try_at=None, failures=0, trouble=None, read_at=now
        )
    return relabelled_ids


def postpone(*, turn: Turn, error: PortevoixError, until: datetime) -> bool:
    """Ends the turn with nothing read: what came in the way is kept, and nobody tries again before `until`.

    True when it is not what came in the way the last time.
    """
    trouble = {"text": error.text, "values": error.values}
    with transaction.atomic():
        row = Reading.objects.select_for_update().filter(source=turn.source, leased_until=turn.until).first()
        if row is None:
            return False
        new = row.trouble != trouble
        Reading.objects.filter(pk=row.pk).update(
            leased_until=None, try_at=until, failures=F("failures") + 1, trouble=trouble
        )
    return new


def let_go(*, encoders: Sequence[str], now: datetime) -> int:
    """Deletes what none of these `encoders` made, of those that have read nothing for KEPT; MOST_GONE at a time.

    Nobody compares with these vectors any more. Returns how many went.
    """
    others = Vector.objects.exclude(encoder__in=encoders).order_by("encoder").values_list("encoder", flat=True)
    for encoder in others.distinct():
        theirs = Vector.objects.filter(encoder=encoder)
        last = theirs.order_by("-message").values_list("message__received_at", flat=True).first()
        if last and last < now - RETENTION:  # None: another worker let them go just now
            numbers = list(theirs.order_by("message").values_list("pk", flat=True)[:MOST_DELETED])
            return Vector.objects.filter(pk__in=numbers).delete()[0]
    return 0


def _lock_messages(numbers: Collection[int]) -> list[Message]:
    """Those of these messages that still say something, locked; what somebody else holds is left out, not waited for.

    Whoever erases a person takes messages and conversations in another order: to wait here might be to wait in a ring.
    """
    rows = Message.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk__in=numbers)
    read = ("subject", "text", "labels", "kind", "valence", "conversation")
    return list(rows.filter(retracted_at=None, erased_at=None).only(*read).order_by("pk"))


def _open_conversations(rows: Mapping[int, Message]) -> tuple[list[tuple[Conversation, Message]], set[int]]:
    """The open conversations that these messages opened, locked, each with its opener; and those that others hold."""
    homes = {row.conversation_id for row in rows.values()}
    first: dict[int, int] = {}
    messages = Message.objects.filter(conversation__in=homes, direction=Direction.IN).order_by("-sent_at", "-pk")
    first.update(messages.values_list("conversation", "pk"))  # the earliest is the last, and stays
    mine = {home: rows[pk] for home, pk in first.items() if pk in rows}
    open_ones = Conversation.objects.filter(pk__in=mine, merged_into=None, parts=None, state__in=sorted(OPEN_STATES))
    numbers = set(open_ones.values_list("pk", flat=True))
    query = Conversation.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=numbers).order_by("pk")
    conversations = list(query.select_related("account", "department"))
    still = [(row, mine[row.pk]) for row in conversations if row.state in OPEN_STATES and row.merged_into_id is None]
    return still, numbers - {row.pk for row in conversations}


def _label_messages(rows: Mapping[int, Message], meant: Mapping[int, Meant]) -> None:
    """Each of these messages is what it means by itself, unless what it is is known."""
    relabelled_rows = []
    for pk, row in rows.items():
        if pk not in meant:
            continue
        free = [name for name in ("kind", "valence") if name in meant[pk].suggestions and not row.labels.get(name)]
        new = {name: getattr(meant[pk], name) for name in free if getattr(row, name) != getattr(meant[pk], name)}
        for name, value in new.items():
            setattr(row, name, value)
        relabelled_rows += [row] if new else []
    bulk.update(relabelled_rows, changing=["kind", "valence"])


def _decided_labels(openings: Sequence[tuple[Conversation, Message]]) -> dict[int, set[str]]:
    """By conversation, the labels that a person, a rule, or the message itself has given, and the department given."""
    labels = {
        row.pk: {name for name in _LABELS if message.labels.get(name)} | ({"department"} if row.department else set())
        for row, message in openings
    }
    events = Event.objects.filter(conversation__in=labels, what__in=[What.ROUTED, What.LABELLED])
    for conversation, data in events.values_list("conversation", "data"):
        labels[conversation].update(name for name in _LABELS if name in data)
    return labels


def _label(row: Conversation, meant: Meant, decided_names: set[str], now: datetime) -> bool:
    """Whether anything changed."""
    free = [name for name in _LABELS if name not in decided_names and name in meant.suggestions]
    suggestions = {**row.suggestions, **{name: meant.suggestions[name] for name in free}}
    labels = {name: getattr(meant, name) for name in ("kind", "valence") if name in free}
    department = Department.objects.filter(slug=meant.department, active=True).first() if "department" in free else None
    is_relabelled = any(getattr(row, name) != value for name, value in labels.items())
    if suggestions == row.suggestions and not is_relabelled and department is None:
        return False
    row.suggestions = suggestions
    for name, value in labels.items():
        setattr(row, name, value)
    row.save(update_fields=["suggestions"])
    if department:
        row.department = department
        words = meant.suggestions["department"][0]["words"]
        event_log.happen(
            row, What.ROUTED, at=now, data={"department": department.slug, "words": list(words), "meaning": True}
        )
    else:
        event_log.settle([row])
    return True
