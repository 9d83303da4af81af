"""The dispatch ledger: plans letters before they leave, claims them, and records what became of each."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q

from portevoix.kernel.errors import PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.letters import LATE_AFTER, DispatchKind, DispatchState, DispatchToSend, Recipient
from portevoix.kernel.messages import Bounce
from portevoix.record.models import Contact, Dispatch, SuppressedAddress

log = structlog.get_logger("portevoix.letters")
LEASE = timedelta(minutes=5)
_BATCH = 500
_LATE_REASON = gettext_noop("It could not leave within a day of its time.")
_RETURN_REASON = gettext_noop("The mail server of {to} gave it back: “{why}”.")
_SUPPRESSED_REASON = gettext_noop("Mail to this address came back for good.")
_LEFT_REASON = gettext_noop("The colleague has left.")
_BACK = [DispatchState.SENT, DispatchState.SENDING, DispatchState.UNCERTAIN]
"""What may come back: what left, or may have."""


def plan_letters(
    *,
    kind: DispatchKind,
    what: str,
    about: dict[str, Any],
    recipients: Collection[Recipient],
    due_at: datetime,
    now: datetime,
) -> int:
    """Write a letter to each recipient into the ledger, unless it is there; return how many are new.

    To be called in the transaction of what causes them. Of several recipients with one address the first gets it;
    suppressed addresses are left out.
    """
    with transaction.atomic():
        known = set(Dispatch.objects.filter(what=what).values_list("recipient", flat=True))
        taken = {each.lower() for each in Dispatch.objects.filter(what=what).values_list("address", flat=True)}
        taken.update(SuppressedAddress.objects.values_list("address", flat=True))
        rows = []
        for each in recipients:
            if each.key in known or each.address.lower() in taken:
                continue
            known.add(each.key)
            taken.add(each.address.lower())
            rows.append(
                Dispatch(
                    kind=kind, what=what, about=about, recipient=each.key, contact_id=each.contact,
                    address=each.address, key=new_letter_key(), made_at=now, due_at=due_at, next_attempt_at=due_at,
                )
            )  # fmt: skip
        before = Dispatch.objects.filter(what=what).count()
        Dispatch.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
        return Dispatch.objects.filter(what=what).count() - before


def cancel_letters(*, what: str, now: datetime) -> int:
    """Cancel the letters that have not left; return how many. One that is just being sent is not among them."""
    rows = Dispatch.objects.filter(what=what, state__in=[DispatchState.DUE, DispatchState.LATE])
    return rows.update(state=DispatchState.CANCELLED, reason=None, next_attempt_at=now)


def set_late_aside(*, now: datetime) -> int:
    """Have a person decide on letters that were to leave long ago; return how many."""
    late = Dispatch.objects.filter(state=DispatchState.DUE, due_at__lte=now - LATE_AFTER)
    count = late.update(state=DispatchState.LATE, reason={"text": _LATE_REASON, "values": {}})
    if count:
        log.warning("letters_paused", count=count)
    return count


def claim_letter(letter: DispatchToSend, *, now: datetime) -> datetime | None:
    """Lease a letter, committed before anything is sent; return until when.

    None: another worker has it, somebody decided on it, or it is not to go any more.
    """
    row = Dispatch.objects.filter(pk=letter.number)
    if letter.in_doubt:
        mine = row.filter(state=DispatchState.SENDING, leased_until__lte=now)
    else:
        mine = row.filter(state=DispatchState.DUE, next_attempt_at__lte=now, due_at__gt=now - LATE_AFTER)
        if reason := _find_hindrance(letter):
            mine.update(state=DispatchState.CANCELLED, reason={"text": reason, "values": {}})
            return None
    until = now + LEASE
    is_mine = mine.update(state=DispatchState.SENDING, leased_until=until, attempts=F("attempts") + 1, reason=None)
    return until if is_mine else None


def _find_hindrance(letter: DispatchToSend) -> str:
    """Return why the letter is not to go any more; "" where it is."""
    if SuppressedAddress.objects.filter(address=letter.address.lower()).exists():
        return _SUPPRESSED_REASON
    if letter.contact and not Contact.objects.filter(pk=letter.contact, is_active=True).exists():
        return _LEFT_REASON
    return ""


def drop_unwritten(letter: DispatchToSend) -> None:
    """Cancel a letter that whoever writes it does not want to go any more."""
    row = Dispatch.objects.filter(pk=letter.number, state=DispatchState.DUE)
    row.update(state=DispatchState.CANCELLED, reason=None)


def record_letter_sent(letter: DispatchToSend, *, now: datetime) -> None:
    """Record that the mail server took it, even if somebody else has claimed it meanwhile."""
    final = [DispatchState.SENT, DispatchState.RETURNED]  # the report that it came back may be faster
    rows = Dispatch.objects.filter(pk=letter.number).exclude(state__in=final)
    rows.update(state=DispatchState.SENT, sent_at=now, reason=None, leased_until=None)
    log.info("letter_sent", letter=letter.number)


def record_letter_postponement(
    letter: DispatchToSend, error: PortevoixError, *, lease: datetime, again_at: datetime
) -> None:
    """Record that nothing was sent, and when to try again."""
    _set(letter, DispatchState.DUE, error, lease, next_attempt_at=again_at)
    log.warning("letter_postponed", letter=letter.number, until=again_at.isoformat(), why=str(error))


def record_letter_doubt(letter: DispatchToSend, error: PortevoixError, *, lease: datetime, again_at: datetime) -> None:
    """Record that it may have been sent, and when to look for it again."""
    _set(letter, DispatchState.SENDING, error, lease, leased_until=again_at)
    log.warning("letter_doubtful", letter=letter.number, until=again_at.isoformat(), why=str(error))


def record_letter_refusal(letter: DispatchToSend, error: PortevoixError, *, lease: datetime | None) -> None:
    """Record that it was refused and not sent; a person decides. `lease` None: it was not even claimed."""
    _set(letter, DispatchState.REFUSED, error, lease)
    log.error("letter_refused", letter=letter.number, why=str(error))


def record_letter_uncertainty(letter: DispatchToSend, error: PortevoixError, *, lease: datetime) -> None:
    """Record that it may have been sent; a person decides."""
    _set(letter, DispatchState.UNCERTAIN, error, lease)
    log.error("letter_uncertain", letter=letter.number, why=str(error))


def _set(
    letter: DispatchToSend, state: DispatchState, error: PortevoixError, lease: datetime | None, **more: object
) -> None:
    """Change the letter, unless somebody else has claimed it since: their result counts."""
    claimed = Q(state=DispatchState.SENDING, leased_until=lease) if lease else Q(state=DispatchState.DUE)
    reason = {"text": error.text, "values": error.values}
    rows = Dispatch.objects.filter(claimed, pk=letter.number)
    rows.update(**{"state": state, "reason": reason, "leased_until": None, **more})


def record_letter_returns(bounces: Iterable[Bounce], *, now: datetime) -> None:
    """Record that letters came back; where the address is gone, or gave back another one too, no other goes there.

    Only whoever got a letter knows its key, and a report suppresses no other address than that letter's.
    """
    for bounce in bounces:
        reason = {"text": _RETURN_REASON, "values": {"to": bounce.to or "—", "why": bounce.why or "—"}}
        row = Dispatch.objects.filter(key=bounce.key, state__in=_BACK).first()
        if row is None:
            continue
        with transaction.atomic():
            Dispatch.objects.filter(pk=row.pk, state__in=_BACK).update(
                state=DispatchState.RETURNED, sent_at=None, leased_until=None, reason=reason
            )
            others = Dispatch.objects.filter(address__iexact=row.address, state=DispatchState.RETURNED)
            if bounce.for_good or others.exclude(pk=row.pk).exists():
                values = {"since": now, "reason": reason}
                SuppressedAddress.objects.get_or_create(address=row.address.lower(), defaults=values)
        log.warning("letter_returned", letter=row.pk)  # why it did names the address


def look_up_letters(*, now: datetime) -> int:
    """Have letters looked up that were to leave by now, after a restore: they may have left since the backup.

    Return how many there are.
    """
    overdue = Q(state=DispatchState.DUE, due_at__lte=now) | Q(state=DispatchState.SENDING)
    return Dispatch.objects.filter(overdue).update(state=DispatchState.SENDING, leased_until=now)


def new_letter_key() -> str:
    """Return another key, which nobody can guess."""
    return f"letter-{secrets.token_hex(20)}"
