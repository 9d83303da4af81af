"""The one door in: what a channel or a file brings is kept raw first, then its steps run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import DatabaseError

from portevoix.exchange.background_call import MOST, PATIENCE, Apart, scattered, wait
from portevoix.exchange.connectors import connector
from portevoix.exchange.inbound import enrich
from portevoix.exchange.inbound.batches import BATCH, BATCH_CHARACTERS, Pages, read_pages, weight
from portevoix.exchange.result import Done, attempt
from portevoix.kernel.errors import Refused, TryLater, Uncertain, fault
from portevoix.kernel.messages import Batch, Incoming
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries.activity import last_activity_at
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.receive")
POLL_EVERY = timedelta(seconds=10)
POLL_SELDOM = timedelta(minutes=5)
"""How often an account is asked while somebody works or something comes, and at least, in a quiet night."""
QUIET = 60
"""After a silence, accounts are asked after so small a part of it: every minute after an hour, say."""
RUN = 20
"""How many batches an account that has many waiting gives in a row: then others have their turn."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages were new and how many were known already."""

    new: int = 0
    known: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.new + other.new, self.known + other.known)


def take(messages: Iterable[Incoming], *, now: datetime) -> Iterator[Taken]:
    """Takes messages of any accounts, a batch at a time; yields after each batch, its steps being run."""
    known: dict[tuple[str, str], Account] = {}
    for batch in _batches(messages):
        taken = Taken()
        waiting: list[int] = []
        fresh: dict[int, Incoming] = {}
        for key, mine in _by_account(batch).items():
            if key not in known:
                known[key] = accounts.known(channel=key[0], address=key[1])
            stored = envelopes.store(known[key], Batch(tuple(mine)), now=now)
            taken += Taken(stored.new, stored.known)
            waiting += stored.waiting
            fresh |= stored.fresh
        enrich.run(waiting, now=now, fresh=fresh)
        yield taken


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
    found: dict[tuple[str, str], list[Incoming]] = {}
    for message in messages:
        found.setdefault((message.channel, message.account), []).append(message)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """An account that is being asked for its `number`th batch in a row."""

    account: Account
    apart: Apart[Pages]
    number: int = 1


class Poller:
    """Asks the accounts whose turn it is, each apart from the others; while a batch is taken, for the next one."""

    def __init__(self) -> None:
        self._asked: dict[int, _Asked] = {}
        self._new: list[Apart[Pages]] = []
        self._going_on: Callable[[], bool] = lambda: True

    def begin(self, now: datetime, *, going_on: Callable[[], bool] = lambda: True) -> None:
        """Asks for what is due, as long as it is `going_on`, and waits a moment for new answers."""
        self._going_on = going_on
        due = accounts.claim_due(now=now, limit=MOST - len(self._asked))
        while due and going_on():
            account = due.pop(0)
            if account.pk not in self._asked:  # else its answer took longer than its lease, which is renewed by now
                self.ask(account, now)
        accounts.free(due)
        new, self._new = self._new, []
        wait(new, within=PATIENCE)

    def ask(self, account: Account, now: datetime, number: int = 1) -> None:
        """Asks one account, for its `number`th batch in a row. What goes wrong is kept on it, where all see it."""
        ready = attempt(lambda: connector(account))
        if isinstance(ready, Done):
            apart = Apart(lambda: read_pages(ready.value.receive, account.cursor))
            self._asked[account.pk] = _Asked(account, apart, number)
            self._new.append(apart)
        else:
            _received(account, ready, now=now, go_on=lambda: False)

    def take(self, now: datetime) -> Taken:
        """Takes what has come."""
        taken = Taken()
        for key, asked in list(self._asked.items()):
            came = asked.apart.came(within=0)
            if came is not None:
                del self._asked[key]
                taken += _received(asked.account, came, now=now, go_on=partial(self._go_on, asked, now))
        return taken

    def finish(self, now: datetime) -> Taken:
        """Waits for all that were asked, and takes what comes; asks for nothing more."""
        self._going_on = lambda: False
        wait([asked.apart for asked in self._asked.values()], within=None)
        return self.take(now)

    def _go_on(self, asked: _Asked, now: datetime) -> bool:
        """Asks an account for its next batch, unless it is others' turn, or its own is over."""
        if asked.number == RUN or not self._going_on():
            return False
        account = accounts.held(account=asked.account, now=now)
        if account is None:
            return False
        self.ask(account, now, asked.number + 1)
        return True


def _received(account: Account, came: Done[Pages] | Exception, *, now: datetime, go_on: Callable[[], bool]) -> Taken:
    """Takes the batch that came, and keeps the trouble on the account. Raises DatabaseError.

    `go_on` asks for what comes next, once what came is kept, and says whether it did; its steps run meanwhile.
    """
    if not isinstance(came, Done):
        _troubled(account, came, now)
        return Taken()
    batch, trouble = came.value.batch, came.value.trouble
    stored = envelopes.store(account, batch, now=now)
    goes_on = False
    try:
        goes_on = trouble is None and batch.more and bool(batch.messages or batch.unreadable) and go_on()
    finally:
        # Before anybody else has the account's turn: what edits these messages comes after them.
        enrich.run(stored.waiting, now=now, fresh=stored.fresh)
    if trouble is not None:
        _troubled(account, trouble, now)
    elif not goes_on:
        accounts.polled(account=account, again_at=now if batch.more else now + pause(now), now=now)
    return Taken(stored.new, stored.known)


def pause(now: datetime) -> timedelta:
    """Return how long to wait before an account is asked again that has nothing more."""
    last = last_activity_at()
    silence = now - last if last else timedelta(0)
    return min(max(POLL_EVERY, silence / QUIET), POLL_SELDOM)


def _troubled(account: Account, came: Exception, now: datetime) -> None:
    match came:
        case TryLater():
            later = scattered(max(came.after, POLL_EVERY))
            accounts.troubled(account=account, error=came, again_at=now + later, now=now)
        case Refused() | Uncertain():
            accounts.troubled(account=account, error=came, again_at=None, now=now)
        case DatabaseError():
            raise came
        case _:
            log.error("account_failed", account=account.pk, channel=account.channel, exc_info=came)
            accounts.troubled(account=account, error=fault(came), again_at=now + accounts.LEASE, now=now)
