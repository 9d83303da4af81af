"""The one door out: sends what is due, at most once per key, and deletes what is withdrawn."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError

from portevoix.channels.base import Connector, Deleting
from portevoix.exchange.background_call import MOST, PATIENCE, Apart, scattered, wait
from portevoix.exchange.connectors import connector
from portevoix.exchange.result import Done, attempt
from portevoix.kernel.errors import PortevoixError, Refused, TryLater, Uncertain, fault
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Outgoing, Receipt
from portevoix.record.operations import accounts, deliveries
from portevoix.record.queries.city import Account
from portevoix.record.queries.deliveries import Delivery, account_of

log = structlog.get_logger("portevoix.deliver")
MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=1)
_VANISHED = gettext_noop("The process that was sending it ended before it could say whether it left.")


def deliver_due(*, now: datetime) -> int:
    """Sends the reply that is due longest and waits for it; returns how many left."""
    return sum(_Try(delivery, now).run() for delivery in deliveries.claim(now=now, limit=1))


class Courier:
    """Sends what is due, one reply of an account at a time, each apart from the worker's other work."""

    def __init__(self) -> None:
        self._under_way: dict[int, tuple[_Try, Apart[Receipt]]] = {}

    def turn(self, now: datetime, *, within: float | None = PATIENCE) -> int:
        """Begins what is due, waits a moment, and writes down what came; returns how many left."""
        due = deliveries.claim(now=now, limit=MOST - len(self._under_way), without=self._under_way)
        begun = [one for one in map(self._begin, [_Try(delivery, now) for delivery in due]) if one]
        wait(begun, within=within)
        return self._settle(now)

    def finish(self, now: datetime) -> int:
        """Waits for what is being sent; begins nothing."""
        wait([apart for _, apart in self._under_way.values()], within=None)
        return self._settle(now)

    def _begin(self, one: "_Try") -> Apart[Receipt] | None:
        """None when it has come to its end already."""
        call = one.call()
        if call is None:
            return None
        apart = Apart(call)
        self._under_way[one.account.pk] = one, apart
        return apart

    def _settle(self, now: datetime) -> int:
        left = 0
        for account, (one, apart) in list(self._under_way.items()):
            came = apart.came(within=0)
            if came is not None:
                del self._under_way[account]
                one.now = now
                left += one.settle(came)
        return left


class _Try:
    """One attempt at one delivery or deletion. `doubt` is why it may have been sent already, None when it was not.

    While there is doubt the network is asked, never sent to; where it cannot tell, a person decides.
    """

    def __init__(self, delivery: Delivery, now: datetime) -> None:
        self.delivery = delivery
        self.now = now
        self.account: Account = account_of(delivery)
        self.withdraws = delivery.kind == delivery.Kind.WITHDRAW
        doubtful = delivery.state == deliveries.State.SENDING and not self.withdraws
        self.doubt = Uncertain(_VANISHED) if doubtful else None

    def run(self) -> bool:
        """Whether it left, now or before."""
        call = self.call()
        return call is not None and self.settle(attempt(call))

    def call(self) -> Callable[[], Receipt] | None:
        """What to ask of the network, which needs no database; None when there is nothing, and that is written down."""
        if self.doubt and self.delivery.attempts > MOST_ATTEMPTS:
            deliveries.uncertain(self.delivery, self.doubt)
            return None
        ready = attempt(lambda: (connector(self.account), deliveries.outgoing(self.delivery)))
        if isinstance(ready, Done):
            served, message = ready.value
            if self.withdraws:
                stands = deliveries.external_id(self.delivery)
                return lambda: self._gone(served, message, stands)
            return lambda: self._receipt(served, message)
        self.settle(ready)
        return None

    def settle(self, came: Done[Receipt] | Exception) -> bool:
        """Writes down what came of it; whether it left."""
        match came:
            case Done() if self.withdraws:
                deliveries.withdrawn(self.delivery, now=self.now)
                return True
            case Done(receipt):
                deliveries.sent(self.delivery, receipt, now=self.now)
                return True
            case TryLater():
                self._again(came)
            case Refused():
                self._refused(came)
            case Uncertain():
                deliveries.uncertain(self.delivery, came)
            case DatabaseError():
                raise came
            case _:
                log.error("delivery_failed", delivery=self.delivery.pk, exc_info=came)
                deliveries.uncertain(self.delivery, fault(came))
        return False

    def _gone(self, served: Connector, message: Outgoing, external_id: str) -> Receipt:
        """To delete twice is to delete once: what is not sure is tried again. Raises TryLater then."""
        if not isinstance(served, Deleting):
            raise Refused(gettext_noop("On this network nothing can be deleted from here. Delete it there, by hand."))
        try:
            served.delete(message, external_id)
        except Uncertain as error:
            raise TryLater(error.text, **error.values) from error
        return Receipt(external_id)

    def _receipt(self, served: Connector, message: Outgoing) -> Receipt:
        """What the network says of it, sent now or before. Raises TryLater when an uncertain send did not arrive."""
        if self.doubt:
            found = served.find(message)
            self.doubt = None
            if found:
                return found
        try:
            return served.send(message)
        except Uncertain as error:
            self.doubt = error
            return self._look(served, message, error)

    def _look(self, served: Connector, message: Outgoing, why: Uncertain) -> Receipt:
        try:
            found = served.find(message)
        except Uncertain:
            raise why from None
        self.doubt = None
        if found is None:
            raise TryLater(why.text, after=timedelta(), **why.values)
        return found

    def _again(self, error: TryLater) -> None:
        tried = self.delivery.attempts
        if tried >= MOST_ATTEMPTS and not self.doubt:
            why = Refused(gettext_noop("Tried {count} times: {why}"), count=tried, why=str(error))
            deliveries.refused(self.delivery, why)
            return
        pause = max(error.after, min(timedelta(seconds=15) * 2 ** min(tried - 1, 10), LONGEST_PAUSE))
        self._later(error, scattered(pause))

    def _refused(self, error: Refused) -> None:
        """A refused account is paused and its reply kept for later; a refused reply waits for a person."""
        if error.pause:
            paused = accounts.troubled(account=self.account, error=error, again_at=None, now=self.now)
            self._later(error, LONGEST_PAUSE if paused else timedelta())
        elif self.doubt:
            deliveries.uncertain(self.delivery, self.doubt)
        else:
            deliveries.refused(self.delivery, error)

    def _later(self, error: PortevoixError, pause: timedelta) -> None:
        """Where there is doubt the network is asked again; else the reply is sent again."""
        put_off = deliveries.doubtful if self.doubt else deliveries.postponed
        put_off(self.delivery, error, again_at=self.now + pause)
