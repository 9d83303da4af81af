"""The one door in: what a channel or a file brings is kept raw first, then its steps run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError

from portevoix.exchange import steps
from portevoix.exchange.apart import MOST, PATIENCE, Apart, scattered, wait
from portevoix.exchange.attempt import Done, attempt
from portevoix.exchange.connectors import connector
from portevoix.kernel.errors import Refused, TryLater, Uncertain, fault
from portevoix.kernel.words import Batch, Incoming
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.receive")
POLL_EVERY = timedelta(seconds=10)
BATCH = 500
BATCH_CHARACTERS = 2_000_000
"""A batch of long messages is cut earlier, so that memory stays bounded."""


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
        for key, mine in _by_account(batch).items():
            if key not in known:
                known[key] = accounts.known(channel=key[0], address=key[1])
            stored = envelopes.store(known[key], Batch(tuple(mine)), now=now)
            taken += Taken(stored.new, stored.known)
            waiting += stored.waiting
        steps.run(waiting, now=now)
        yield taken


def _batches(messages: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    characters = 0
    for message in messages:
        batch.append(message)
        characters += len(message.text)
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


def poll(account: Account, *, now: datetime) -> Taken:
    """Asks one account's channel for what is new, one batch, and takes it.

    What goes wrong is kept on the account, where everybody sees it.
    """
    return _received(account, attempt(lambda: connector(account).receive(account.cursor)), now=now)


class Poller:
    """Asks the accounts whose turn it is, each apart from the others, one batch a turn."""

    def __init__(self) -> None:
        self._asked: dict[int, tuple[Account, Apart[Batch]]] = {}

    def begin(self, now: datetime, *, going_on: Callable[[], bool] = lambda: True) -> None:
        """Asks for what is due, as long as it is `going_on`, and waits a moment for the answers."""
        due = accounts.claim_due(now=now, limit=MOST - len(self._asked))
        begun = []
        while due and going_on():
            account = due.pop(0)
            begun.append(self._begin(account, now))
        accounts.free(due)
        wait([apart for apart in begun if apart], within=PATIENCE)

    def _begin(self, account: Account, now: datetime) -> Apart[Batch] | None:
        ready = attempt(lambda: connector(account))
        if not isinstance(ready, Done):
            _received(account, ready, now=now)
            return None
        apart = Apart(lambda: ready.value.receive(account.cursor))
        self._asked[account.pk] = account, apart
        return apart

    def take(self, now: datetime, *, within: float | None = 0) -> Taken:
        """Takes what has come; `within` None waits for all that were asked."""
        wait([apart for _, apart in self._asked.values()], within=within)
        taken = Taken()
        for key, (account, apart) in list(self._asked.items()):
            came = apart.came(within=0)
            if came is not None:
                del self._asked[key]
                taken += _received(account, came, now=now)
        return taken


def _received(account: Account, came: Done[Batch] | Exception, *, now: datetime) -> Taken:
    """Takes the batch that came, or keeps the trouble on the account. Raises DatabaseError."""
    match came:
        case Done(batch):
            stored = envelopes.store(account, batch, now=now)
            steps.run(stored.waiting, now=now)
            more = batch.more and batch.cursor != account.cursor
            accounts.polled(account=account, again_at=now if more else now + POLL_EVERY, now=now)
            return Taken(stored.new, stored.known)
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
    return Taken()
