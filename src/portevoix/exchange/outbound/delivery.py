"""The only way out: sends replies that are due, at most once per key, and deletes those that are withdrawn."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError

from portevoix.channels.base import Connector, Deleting
from portevoix.exchange.background_call import ENDING, PATIENCE, BackgroundCall, free_places, wait, with_jitter
from portevoix.exchange.connectors import connector
from portevoix.exchange.result import Ok, attempt
from portevoix.kernel.errors import PortevoixError, Refused, TryLater, Uncertain, internal_error
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Outgoing, Receipt
from portevoix.record.operations import accounts, deliveries
from portevoix.record.queries.city import Account
from portevoix.record.queries.deliveries import Delivery, account_of

log = structlog.get_logger("portevoix.deliver")
MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=1)
_SLOW_MESSAGE = gettext_noop("The server has begun to answer and does not end.")
_VANISHED_MESSAGE = gettext_noop("The process that was sending it ended before it could say whether it left.")


def deliver_due(*, now: datetime) -> int:
    """Send the reply that has been due longest and wait for it; return how many left."""
    return sum(_Attempt(delivery, now).run() for delivery in deliveries.claim(now=now, limit=1))


class DeliveryRunner:
    """Sends replies that are due, one of each account at a time, in the background."""

    def __init__(self) -> None:
        self._under_way: dict[int, tuple[_Attempt, BackgroundCall[Receipt]]] = {}

    def turn(self, now: datetime, *, within: float | None = PATIENCE) -> int:
        """Begin the deliveries that are due, wait a moment, and store the results; return how many left."""
        places = free_places(apart for _, apart in self._under_way.values())
        due = deliveries.claim(now=now, limit=places, without=self._under_way)
        calls = [call for call in map(self._begin, [_Attempt(delivery, now) for delivery in due]) if call]
        wait(calls, within=within)
        return self._settle(now)

    def finish(self, now: datetime, *, within: float | None = None) -> int:
        """Wait a while for deliveries under way; begin nothing. The next worker asks the network about the others."""
        wait([apart for _, apart in self._under_way.values()], within=ENDING if within is None else within)
        return self._settle(now)

    def _begin(self, task: "_Attempt") -> BackgroundCall[Receipt] | None:
        """Start the call; return None when there is nothing to call."""
        call = task.call()
        if call is None:
            return None
        apart = BackgroundCall(call)
        self._under_way[task.account.pk] = task, apart
        return apart

    def _settle(self, now: datetime) -> int:
        left = 0
        for account, (task, apart) in list(self._under_way.items()):
            result = apart.result(within=0)
            if result is not None:
                task.now = now
                if isinstance(result, DatabaseError):  # of the call's own: there is nothing to store
                    del self._under_way[account]
                left += task.settle(result)
                self._under_way.pop(account, None)  # not before it is stored: the database may be away
            elif apart.is_slow and not task.is_reported:
                task.is_reported = True
                deliveries.record_doubt(task.delivery, TryLater(_SLOW_MESSAGE), again_at=now + deliveries.LEASE)
        return left


class _Attempt:
    """One attempt at one delivery or deletion. `doubt` is why it may have been sent already, None when it was not.

    While there is doubt the network is asked, never sent to; where it cannot tell, a person decides.
    """

    def __init__(self, delivery: Delivery, now: datetime) -> None:
        self.delivery = delivery
        self.now = now
        self.account: Account = account_of(delivery)
        self.is_reported = False  # that the server does not end
        self.withdraws = delivery.kind == delivery.Kind.WITHDRAW
        doubtful = delivery.state == deliveries.State.SENDING and not self.withdraws
        self.doubt = Uncertain(_VANISHED_MESSAGE) if doubtful else None

    def run(self) -> bool:
        """Deliver now; return whether it left, now or before."""
        call = self.call()
        return call is not None and self.settle(attempt(call))

    def call(self) -> Callable[[], Receipt] | None:
        """Return the network call, which needs no database; None, once the reason is stored, when there is none."""
        if self.doubt and self.delivery.attempts > MOST_ATTEMPTS:
            deliveries.record_uncertainty(self.delivery, self.doubt)
            return None
        ready = attempt(lambda: (connector(self.account), deliveries.outgoing(self.delivery)))
        if isinstance(ready, Ok):
            channel, message = ready.value
            if self.withdraws:
                external_id = deliveries.external_id(self.delivery)
                return lambda: self._delete(channel, message, external_id)
            return lambda: self._send(channel, message)
        self.settle(ready)
        return None

    def settle(self, result: Ok[Receipt] | Exception) -> bool:
        """Store the result; return whether it left."""
        match result:
            case Ok() if self.withdraws:
                deliveries.record_withdrawal(self.delivery, now=self.now)
                return True
            case Ok(receipt):
                deliveries.record_sent(self.delivery, receipt, now=self.now)
                return True
            case TryLater():
                self._retry(result)
            case Refused():
                self._handle_refusal(result)
            case Uncertain():
                deliveries.record_uncertainty(self.delivery, result)
            case DatabaseError():
                raise result
            case _:
                log.error("delivery_failed", delivery=self.delivery.pk, exc_info=result)
                deliveries.record_uncertainty(self.delivery, internal_error(result))
        return False

    def _delete(self, channel: Connector, message: Outgoing, external_id: str) -> Receipt:
        """Delete the message on the network. Raise TryLater when in doubt: deleting twice does no harm."""
        if not isinstance(channel, Deleting):
            raise Refused(gettext_noop("On this network nothing can be deleted from here. Delete it there, by hand."))
        try:
            channel.delete(message, external_id)
        except Uncertain as error:
            raise TryLater(error.text, **error.values) from error
        return Receipt(external_id)

    def _send(self, channel: Connector, message: Outgoing) -> Receipt:
        """Return the network's receipt, sent now or before. Raise TryLater when an uncertain send did not arrive."""
        if self.doubt:
            receipt = channel.find(message)
            self.doubt = None
            if receipt:
                return receipt
        try:
            return channel.send(message)
        except Uncertain as error:
            self.doubt = error
            return self._look_up(channel, message, error)

    def _look_up(self, channel: Connector, message: Outgoing, why: Uncertain) -> Receipt:
        try:
            receipt = channel.find(message)
        except Uncertain:
            raise why from None
        self.doubt = None
        if receipt is None:
            raise TryLater(why.text, after=timedelta(), **why.values)
        return receipt

    def _retry(self, error: TryLater) -> None:
        attempts = self.delivery.attempts
        if attempts >= MOST_ATTEMPTS and not self.doubt:
            why = Refused(gettext_noop("Tried {count} times: {why}"), count=attempts, why=str(error))
            deliveries.record_refusal(self.delivery, why)
            return
        pause = max(error.after, min(timedelta(seconds=15) * 2 ** min(attempts - 1, 10), LONGEST_PAUSE))
        self._postpone(error, with_jitter(pause))

    def _handle_refusal(self, error: Refused) -> None:
        """Pause a refused account and keep its reply for later; leave a refused reply to a person."""
        if error.pause:
            is_paused = accounts.record_trouble(account=self.account, error=error, again_at=None, now=self.now)
            self._postpone(error, LONGEST_PAUSE if is_paused else timedelta())
        elif self.doubt:
            deliveries.record_uncertainty(self.delivery, self.doubt)
        else:
            deliveries.record_refusal(self.delivery, error)

    def _postpone(self, error: PortevoixError, pause: timedelta) -> None:
        """Postpone the delivery: in doubt the network is asked again; else the reply is sent again."""
        put_off = deliveries.record_doubt if self.doubt else deliveries.record_postponement
        put_off(self.delivery, error, again_at=self.now + pause)
