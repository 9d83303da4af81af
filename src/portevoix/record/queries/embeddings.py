"""Queries of messages without vectors, of stored vectors, and of the state of their sources."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from portevoix.kernel.messages import Direction
from portevoix.record.models import Message, Reading, Vector

WINDOW = 40_000
"""How many message numbers back, including replies and notes, citizens' messages get vectors; the newest first."""
LATEST = 2000
"""Enough numbers back for messages that have just come: a hundredth of the time that all take."""
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class State:
    """The number of messages that wait for vectors, and the error that delays them ({"text", "values"}) or None."""

    waiting: int
    trouble: Mapping[str, object] | None


def waiting(encoders: Sequence[str], *, numbers: int | None = None) -> QuerySet[Message]:
    """Return citizens' messages that lack a vector of one of these encoders, the newest first.

    `numbers`: among the last so many message numbers; None: the whole WINDOW.
    """
    last = Message.objects.aggregate(last=Max("pk"))["last"] or 0
    lacking = Q(pk__in=[])
    for encoder in encoders:
        lacking |= ~Exists(Vector.objects.filter(encoder=encoder, message=OuterRef("pk")))
    messages = Message.objects.filter(
        direction=Direction.IN, automatic=False, retracted_at=None, erased_at=None, pk__gt=last - (numbers or WINDOW)
    )
    return messages.exclude(text="").filter(lacking).order_by("-pk")


def state(source: str, encoders: Sequence[str]) -> State:
    """Return the state of one source, with the names of its encoders; nothing waits when it has none."""
    if not encoders:
        return State(0, None)
    row = Reading.objects.filter(source=source).first()
    return State(waiting(encoders).order_by().count(), row.trouble if row else None)


def number_read(encoders: Sequence[str]) -> int:
    """Return the number of messages with a vector of the first of these encoders."""
    return Vector.objects.filter(encoder__in=encoders[:1]).count()


def stored(encoder: str, messages: Collection[int]) -> dict[int, bytes]:
    """Return the vector of each message that has one of this encoder."""
    vectors: dict[int, bytes] = {}
    numbers = list(messages)
    for start in range(0, len(numbers), CHUNK):
        rows = Vector.objects.filter(encoder=encoder, message__in=numbers[start : start + CHUNK]).exclude(content=b"")
        vectors |= {pk: bytes(content) for pk, content in rows.values_list("message", "content")}
    return vectors


def highest() -> int:
    """Return the highest number of a vector: so many have been stored so far."""
    return Vector.objects.aggregate(last=Max("pk"))["last"] or 0


def size(encoder: str) -> int | None:
    """Return the size of this encoder's stored vectors; None before there is one."""
    rows = Vector.objects.filter(encoder=encoder).exclude(content=b"").order_by("message")  # as the index has them
    content = rows.values_list("content", flat=True).first()
    return len(content) // 2 if content is not None else None
