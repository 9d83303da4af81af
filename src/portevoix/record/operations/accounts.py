"""Operations on accounts: connect and pause them, store their settings with encrypted secrets, lease them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from portevoix.kernel.errors import PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions, secrets
from portevoix.record.models import Account, Alert, Contact, Delivery
from portevoix.record.permissions import Capability

log = structlog.get_logger("portevoix.accounts")
LEASE = timedelta(minutes=5)
MOST_WHY = 200
"""Characters of a colleague's reason for pausing an account."""


def connect(
    *,
    channel: str,
    address: str,
    connector: str,
    settings: Mapping[str, Any],
    secret: Iterable[str],
    kept: Iterable[str] = (),
    by: Contact | None,
    now: datetime,
) -> Account:
    """Create the account or change its settings, and take it into service. `secret` names the settings to encrypt.

    Settings named in `kept` stay as stored, whatever `settings` says: they may have been renewed since they were read.
    """
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
    secret_names = set(secret)
    stored_settings = {key: secrets.encrypt(value) if key in secret_names else value for key, value in settings.items()}
    with transaction.atomic():
        account, _ = Account.objects.select_for_update().get_or_create(channel=channel, address=address)
        account.connector = connector
        account.settings = stored_settings | {name: account.settings[name] for name in kept if name in account.settings}
        account.state, account.trouble, account.next_poll_at = Account.State.ACTIVE, None, now
        account.save(update_fields=["connector", "settings", "state", "trouble", "next_poll_at"])
        _hurry(account.pk, now)
    return account


def claim_renewals(*, due: Callable[[Account], bool], now: datetime, limit: int) -> list[Account]:
    """Lease and return accounts in service whose token is `due` for renewal: nobody polls them meanwhile."""
    with transaction.atomic():
        rows = Account.objects.select_for_update(skip_locked=True).filter(state=Account.State.ACTIVE)
        free = [row for row in rows if not row.leased_until or row.leased_until <= now]
        mine = [row for row in free if due(row)][:limit]
        Account.objects.filter(pk__in=[row.pk for row in mine]).update(leased_until=now + LEASE)
    return mine


def store_renewed_settings(
    *, account: Account, changed: Mapping[str, Any], secret: Iterable[str], now: datetime
) -> None:
    """Store the renewed settings at once, and end the lease; the other settings stay as they are.

    Where somebody has signed in again meanwhile, theirs is the newer token, and this one is discarded.
    """
    secret_names = set(secret)
    new_settings = {name: secrets.encrypt(value) if name in secret_names else value for name, value in changed.items()}
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if all(row.settings.get(name) == account.settings.get(name) for name in new_settings):
            row.settings |= new_settings
        row.leased_until = None
        row.save(update_fields=["settings", "leased_until"])


def disconnect(*, account: int, by: Contact, now: datetime) -> None:
    """Take the account out of service; its messages stay."""
    permissions.check(by, Capability.SETTINGS)
    Account.objects.filter(pk=account).update(state=Account.State.UNCONNECTED, next_poll_at=None)


def pause(*, account: int, by: Contact | None, why: str = "", now: datetime) -> None:
    """Pause the account: nothing is received or sent until it is resumed. Its cursor stays.

    The colleague and `why`, in their words, are stored as its trouble. An account out of service stays so.
    """
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
    reason = why.strip()[:MOST_WHY]
    Account.objects.filter(pk=account).exclude(state=Account.State.UNCONNECTED).update(
        state=Account.State.PAUSED,
        trouble=_by_hand(by, reason),
        trouble_at=now,
        announced_at=now,
        next_poll_at=None,
    )


def _by_hand(by: Contact | None, why: str) -> dict[str, Any]:
    if by is None:
        text = gettext_noop("Paused by an administrator: {why}") if why else gettext_noop("Paused by an administrator.")
        return {"text": text, "values": {"why": why} if why else {}}
    text = gettext_noop("Paused by {name}: {why}") if why else gettext_noop("Paused by {name}.")
    return {"text": text, "values": {"name": by.name, "why": why} if why else {"name": by.name}}


def resume(*, account: int, by: Contact | None, now: datetime) -> None:
    """Take the account into service again, with the same settings; it catches up from its cursor."""
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
    with transaction.atomic():
        Account.objects.filter(pk=account).update(state=Account.State.ACTIVE, trouble=None, next_poll_at=now)
        _hurry(account, now)


def _hurry(account: int, now: datetime) -> None:
    """Make the replies that waited for the account due now; those that may have left are still looked up first."""
    waiting = Delivery.objects.filter(message__account=account, state=Delivery.State.DUE, next_attempt_at__gt=now)
    waiting.update(next_attempt_at=now, attempts=0)


def claim_alert(*, account: Account, reader: Contact, now: datetime) -> bool:
    """Claim the e-mail about the account's pause to this administrator, for LEASE.

    Return False where it was sent or refused, or somebody else is sending it.
    """
    until = now + LEASE
    which = {"account": account, "trouble_at": account.trouble_at, "reader": reader}
    _, is_new = Alert.objects.get_or_create(**which, defaults={"leased_until": until})
    return is_new or bool(Alert.objects.filter(**which, leased_until__lte=now).update(leased_until=until))


