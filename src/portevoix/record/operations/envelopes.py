"""Raw envelopes: stored first, claimed, set aside with a reason, admitted by a person."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import itemgetter

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q

from portevoix.kernel import envelope_codec
from portevoix.kernel.bounds import MOST_UNREADABLE, bound_message, bound_unreadable
from portevoix.kernel.errors import PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Batch, Incoming, Unreadable
from portevoix.record import permissions, tombstones
from portevoix.record.db import bulk
from portevoix.record.db.errors import busy, told
from portevoix.record.db.lookups import planned_for
from portevoix.record.models import Account, Contact, Envelope, Message
from portevoix.record.operations.shared_ids import separate_ids
from portevoix.record.permissions import Capability

log = structlog.get_logger("portevoix.envelopes")
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
NOT_TAKEN = (DatabaseError, ValueError, TypeError, OverflowError)
"""Errors for a value that the database, or its driver, does not accept."""
State = Envelope.State


@dataclass(frozen=True, slots=True)
class Stored:
    """The result of storing a batch: how many envelopes are new, and the ids of those whose steps are to run.

    These are the new ones, and those whose steps were interrupted when they arrived before. `fresh`: the messages of
    the new ones, so that they need not be read again.
    """

    new: int
    known: int
    waiting: tuple[int, ...]
    fresh: Mapping[int, Incoming] = field(default_factory=dict)


def store(account: Account, batch: Batch, *, now: datetime, leased: bool = True) -> Stored:
    """Store a batch and move the cursor, in one transaction. Messages stored already are skipped.

    Nothing larger than the limits of `kernel.bounds` is stored, whatever channel or file it comes from.
    The new envelopes are `leased` to the caller, who runs their steps; if it dies, a worker does. A message that the
    database does not accept is stored as text, in quarantine, with the database's reason; it holds up no other.
    """
    lease = now + LEASE if leased else None
    batch = replace(
        batch,
        messages=separate_ids(account, tuple(map(bound_message, batch.messages))),
        unreadable=tuple(map(bound_unreadable, batch.unreadable)),
    )
    rows = [_envelope(account, message, now, lease) for message in batch.messages]
    rows += [_unreadable(account, unreadable, now) for unreadable in batch.unreadable]
    for _ in range(3):
        try:
            return _with_messages(_store(account, rows, batch.cursor), rows, batch)
        except IntegrityError:  # most likely another process stored one of them in between: look again
            continue
        except NOT_TAKEN as error:
            if busy(error):
                raise
            break
    return _one_by_one(account, rows, batch.cursor)


def _with_messages(stored: Stored, rows: Sequence[Envelope], batch: Batch) -> Stored:
    """Add the new envelopes' messages. `rows` are those of the batch's messages, in their order, and others."""
    waiting = set(stored.waiting)
    pairs = zip(rows, batch.messages, strict=False)
    return replace(stored, fresh={row.pk: message for row, message in pairs if row.pk in waiting})


@transaction.atomic
def _store(account: Account, rows: Sequence[Envelope], cursor: str | None) -> Stored:
    for row in rows:
        row.pk = None  # an id from a try before this one was undone with it, and may be another's by now
    mine = {(row.external_id, row.revision): row for row in rows}
    with planned_for(len(rows)):
        there = Envelope.objects.filter(account=account, external_id__among={key[0] for key in mine})
        existing = {(row[0], row[1]): row[2:] for row in there.values_list("external_id", "revision", "pk", "state")}
        resumable = [existing[key][0] for key in mine if key in existing and existing[key][1] == State.WAITING]
        fresh = _fresh(account, mine.keys() - existing.keys())
    new = [row for key, row in mine.items() if key in fresh]
    bulk.insert(new)
    if cursor is not None:
        Account.objects.filter(pk=account.pk).update(cursor=cursor)
    waiting = [row.pk for row in new if row.state == State.WAITING]
    return Stored(new=len(new), known=len(rows) - len(new), waiting=(*resumable, *waiting))


@transaction.atomic
def _one_by_one(account: Account, rows: Sequence[Envelope], cursor: str | None) -> Stored:
    parts = [_store_one(account, row) for row in rows]
    _store(account, (), cursor)
    return Stored(
        new=sum(part.new for part in parts),
        known=sum(part.known for part in parts),
        waiting=tuple(pk for part in parts for pk in part.waiting),
    )


def _store_one(account: Account, row: Envelope) -> Stored:
    try:
        return _store(account, (row,), None)
    except NOT_TAKEN as error:
        if busy(error):
            raise
        return _store(account, (_as_text(row, error),), None)


def _as_text(row: Envelope, error: Exception) -> Envelope:
    """Return an envelope that the database refused as one of plain text, in quarantine, under an id of its own."""
    text = json.dumps(row.raw, default=str)
    why = told(error)
    return Envelope(
        account=row.account,
        external_id=f"refused:{hashlib.sha256(text.encode()).hexdigest()}",
        raw={"unreadable": text[:MOST_UNREADABLE]},
        received_at=row.received_at,
        state=State.QUARANTINED,
        reason={"text": why.text, "values": why.values},
    )


def _fresh(account: Account, keys: Set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return the keys that are new: neither stored as messages, which outlive their envelopes, nor redacted."""
    ids = {external_id for external_id, _ in keys}
    messages = Message.objects.filter(account=account, external_id__among=ids)
    revisions = dict(messages.values_list("external_id", "revision"))
    tombstone_ids = tombstones.kept(account, ids)
    duplicates = {key for key in keys if key[0] in revisions and key[1] <= revisions[key[0]]}
    return {key for key in keys - duplicates if key[0] not in tombstone_ids}


