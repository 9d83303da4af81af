"""E-mails the administrators when an account was paused, as messages from citizens then wait there."""

from datetime import datetime
from functools import partial
from itertools import product

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from portevoix.channels.base import label
from portevoix.exchange.background_call import ENDING, PATIENCE, BackgroundCall, free_places, wait
from portevoix.exchange.connectors import connector
from portevoix.exchange.result import Ok, attempt
from portevoix.kernel.errors import Refused, Uncertain
from portevoix.kernel.messages import Outgoing, Receipt, Visibility, Writer
from portevoix.record.operations import accounts
from portevoix.record.queries import city as queries
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.alarm")


class AlertSender:
    """E-mails each administrator once about each account that paused itself, in the background.

    Without a mailbox only the log and every page say so, and it is tried again as long as the account is paused. Who
    cannot be reached at an address keeps nobody else from being alerted, nor does a mail server that never ends.
    """

    def __init__(self) -> None:
        self._calls: list[tuple[Account, queries.Contact, BackgroundCall[Receipt]]] = []

    def turn(self, now: datetime) -> int:
        """Send what is due, wait a moment, and return the number of accounts of which everybody knows now."""
        paused_accounts = queries.unannounced_accounts()
        boxes = [row for row in queries.accounts() if row.channel == "email" and row.state == "active"]
        if paused_accounts and boxes:
            readers = queries.administrators()
            for account, reader in product(paused_accounts, readers):
                self._begin(boxes[0], account, reader, now)
            wait([call for *_, call in self._calls], within=PATIENCE)
            self._settle()
            return sum(accounts.record_alerts(account=row, readers=readers, now=now) for row in paused_accounts)
        return 0

    def finish(self, now: datetime, *, within: float | None = None) -> int:
        """Wait a while for e-mails under way; begin nothing."""
        wait([call for *_, call in self._calls], within=ENDING if within is None else within)
        self._settle()
        return 0

    def _begin(self, box: Account, account: Account, reader: queries.Contact, now: datetime) -> None:
        is_under_way = any((row.pk, one.pk) == (account.pk, reader.pk) for row, one, _ in self._calls)
        if is_under_way or not free_places(call for *_, call in self._calls):
            return  # a server that never ends is asked once, though the claim is over
        if accounts.claim_alert(account=account, reader=reader, now=now):
            channel = attempt(lambda: connector(box))
            letter = _letter(account, box, reader, now)
            if isinstance(channel, Ok):
                self._calls.append((account, reader, BackgroundCall(partial(channel.value.send, letter))))

    def _settle(self) -> None:
        """Store what came of the e-mails: one that may have been sent is not sent again, one that was not is."""
        for entry in list(self._calls):
            account, reader, call = entry
            result = call.result(within=0)
            if result is None:
                continue
            if not isinstance(result, Ok):
                log.warning("alarm_failed", account=account.pk, reader=reader.pk, error=type(result).__name__)
            if isinstance(result, Ok | Refused | Uncertain):
                accounts.settle_alert(account=account, reader=reader)
            self._calls.remove(entry)


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
