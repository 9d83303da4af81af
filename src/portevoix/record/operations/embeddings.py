"""Stores the vectors of messages, and updates their suggestions where the vectors improve them."""

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
"""Many times the duration of a batch: after a worker was killed, others wait so long."""
RETENTION = timedelta(days=30)
"""How long vectors stay after their encoder's last message: another worker may use it, or it may return."""
MOST_DELETED = 2000
_LABELS = ("department", "kind", "valence")


@dataclass(frozen=True, slots=True)
class Unread:
    """A citizen's message that lacks vectors. `text` has the subject first, `names` are its author's."""

    pk: int
    text: str
    names: tuple[str, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Messages leased to the caller until `until`. `failures`: how often in a row the source has failed before."""

    source: str
    until: datetime
    failures: int
    messages: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """A message's labels from its words and its vectors; `department` is a slug, "" when it is uncertain."""

    department: str
    kind: str
    valence: str
    suggestions: Mapping[str, Any]


def claim(
    *, source: str, encoders: Sequence[str], now: datetime, numbers: int | None = None, most: int = BATCH
) -> Turn | None:
    """Lease the newest messages that lack a vector of these encoders, `most` at most.

    `numbers`: how far back to look, as in `waiting`. None when there is no message, when another worker has the
    source, or while it rests after an error.
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
    """End the turn: store the vectors, by encoder, in the order of its messages, b"" where it refuses the text.

    Messages that opened a conversation on which nobody has decided get the labels of `meant`, whose keys are messages;
    return the numbers of the conversations that changed. A message that was changed, retracted or erased meanwhile is
    skipped, and so is one that is locked right now: it is read again. Do nothing, and return None, when the lease was
    over and another worker has taken the turn.
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
    """End the turn without a result: store the error, and let nobody try again before `until`.

    Return True when the error differs from the last one.
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
    """Delete vectors of other encoders than these that have read nothing for RETENTION; MOST_DELETED at a time.

    Nothing is compared with these vectors any more. Return how many were deleted.
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
    """Lock and return those of these messages that still have a text; skip those that are locked, without waiting.

    Erasing a person locks messages and conversations in another order: waiting here could cause a deadlock.
    """
    rows = Message.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk__in=numbers)
    read = ("subject", "text", "labels", "kind", "valence", "conversation")
    return list(rows.filter(retracted_at=None, erased_at=None).only(*read).order_by("pk"))


def _open_conversations(rows: Mapping[int, Message]) -> tuple[list[tuple[Conversation, Message]], set[int]]:
    """Lock the open conversations that these messages began; return each with its message, and those others lock."""
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
    """Set kind and sentiment of each message by its own vectors, unless they came with the message."""
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
    """Return, by conversation, the names of the labels that a person, a rule or the message itself has decided."""
    labels = {
        row.pk: {name for name in _LABELS if message.labels.get(name)} | ({"department"} if row.department else set())
        for row, message in openings
    }
    events = Event.objects.filter(conversation__in=labels, what__in=[What.ROUTED, What.LABELLED])
    for conversation, data in events.values_list("conversation", "data"):
        labels[conversation].update(name for name in _LABELS if name in data)
    return labels


def _label(row: Conversation, meant: Meant, decided_names: set[str], now: datetime) -> bool:
    """Apply the labels to the conversation; return whether anything changed."""
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
