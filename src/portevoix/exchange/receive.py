"""The one door in: what a channel or a file brings is kept raw first, then its steps run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portevoix.exchange import steps
from portevoix.exchange.connectors import connector
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.words import Batch, Incoming
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries.city import Account

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
    """Asks one account's channel for what is new, one batch a turn, so that no account keeps the others waiting.

    What goes wrong is kept on the account, where everybody sees it.
    """
    taken = Taken()
    try:
        batch = connector(account).receive(account.cursor)
        stored = envelopes.store(account, batch, now=now)
        steps.run(stored.waiting, now=now)
        taken = Taken(stored.new, stored.known)
        more = batch.more and batch.cursor != account.cursor
    except TryLater as error:
        accounts.troubled(account=account, error=error, again_at=now + error.after, now=now)
    except (Refused, Uncertain) as error:
        accounts.troubled(account=account, error=error, again_at=None, now=now)
    else:
        accounts.polled(account=account, again_at=now if more else now + POLL_EVERY, now=now)
    return taken
