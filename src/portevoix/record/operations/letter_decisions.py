"""A person's decisions on letters that wait for one, and on addresses to which none goes any more."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.db import transaction

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.letters import WAITING_FOR_A_PERSON, DispatchState
from portevoix.record import permissions
from portevoix.record.models import Contact, Dispatch, SuppressedAddress
from portevoix.record.operations.dispatches import new_letter_key
from portevoix.record.permissions import Capability

log = structlog.get_logger("portevoix.letters")
_BY_HAND = gettext_noop("{name} decided that nothing is sent to it.")


def send_late_letters(*, numbers: Collection[int], by: Contact, now: datetime) -> int:
    """Send letters that wait for a person: late, refused, returned, or uncertain ones that did not arrive.

    Return how many will leave. Those to a suppressed address stay until somebody lifts that.
    """
    permissions.check(by, Capability.EDIT_JOURNAL)
    with transaction.atomic():
        rows = Dispatch.objects.select_for_update().filter(pk__in=numbers, state__in=WAITING_FOR_A_PERSON)
        suppressed = set(SuppressedAddress.objects.values_list("address", flat=True))
        due = [row for row in rows if row.address.lower() not in suppressed]
        for row in due:
            if row.state == DispatchState.RETURNED:
                row.key = new_letter_key()  # the mail before has a copy in the Sent folder, and may come back once more
            row.state, row.reason, row.attempts = DispatchState.DUE, None, 0
            row.due_at = row.next_attempt_at = now
        Dispatch.objects.bulk_update(due, ["key", "state", "reason", "attempts", "due_at", "next_attempt_at"], 500)
    log.info("letters_changed", decision="send", count=len(due), contact=by.pk)
    return len(due)


def drop_letters(*, numbers: Collection[int], by: Contact, now: datetime) -> int:
    """Drop letters that wait for a person; return how many."""
    permissions.check(by, Capability.EDIT_JOURNAL)
    rows = Dispatch.objects.filter(pk__in=numbers, state__in=WAITING_FOR_A_PERSON)
    count = rows.update(state=DispatchState.CANCELLED, next_attempt_at=now)
    log.info("letters_changed", decision="drop", count=count, contact=by.pk)
    return count


def confirm_letters(*, numbers: Collection[int], by: Contact, now: datetime) -> int:
    """Record that uncertain letters arrived; return how many."""
    permissions.check(by, Capability.EDIT_JOURNAL)
    rows = Dispatch.objects.filter(pk__in=numbers, state=DispatchState.UNCERTAIN)
    count = rows.update(state=DispatchState.SENT, sent_at=now, reason=None)
    log.info("letters_changed", decision="arrived", count=count, contact=by.pk)
    return count


def suppress_address(*, address: str, by: Contact, now: datetime) -> None:
    """Send no letter to an address any more, until somebody lifts that."""
    permissions.check(by, Capability.EDIT_JOURNAL)
    values = {"since": now, "reason": {"text": _BY_HAND, "values": {"name": by.name}}}
    SuppressedAddress.objects.get_or_create(address=address.lower(), defaults=values)


def lift_suppression(*, address: str, by: Contact) -> bool:
    """Let letters go to an address again; return whether none did."""
    permissions.check(by, Capability.EDIT_JOURNAL)
    return bool(SuppressedAddress.objects.filter(address=address.lower()).delete()[0])