def settle_alert(*, account: Account, reader: Contact) -> None:
    """Record that the e-mail was sent to this administrator, or never will be."""
    rows = Alert.objects.filter(account=account, trouble_at=account.trouble_at, reader=reader)
    rows.update(leased_until=None)


def record_alerts(*, account: Account, readers: Collection[Contact], now: datetime) -> bool:
    """Record that the administrators were alerted to the pause; return False while one of them still waits for it."""
    settled = Alert.objects.filter(account=account, trouble_at=account.trouble_at, leased_until=None)
    if {reader.pk for reader in readers} - set(settled.values_list("reader", flat=True)):
        return False
    Alert.objects.filter(account=account).exclude(trouble_at=account.trouble_at).delete()
    rows = Account.objects.filter(pk=account.pk, trouble_at=account.trouble_at)
    return bool(rows.exclude(announced_at__gte=account.trouble_at).update(announced_at=now))


def get_or_create(*, channel: str, address: str) -> Account:
    """Return the account; create it, unconnected, if it is new."""
    account, _ = Account.objects.get_or_create(channel=channel, address=address)
    return account


def settings_of(account: Account) -> dict[str, Any]:
    """Return the settings with decrypted secrets, only to build a connector. Raise BadInput when the key changed."""
    return {key: secrets.decrypt(value) if isinstance(value, str) else value for key, value in account.settings.items()}


def claim_due(*, now: datetime, limit: int = 10) -> list[Account]:
    """Lease and return accounts that are due to be polled."""
    with transaction.atomic():
        rows = Account.objects.select_for_update(skip_locked=True).filter(
            Q(leased_until=None) | Q(leased_until__lte=now), state=Account.State.ACTIVE, next_poll_at__lte=now
        )
        due = list(rows.order_by("next_poll_at")[:limit])
        Account.objects.filter(pk__in=[row.pk for row in due]).update(leased_until=now + LEASE)
    for row in due:
        row.leased_until = now + LEASE
    return due


def extend_lease(*, account: Account, now: datetime) -> Account | None:
    """Record that receiving worked, extend the lease, and return the account as it is now.

    None where it is not in service, or where the caller's lease was over and another worker has it.
    """
    row = Account.objects.filter(pk=account.pk, state=Account.State.ACTIVE)
    mine = row.filter(leased_until=account.leased_until)
    if not mine.update(leased_until=now + LEASE, received_at=now, trouble=None, trouble_at=None):
        return None
    _log_recovery(account)
    return row.first()


def free(rows: Iterable[Account]) -> None:
    """Give claimed accounts back without a poll: another worker may take them at once."""
    Account.objects.filter(pk__in=[row.pk for row in rows]).update(leased_until=None)


def record_poll(*, account: Account, again_at: datetime, now: datetime) -> None:
    """Record that receiving worked, and end the lease.

    An account that somebody paused meanwhile stays paused, with their reason; one that another worker has, because the
    lease was over, stays theirs.
    """
    mine = Account.objects.filter(pk=account.pk, leased_until=account.leased_until)
    mine.filter(state=Account.State.ACTIVE).update(next_poll_at=again_at, trouble=None, trouble_at=None)
    mine.update(leased_until=None, received_at=now)
    _log_recovery(account)


def _log_recovery(account: Account) -> None:
    if account.trouble:
        log.info("account_recovered", account=account.pk, channel=account.channel)


def record_trouble(*, account: Account, error: PortevoixError, again_at: datetime | None, now: datetime) -> bool:
    """Record that receiving failed; `again_at` None pauses the account until somebody mends it. Its cursor stays.

    An account that was paused or taken out of service meanwhile stays so. A refusal of settings that have changed
    since does not pause it: they were mended, or renewed, during the call. Return whether it is paused now.
    """
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if row.state != Account.State.ACTIVE:
            Account.objects.filter(pk=row.pk).update(leased_until=None)
            return row.state == Account.State.PAUSED
        if again_at is None and row.settings != account.settings:
            Account.objects.filter(pk=row.pk).update(leased_until=None, next_poll_at=now)
            return False
        _store_trouble(row, error, again_at, now)
    if again_at is None:
        log.error("account_paused", account=account.pk, channel=account.channel, why=str(error))
    elif not account.trouble or account.trouble["text"] != error.text:  # once, not at every try
        log.warning("account_troubled", account=account.pk, channel=account.channel, why=str(error))
    return again_at is None


def _store_trouble(row: Account, error: PortevoixError, again_at: datetime | None, now: datetime) -> None:
    Account.objects.filter(pk=row.pk).update(
        trouble={"text": error.text, "values": error.values},
        trouble_at=now,
        leased_until=None,
        next_poll_at=again_at,
        state=Account.State.PAUSED if again_at is None else Account.State.ACTIVE,
    )
