"""The one door out: sends what is due, at most once per key."""

from datetime import datetime, timedelta

from portevoix.exchange.connectors import connector
from portevoix.kernel.errors import PortevoixError, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.words import Outgoing
from portevoix.record.operations import accounts, deliveries
from portevoix.record.queries.city import Account
from portevoix.record.queries.deliveries import Delivery, account_of

MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=1)


def deliver_due(*, now: datetime) -> int:
    """Sends the reply that is due longest; returns how many left. One that does not leave stays, with its reason.

    One at a time: however slow a network is, what is claimed is being sent, well within its lease.
    """
    return sum(_deliver(delivery, now) for delivery in deliveries.claim(now=now, limit=1))


def _deliver(delivery: Delivery, now: datetime) -> bool:
    account = account_of(delivery)
    message = deliveries.outgoing(delivery)
    try:
        served = connector(account)
        if delivery.state == deliveries.State.SENDING:  # whoever was sending it vanished: did it arrive?
            receipt = served.find(message) or served.send(message)
        else:
            receipt = served.send(message)
    except TryLater as error:
        _again(delivery, error, now)
    except Refused as error:
        _refused(delivery, account, error, now)
    except Uncertain as error:
        return _look(delivery, account, message, error, now)
    else:
        deliveries.sent(delivery, receipt, now=now)
        return True
    return False


def _look(delivery: Delivery, account: Account, message: Outgoing, error: Uncertain, now: datetime) -> bool:
    """After an uncertain send the network is asked; where it cannot tell, a person decides."""
    try:
        receipt = connector(account).find(message)
    except (TryLater, Refused, Uncertain):
        deliveries.uncertain(delivery, error)
        return False
    if receipt is None:
        _again(delivery, error, now)
        return False
    deliveries.sent(delivery, receipt, now=now)
    return True


def _again(delivery: Delivery, error: PortevoixError, now: datetime) -> None:
    if delivery.attempts + 1 >= MOST_ATTEMPTS:
        deliveries.refused(
            delivery, Refused(gettext_noop("Tried {count} times: {why}"), count=MOST_ATTEMPTS, why=str(error))
        )
        return
    pause = min(timedelta(seconds=15) * 2**delivery.attempts, LONGEST_PAUSE)
    if isinstance(error, TryLater):
        pause = max(pause, error.after)
    deliveries.postponed(delivery, error, again_at=now + pause)


def _refused(delivery: Delivery, account: Account, error: Refused, now: datetime) -> None:
    """A refused account is paused and its reply kept for later; a refused reply waits for a person."""
    if error.pause:
        accounts.troubled(account=account, error=error, again_at=None, now=now)
        deliveries.postponed(delivery, error, again_at=now + LONGEST_PAUSE)
    else:
        deliveries.refused(delivery, error)
