"""E-mails the administrators when an account was paused, as messages from citizens then wait there."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from portevoix.channels.base import label
from portevoix.exchange.connectors import connector
from portevoix.exchange.result import Ok, attempt
from portevoix.kernel.errors import Refused, Uncertain
from portevoix.kernel.messages import Outgoing, Visibility, Writer
from portevoix.record.operations import accounts
from portevoix.record.queries import city as queries
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.alarm")


def send_alerts(*, now: datetime) -> int:
    """E-mail each administrator once about each account that paused itself; return the number of accounts.

    Without a mailbox only the log and every page say so, and it is tried again as long as the account is paused. Who
    cannot be reached at an address keeps nobody else from being alerted.
    """
    paused_accounts = queries.unannounced_accounts()
    if not paused_accounts:
        return 0
    boxes = [account for account in queries.accounts() if account.channel == "email" and account.state == "active"]
    readers = queries.administrators()
    return sum(_alert(account, boxes, readers, now) for account in paused_accounts)


def _alert(account: Account, boxes: Sequence[Account], readers: Sequence[queries.Contact], now: datetime) -> bool:
    """E-mail those who were not yet; return whether everybody has been now."""
    for box in boxes[:1]:
        for reader in readers:
            if accounts.claim_alert(account=account, reader=reader, now=now):
                _send(box, account, reader, now)
        return accounts.record_alerts(account=account, readers=readers, now=now)
    return False


def _send(box: Account, account: Account, reader: queries.Contact, now: datetime) -> None:
    """Send one e-mail; what may have been sent is not sent again, and what was not is tried again later."""
    result = attempt(lambda: connector(box).send(_letter(account, box, reader, now)))
    if not isinstance(result, Ok):
        log.warning("alarm_failed", account=account.pk, reader=reader.pk, error=type(result).__name__)
    if isinstance(result, Ok | Refused | Uncertain):
        accounts.settle_alert(account=account, reader=reader)


def _letter(account: Account, box: Account, reader: queries.Contact, now: datetime) -> Outgoing:
    city = queries.city()
    assert city and account.trouble
    with translation.override(reader.language or city.language):
        why = _(account.trouble["text"]).format(**account.trouble["values"])
        values = {"channel": _(label(account.channel)), "address": account.address, "why": why, "city": city.name}
        subject = _("%(address)s (%(channel)s) is paused") % values
        text = _(
            "Nothing is received from %(address)s (%(channel)s) or sent by it any more:\n\n%(why)s\n\n"
            "Nothing is lost: it goes on from where it stopped once you have seen to it, in Settings, Channels.\n\n"
            "Portevoix, %(city)s"
        )
        return Outgoing(
            key=f"paused-{account.pk}-{reader.pk}-{account.trouble_at:%Y%m%d%H%M%S}",
            account=box.address,
            conversation="",
            to=Writer(reader.email, reader.email, reader.name),
            text=text % values,
            sent_at=now,
            subject=subject,
            lang=translation.get_language(),
            visibility=Visibility.PRIVATE,
        )
