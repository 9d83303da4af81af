"""Accesses that run out are renewed before they do, one worker at a time for each account.

What renews an access may serve once only: the network's answer holds the one key that opens from then on. So the
account is leased while it is asked, the answer is written down before anything else is done with it, and a worker that
is told to stop waits for it. Where it gets lost all the same (a process killed between the two), the network refuses
the old key: the account pauses, every page says so, and it catches up once somebody has signed in again.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import DatabaseError

from portevoix.channels.base import Renewal, channels, hidden, renewal
from portevoix.exchange.background_call import MOST, PATIENCE, Apart, wait
from portevoix.exchange.result import Done
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.record.operations import accounts
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.renew")
AGAIN: Final = timedelta(minutes=1)
"""At the earliest a renewal that did not come through is tried again."""


class Renewer:
    """Renews what is due, each apart from the worker's other work."""

    def __init__(self) -> None:
        self._asked: dict[int, tuple[Account, Apart[Any]]] = {}
        self._not_before: dict[int, datetime] = {}

    def turn(self, now: datetime) -> int:
        """Begins what is due, waits a moment, and writes down what came; returns how many were renewed."""
        due = accounts.claim_renewals(due=lambda row: self._due(row, now), now=now, limit=MOST - len(self._asked))
        begun = [apart for apart in (self._begin(row, now) for row in due) if apart]
        wait(begun, within=PATIENCE)
        return self.settle(now)

    def finish(self, now: datetime) -> int:
        """Waits for what was asked, and writes it down; begins nothing."""
        wait([apart for _, apart in self._asked.values()], within=None)
        return self.settle(now)

    def _due(self, row: Account, now: datetime) -> bool:
        way = renewal(row.connector)
        early = now < self._not_before.get(row.pk, now)
        return way is not None and not early and way.due(row.settings, now)

    def _begin(self, row: Account, now: datetime) -> Apart[Any] | None:
        way = renewal(row.connector)
        assert way is not None
        try:
            clear = accounts.settings_of(row)
        except BadInput as error:
            refused = Refused(error.text, pause=True, **error.values)
            accounts.troubled(account=row, error=refused, again_at=None, now=now)
            return None
        apart = Apart(lambda: _renew(way, clear))
        self._asked[row.pk] = row, apart
        return apart

    def settle(self, now: datetime) -> int:
        """Writes down what came; returns how many were renewed."""
        count = 0
        for key, (row, apart) in list(self._asked.items()):
            came = apart.came(within=0)
            if came is not None:
                count += self._came(row, came, now)
                del self._asked[key]  # not before it is written down: a database that fails is tried again
        return count

    def _came(self, row: Account, came: Done[Any] | Exception, now: datetime) -> bool:
        """Whether it is renewed. Raises DatabaseError: what came is kept, to be written down at the next turn."""
        match came:
            case Done(changed):
                secret = hidden(channels()[row.connector].Settings)
                accounts.renewed(account=row, changed=changed, secret=secret, now=now)
                self._not_before.pop(row.pk, None)
                return True
            case Refused():
                accounts.troubled(account=row, error=came, again_at=None, now=now)
            case TryLater() | Uncertain():
                log.warning("renewal_postponed", account=row.pk, channel=row.channel, why=str(came))
                self._later(row, now, getattr(came, "after", AGAIN))
            case DatabaseError():
                raise came
            case _:
                log.error("renewal_failed", account=row.pk, channel=row.channel, exc_info=came)
                self._later(row, now, AGAIN)
        return False

    def _later(self, row: Account, now: datetime, after: timedelta) -> None:
        self._not_before[row.pk] = now + max(after, AGAIN)
        accounts.free([row])


def _renew(way: Renewal, settings: dict[str, Any]) -> Any:
    return way.renew(settings)
