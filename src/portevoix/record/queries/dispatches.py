"""Queries of the dispatch ledger: what is due, what became of it, and what waits for a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from portevoix.kernel.letters import LATE_AFTER, WAITING_FOR_A_PERSON, DispatchKind, DispatchState, DispatchToSend
from portevoix.record.models import Account, Dispatch, SuppressedAddress


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as pages show it. `reason`: {"text","values"}; None where there is none."""

    number: int
    kind: DispatchKind
    what: str
    about: Mapping[str, Any]
    address: str
    due_at: datetime
    state: DispatchState
    sent_at: datetime | None
    reason: Mapping[str, Any] | None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address to which no letter goes any more. `reason`: {"text","values"}."""

    address: str
    since: datetime
    reason: Mapping[str, Any]


def due_letters(*, kinds: Collection[DispatchKind], now: datetime, limit: int) -> list[DispatchToSend]:
    """Return letters that are due, and those that may have left, the oldest first. None is claimed by that."""
    due = Q(state=DispatchState.DUE, next_attempt_at__lte=now, due_at__gt=now - LATE_AFTER)
    doubtful = Q(state=DispatchState.SENDING, leased_until__lte=now)
    rows = Dispatch.objects.filter(due | doubtful, sent_at=None, kind__in=list(kinds))
    return [
        DispatchToSend(
            number=row.pk, kind=DispatchKind(row.kind), what=row.what, about=row.about, recipient=row.recipient,
            contact=row.contact_id, address=row.address, key=row.key, due_at=row.due_at, attempts=row.attempts,
            in_doubt=row.state == DispatchState.SENDING,
        )
        for row in rows.order_by("next_attempt_at", "pk")[:limit]
    ]  # fmt: skip


def letter_counts(whats: Collection[str]) -> dict[str, dict[DispatchState, int]]:
    """Return how many letters there are of each, by state."""
    counts: dict[str, dict[DispatchState, int]] = defaultdict(dict)
    rows = Dispatch.objects.filter(what__in=list(whats)).order_by().values_list("what", "state")
    for what, state, count in rows.annotate(count=Count("pk")):
        counts[what][DispatchState(state)] = count
    return dict(counts)


def letters_of(what: str) -> list[LetterRow]:
    """Return the letters of one thing that is sent, by address."""
    return _rows(Q(what=what), limit=None)


def recent_whats(*, limit: int) -> list[LetterRow]:
    """Return the latest things that were sent, or are to be, each by one letter of it, the newest first."""
    latest = Dispatch.objects.order_by().values("what").annotate(last=Max("pk")).order_by("-last")[:limit]
    return _rows(Q(pk__in=[row["last"] for row in latest]), limit=limit)


def waiting_letters(*, limit: int | None = None) -> list[LetterRow]:
    """Return the letters that wait for a person, the newest thing first."""
    return _rows(Q(state__in=WAITING_FOR_A_PERSON, sent_at=None), limit=limit)


def count_waiting_letters() -> dict[DispatchState, int]:
    """Return how many letters wait for a person, by state."""
    rows = Dispatch.objects.filter(sent_at=None, state__in=WAITING_FOR_A_PERSON).order_by()
    return {DispatchState(state): n for state, n in rows.values_list("state").annotate(count=Count("pk"))}


def suppressed_addresses() -> list[Suppression]:
    """Return the addresses to which no letter goes any more, the newest first."""
    rows = SuppressedAddress.objects.order_by("-since", "address")
    return [Suppression(row.address, row.since, row.reason) for row in rows]


def key_sent(*, what: str, recipient: str) -> str:
    """Return the key of a letter that left, so that a later one can join its thread; "" where it did not."""
    row = Dispatch.objects.filter(what=what, recipient=recipient, state=DispatchState.SENT).first()
    return row.key if row else ""


def mailboxes() -> list[Account]:
    """Return the mailboxes that are in service."""
    return list(Account.objects.filter(channel="email", state=Account.State.ACTIVE).order_by("pk"))


def _rows(which: Q, *, limit: int | None) -> list[LetterRow]:
    rows = Dispatch.objects.filter(which).order_by("-due_at", "what", "address")[:limit]
    suppressed = set(SuppressedAddress.objects.values_list("address", flat=True))
    return [
        LetterRow(
            number=row.pk, kind=DispatchKind(row.kind), what=row.what, about=row.about, address=row.address,
            due_at=row.due_at, state=DispatchState(row.state), sent_at=row.sent_at, reason=row.reason,
            is_suppressed=row.address.lower() in suppressed,
        )
        for row in rows
    ]  # fmt: skip