def _envelope(account: Account, message: Incoming, now: datetime, lease: datetime | None) -> Envelope:
    return bulk.made(
        Envelope,
        account=account,
        external_id=message.external_id,
        revision=message.revision,
        raw=envelope_codec.write(message),
        received_at=now,
        state=State.HELD if message.held else State.WAITING,
        reason={"text": message.held, "values": {}} if message.held else None,
        leased_until=None if message.held else lease,
    )


def _unreadable(account: Account, unreadable: Unreadable, now: datetime) -> Envelope:
    return Envelope(
        account=account,
        external_id=unreadable.external_id,
        raw=_unread(unreadable),
        received_at=now,
        state=State.QUARANTINED,
        reason={"text": unreadable.reason, "values": {}},
    )


def _unread(unreadable: Unreadable) -> dict[str, str]:
    """Return the text to show and, where that is not all, the complete source."""
    whole = unreadable.whole
    source = {} if whole is None else {"whole": base64.b64encode(whole).decode()}
    return {"unreadable": unreadable.raw, **source}


def claim(*, now: datetime, limit: int = 500) -> list[int]:
    """Lease and return waiting envelopes that nobody works on, the oldest first.

    An envelope that was claimed and never finished may have killed its process: it comes after the others and alone,
    and is set aside after MOST_ATTEMPTS.
    """
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    with transaction.atomic():
        rows = Envelope.objects.select_for_update(skip_locked=True).filter(free, state=State.WAITING, message=None)
        candidates = list(rows.order_by("attempts", "pk").values_list("pk", "attempts")[:limit])
        numbers = [pk for pk, attempts in candidates if not attempts] or [pk for pk, _ in candidates[:1]]
        mine = Envelope.objects.filter(pk__in=numbers)
        text = gettext_noop("Its steps were begun {count} times; each time the process ended before they did.")
        reason = {"text": text, "values": {"count": MOST_ATTEMPTS}}
        if mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=State.QUARANTINED, reason=reason, leased_until=None):
            log.error("envelope_quarantined", envelope=numbers[0], why=text.format(count=MOST_ATTEMPTS))
            return []
        mine.update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    return numbers


def read(ids: Sequence[int], fresh: Mapping[int, Incoming] | None = None) -> list[tuple[int, Incoming]]:
    """Return the messages of envelopes in the order of their arrival; `fresh` are those that were written just now."""
    messages = fresh or {}
    rest = [pk for pk in ids if pk not in messages]
    rows = Envelope.objects.filter(pk__in=rest, state=State.WAITING).values_list("pk", "raw") if rest else ()
    return sorted([*messages.items(), *((pk, envelope_codec.read(raw)) for pk, raw in rows)], key=itemgetter(0))


def quarantine(envelope: int, *, error: PortevoixError) -> None:
    """Set an envelope aside, visible and retryable, unless somebody else has taken it meanwhile."""
    Envelope.objects.filter(pk=envelope, state=State.WAITING).update(
        state=State.QUARANTINED, reason={"text": error.text, "values": error.values}, leased_until=None
    )
    log.warning("envelope_quarantined", envelope=envelope, why=error.text)  # the values may quote a citizen


def free(ids: Iterable[int]) -> None:
    """Give leased envelopes back, so that a worker takes them."""
    Envelope.objects.filter(pk__in=list(ids), state=State.WAITING).update(leased_until=None, attempts=0)


def put_off(envelope: int, *, until: datetime) -> None:
    """Postpone an envelope that needs something not there yet: nobody takes it before `until`."""
    Envelope.objects.filter(pk=envelope, state=State.WAITING).update(leased_until=until, attempts=0)


def admit(*, envelope: int, by: Contact) -> bool:
    """Admit a held message, or retry one in quarantine. Return False when somebody did before, or it is unreadable."""
    permissions.check(by, Capability.ADMIT)
    rows = Envelope.objects.filter(pk=envelope, state__in=[State.HELD, State.QUARANTINED])
    return bool(rows.exclude(raw__has_key="unreadable").update(state=State.WAITING, leased_until=None, attempts=0))


def reject(*, envelope: int, by: Contact) -> bool:
    """Reject a message. The envelope stays, as rejected."""
    permissions.check(by, Capability.ADMIT)
    rows = Envelope.objects.filter(pk=envelope, state__in=[State.HELD, State.QUARANTINED])
    return bool(rows.update(state=State.REJECTED))
