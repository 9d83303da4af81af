"""Compares what is stored of conversations with a replay of all their events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from portevoix.record import event_log
from portevoix.record.models import Conversation, Fact, Promise

_STANDING = ("state", "due_at", "queue_at", "promised_at", "inquiries_open", "version", "addressed")
_FACT = tuple(field.attname for field in Fact._meta.concrete_fields if not field.primary_key)
_KEY = {"fact": ("conversation_id", "ordinal"), "promise": ("message_id",)}
_PROMISE = tuple(field.attname for field in Promise._meta.concrete_fields if not field.primary_key)


@dataclass(frozen=True, slots=True)
class Difference:
    """`stored` and `replayed` are values of `what`; for a fact or a promise the fields that differ, None for no row.

    `conversation` is the merged one, also where a fact belongs to a part of it.
    """

    conversation: int
    what: str
    stored: Any
    replayed: Any


def differences(conversations: Iterable[int]) -> list[Difference]:
    """Return the differences between these unmerged conversations and their events. Write nothing."""
    rows = Conversation.objects.select_related("account", "department").filter(merged_into=None)
    rows = list(rows.filter(pk__in=list(conversations)).order_by("pk"))
    stored_values = {row.pk: _values(row, _STANDING) for row in rows}
    histories = event_log.load_histories(stored_values)
    strands = event_log.merged_conversations(histories.values())
    projection = event_log.project(((row, histories[row.pk]) for row in rows), strands)
    result = [
        Difference(row.pk, name, stored_values[row.pk][name], value)
        for row in rows
        for name, value in _values(row, _STANDING).items()
        if stored_values[row.pk][name] != value
    ]
    roots = {pk: strands[pk].merged_into_id for pk in strands} | {pk: pk for pk in stored_values}
    facts = Fact.objects.filter(conversation__in=roots)
    promises = Promise.objects.filter(conversation__in=roots)
    for what, names, stored_rows, replayed_rows in (
        ("fact", _FACT, facts, projection.facts),
        ("promise", _PROMISE, promises, projection.promises),
    ):
        rows = _apart(stored_rows, replayed_rows, names, key=_KEY[what])
        result += [Difference(roots[pk], what, was, now) for pk, was, now in rows]
    return result


def latest_conversations(count: int) -> list[int]:
    """Return the conversations with the latest messages."""
    rows = Conversation.objects.filter(merged_into=None).order_by("-last_message_at", "-pk")
    return list(rows.values_list("pk", flat=True)[:count])


def conversation_batches(size: int) -> Iterator[list[int]]:
    """Yield all conversations that are part of no other, `size` at a time."""
    rows, last = Conversation.objects.filter(merged_into=None).order_by("pk"), 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:size]):
        yield batch
        last = batch[-1]


def _apart(
    stored: Iterable[Model], replayed: Iterable[Model], names: Sequence[str], *, key: Sequence[str]
) -> Iterator[tuple[int, dict[str, Any] | None, dict[str, Any] | None]]:
    """Yield the rows that differ, each with its conversation."""
    stored_rows, replayed_rows = (
        {tuple(getattr(row, name) for name in key): _values(row, names) for row in rows} for rows in (stored, replayed)
    )
    for row_key in sorted({*stored_rows, *replayed_rows}):
        was, now = stored_rows.get(row_key), replayed_rows.get(row_key)
        if was is None or now is None:
            yield (was or now or {})["conversation_id"], was, now
        elif apart := [name for name in names if was[name] != now[name]]:
            yield was["conversation_id"], {n: was[n] for n in apart}, {n: now[n] for n in apart}


def _values(row: Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
