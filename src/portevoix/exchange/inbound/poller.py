"""The only way in: messages from a channel or a file are stored raw first, then enriched."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import DatabaseError

from portevoix.exchange.background_call import ENDING, PATIENCE, BackgroundCall, free_places, wait, with_jitter
from portevoix.exchange.connectors import connector
from portevoix.exchange.inbound import enrich
from portevoix.exchange.inbound.batches import BATCH, BATCH_CHARACTERS, Pages, read_pages, weight
from portevoix.exchange.result import Ok, attempt
from portevoix.kernel.errors import Refused, TryLater, Uncertain, internal_error
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Batch, Incoming
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries.activity import last_activity_at
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.receive")
POLL_EVERY = timedelta(seconds=10)
POLL_SELDOM = timedelta(minutes=5)
"""How often an account is polled while there is activity, and at least, in a quiet night."""
QUIET = 60
"""After a silence, accounts are polled at intervals of this fraction of it: every minute after an hour, say."""
_SLOW_MESSAGE = gettext_noop("The server has begun to answer and does not end. It is asked again once it has.")
RUN = 20
"""How many batches are taken from one account in a row, before the others have their turn."""


@dataclass(frozen=True, slots=True)
class IntakeCount:
    """Counts of messages that were new and of those stored already."""

    new: int = 0
    duplicates: int = 0

    def __add__(self, other: "IntakeCount") -> "IntakeCount":
        return IntakeCount(self.new + other.new, self.duplicates + other.duplicates)


def take_messages(messages: Iterable[Incoming], *, now: datetime) -> Iterator[IntakeCount]:
    """Store and enrich messages of any accounts, a batch at a time; yield after each batch."""
    accounts_by_key: dict[tuple[str, str], Account] = {}
    for batch in _batches(messages):
        count = IntakeCount()
        waiting: list[int] = []
        fresh: dict[int, Incoming] = {}
        for key, mine in _by_account(batch).items():
            if key not in accounts_by_key:
                accounts_by_key[key] = accounts.get_or_create(channel=key[0], address=key[1])
            outcome = envelopes.store(accounts_by_key[key], Batch(tuple(mine)), now=now)
            count += IntakeCount(outcome.new, outcome.duplicates)
            waiting += outcome.waiting
            fresh |= outcome.fresh
        enrich.enrich_envelopes(waiting, now=now, fresh=fresh)
        yield count


def _batches(messages: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    characters = 0
    for message in messages:
        batch.append(message)
        characters += weight(message)
        if len(batch) == BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _by_account(messages: Iterable[Incoming]) -> dict[tuple[str, str], list[Incoming]]:
    groups: dict[tuple[str, str], list[Incoming]] = {}
    for message in messages:
        groups.setdefault((message.channel, message.account), []).append(message)
    return groups


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that polls an account for its `number`th batch in a row."""

    account: Account
    apart: BackgroundCall[Pages]
    number: int = 1


class Poller:
    """Polls the accounts that are due, each in the background; asks for the next batch while one is being stored."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        self._new: list[BackgroundCall[Pages]] = []
        self._slow: set[int] = set()  # whose trouble is stored
        self._going_on: Callable[[], bool] = lambda: True

    def begin(self, now: datetime, *, going_on: Callable[[], bool] = lambda: True) -> None:
        """Poll the accounts that are due, as long as `going_on` holds, and wait a moment for new answers."""
        self._going_on = going_on
        due = accounts.claim_due(now=now, limit=free_places(call.apart for call in self._calls.values()))
        while due and going_on():
            account = due.pop(0)
            if account.pk not in self._calls:  # else its answer took longer than its lease, which is renewed by now
                self.ask(account, now)
        accounts.free(due)
        new, self._new = self._new, []
        wait(new, within=PATIENCE)

    def ask(self, account: Account, now: datetime, number: int = 1) -> None:
        """Poll one account for its `number`th batch in a row. An error is stored on the account, where all see it."""
        ready = attempt(lambda: connector(account))
        if isinstance(ready, Ok):
            apart = BackgroundCall(lambda: read_pages(ready.value.receive, account.cursor))
            self._calls[account.pk] = _Call(account, apart, number)
            self._new.append(apart)
        else:
            _store_result(account, ready, now=now, go_on=lambda: False)

    def take(self, now: datetime) -> IntakeCount:
        """Store the answers that have come."""
        count = IntakeCount()
        for key, call in list(self._calls.items()):
            result = call.apart.result(within=0)
            if result is not None:
                del self._calls[key]
                self._slow.discard(key)
                count += _store_result(call.account, result, now=now, go_on=partial(self._go_on, call, now))
            elif call.apart.is_slow and key not in self._slow:
                self._slow.add(key)
                _handle_trouble(call.account, TryLater(_SLOW_MESSAGE), now)
        return count

    def finish(self, now: datetime, *, within: float | None = None) -> IntakeCount:
        """Wait a while for polls under way and store their answers; begin nothing new.

        What a slow one brings is not stored, and is read again by the next worker.
        """
        self._going_on = lambda: False
        wait([call.apart for call in self._calls.values()], within=ENDING if within is None else within)
        return self.take(now)

    def _go_on(self, call: _Call, now: datetime) -> bool:
        """Poll an account for its next batch, unless it is others' turn, or its lease is over."""
        if call.number == RUN or not self._going_on():
            return False
        account = accounts.extend_lease(account=call.account, now=now)
        if account is None:
            return False
        self.ask(account, now, call.number + 1)
        return True


def _store_result(
    account: Account, result: Ok[Pages] | Exception, *, now: datetime, go_on: Callable[[], bool]
) -> IntakeCount:
    """Store the batch, and any error on the account. Raise DatabaseError.

    `go_on` asks for the next batch once this one is stored, and returns whether it did; meanwhile this one is enriched.
    """
    if not isinstance(result, Ok):
        _handle_trouble(account, result, now)
        return IntakeCount()
    batch, trouble = result.value.batch, result.value.trouble
    outcome = envelopes.store(account, batch, now=now)
    goes_on = False
    try:
        goes_on = trouble is None and batch.more and bool(batch.messages or batch.unreadable) and go_on()
    finally:
        # Before anybody else has the account's turn: what edits these messages comes after them.
        enrich.enrich_envelopes(outcome.waiting, now=now, fresh=outcome.fresh)
    if trouble is not None:
        _handle_trouble(account, trouble, now)
    elif not goes_on:
        accounts.record_poll(account=account, again_at=now if batch.more else now + next_pause(now), now=now)
    return IntakeCount(outcome.new, outcome.duplicates)


def next_pause(now: datetime) -> timedelta:
    """Return how long to wait before an account without more messages is polled again."""
    last = last_activity_at()
    silence = now - last if last else timedelta(0)
    return min(max(POLL_EVERY, silence / QUIET), POLL_SELDOM)


def _handle_trouble(account: Account, error: Exception, now: datetime) -> None:
    match error:
        case TryLater():
            later = with_jitter(max(error.after, POLL_EVERY))
            accounts.record_trouble(account=account, error=error, again_at=now + later, now=now)
        case Refused() | Uncertain():
            accounts.record_trouble(account=account, error=error, again_at=None, now=now)
        case DatabaseError():
            raise error
        case _:
            log.error("account_failed", account=account.pk, channel=account.channel, exc_info=error)
            accounts.record_trouble(
                account=account, error=internal_error(error), again_at=now + accounts.LEASE, now=now
            )
