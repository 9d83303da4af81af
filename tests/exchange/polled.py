"""One account, asked for what is new."""

from datetime import datetime

from portevoix.exchange.inbound.poller import IntakeCount, Poller
from portevoix.record.models import Account


def poll(account: Account, *, now: datetime) -> IntakeCount:
    """As a worker does that is about to stop: one batch, and what goes wrong is kept on the account."""
    poller = Poller()
    poller.ask(account, now)
    return poller.finish(now)
