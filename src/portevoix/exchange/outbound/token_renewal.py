"""Renews access tokens before they expire, one worker at a time for each account.

A refresh token may serve once only: the network's answer holds the one that is valid from then on. So the account is
leased during the call, the answer is stored before anything else is done with it, and a worker that stops waits for it.
Where it gets lost all the same (a process killed between the two), the network refuses the old token: the account
pauses, every page says so, and it catches up once somebody has signed in again.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import DatabaseError

from portevoix.channels.base import Renewal, installed_channels, renewal, secret_names
from portevoix.exchange.background_call import PATIENCE, BackgroundCall, free_places, wait
from portevoix.exchange.result import Ok
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.record.operations import accounts
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.renew")
AGAIN: Final = timedelta(minutes=1)
"""The least time until a failed renewal is tried again."""


class Renewer:
    """Renews the tokens that are due, each in the background."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[Account, BackgroundCall[Any]]] = {}
        self._not_before: dict[int, datetime] = {}

    def turn(self, now: datetime) -> int:
        """Begin the renewals that are due, wait a moment, and store the results; return how many were renewed."""
        places = free_places(apart for _, apart in self._calls.values())
        due = accounts.claim_renewals(due=lambda row: self._due(row, now), now=now, limit=places)
        calls = [apart for apart in (self._begin(row, now) for row in due) if apart]
        wait(calls, within=PATIENCE)
        return self.settle(now)

    def finish(self, now: datetime) -> int:
        """Wait for renewals under way, and store their results; begin nothing."""
        wait([apart for _, apart in self._calls.values()], within=None)
        return self.settle(now)

    def forget_pauses(self) -> None:
        """Try failed renewals again as soon as they are due: the clock by which they wait has changed."""
        self._not_before.clear()

    def _due(self, row: Account, now: datetime) -> bool:
        way = renewal(row.connector)
        early = now < self._not_before.get(row.pk, now)
        return way is not None and not early and way.due(row.settings, now)

    def _begin(self, row: Account, now: datetime) -> BackgroundCall[Any] | None:
        way = renewal(row.connector)
        assert way is not None
        try:
            clear = accounts.settings_of(row)
        except BadInput as error:
            refusal = Refused(error.text, pause=True, **error.values)
            accounts.record_trouble(account=row, error=refusal, again_at=None, now=now)
            return None
        apart = BackgroundCall(lambda: _renew(way, clear))
        self._calls[row.pk] = row, apart
        return apart

    def settle(self, now: datetime) -> int:
        """Store the results that have come; return how many were renewed."""
        count = 0
        for key, (row, apart) in list(self._calls.items()):
            result = apart.result(within=0)
            if result is not None:
                count += self._store_result(row, result, now)
                del self._calls[key]  # not before it is written down: a database that fails is tried again
        return count

    def _store_result(self, row: Account, result: Ok[Any] | Exception, now: datetime) -> bool:
        """Store the result; return whether it is renewed. Raise DatabaseError: it is stored at the next turn."""
        match result:
            case Ok(new_settings):
                secret = secret_names(installed_channels()[row.connector].Settings)
                accounts.store_renewed_settings(account=row, changed=new_settings, secret=secret, now=now)
                self._not_before.pop(row.pk, None)
                return True
            case Refused():
                accounts.record_trouble(account=row, error=result, again_at=None, now=now)
            case TryLater() | Uncertain():
                log.warning("renewal_postponed", account=row.pk, channel=row.channel, why=str(result))
                self._postpone(row, now, getattr(result, "after", AGAIN))
            case DatabaseError():
                raise result
            case _:
                log.error("renewal_failed", account=row.pk, channel=row.channel, exc_info=result)
                self._postpone(row, now, AGAIN)
        return False

    def _postpone(self, row: Account, now: datetime, after: timedelta) -> None:
        self._not_before[row.pk] = now + max(after, AGAIN)
        accounts.free([row])


def _renew(way: Renewal, settings: dict[str, Any]) -> Any:
    return way.renew(settings)
