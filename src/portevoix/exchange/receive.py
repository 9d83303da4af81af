"""The one door in: what a channel or a file brings is kept raw first, then its steps run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from portevoix.exchange import steps
from portevoix.exchange.connectors import connector
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.words import Batch, Incoming
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries.city import Account

POLL_EVERY = timedelta(seconds=10)
BATCH = 500


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
    for batch in batched(messages, BATCH, strict=False):
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


def _by_account(messages: Iterable[Incoming]) -> dict[tuple[str, str], list[Incoming]]:
    found: dict[tuple[str, str], list[Incoming]] = {}
    for message in messages:
        found.setdefault((message.channel, message.account), []).append(message)
    return found


def poll(account: Account, *, now: datetime) -> Taken:
    """Asks one account's channel for what is new. What goes wrong is kept on the account, where everybody sees it."""
    taken = Taken()
    try:
        served = connector(account)
        cursor, more = account.cursor, True
        while more:
            batch = served.receive(cursor)
            stored = envelopes.store(account, batch, now=now)
            steps.run(stored.waiting, now=now)
            taken += Taken(stored.new, stored.known)
            more = batch.more and batch.cursor != cursor
            cursor = batch.cursor
    except TryLater as error:
        accounts.troubled(account=account, error=error, again_at=now + error.after, now=now)
    except (Refused, Uncertain) as error:
        accounts.troubled(account=account, error=error, again_at=None, now=now)
    else:
        accounts.polled(account=account, again_at=now + POLL_EVERY, now=now)
    return taken
