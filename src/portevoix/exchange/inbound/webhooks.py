"""What a network sends to an address of its own here: verified, kept, and only then answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from portevoix.channels.base import Hooked
from portevoix.exchange.connectors import build
from portevoix.kernel.errors import BadInput, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Batch, Direction, RawRequest
from portevoix.record import ratelimit
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries import city
from portevoix.record.queries.city import Account

log = structlog.get_logger("portevoix.hooks")
HOUR: Final = timedelta(hours=1)
MOST_REFUSED: Final = 30
"""Requests an hour from one place that are not what they say: beyond that, nothing more is written down of them."""


def take(kind: str, account: int, request: RawRequest, *, client: str, now: datetime) -> None:
    """Returns when everything in the request is stored; a worker brings it into the inbox: what the city itself said,
    after `envelopes.LEASE`. A paused account takes it too, so that nothing is lost meanwhile.

    Raises Refused for what is not the network's, and TryLater when too much of that came from `client`.
    """
    try:
        row, served = _served(kind, account)
        batch = served.pushed(request)
    except (Refused, BadInput) as error:
        raise _counted(error, client, now) from error
    theirs = tuple(message for message in batch.messages if message.direction is not Direction.OUT)
    ours = tuple(message for message in batch.messages if message.direction is Direction.OUT)
    envelopes.free(envelopes.store(row, replace(batch, messages=theirs), now=now).waiting)
    envelopes.store(row, Batch(ours), now=now)  # stay leased: by the time a worker takes them, what we sent is known
    if batch.unreadable:
        log.warning("events_quarantined", account=row.pk, channel=row.channel, count=len(batch.unreadable))


def greet(kind: str, account: int, query: Mapping[str, str], *, client: str, now: datetime) -> str:
    """What the network wants to hear when it tries the address. Raises Refused and TryLater as `take` does."""
    try:
        return _served(kind, account)[1].handshake(query)
    except (Refused, BadInput) as error:
        raise _counted(error, client, now) from error


def _served(kind: str, pk: int) -> tuple[Account, Hooked]:
    """Raises Refused when there is no such account in service, or its network sends nothing; BadInput when its
    settings cannot be read.
    """
    row = city.account(pk)
    if row is None or row.connector != kind or row.state == row.State.UNCONNECTED:
        raise Refused(gettext_noop("There is no such account."))
    served = build(kind, row.address, accounts.settings_of(row))
    if not isinstance(served, Hooked):
        raise Refused(gettext_noop("This channel takes no requests from the web."))
    return row, served


def _counted(error: Refused | BadInput, client: str, now: datetime) -> Refused | TryLater:
    """What is signed is never counted: whoever forges cannot shut the network out."""
    log.warning("hook_refused", why=error.text)
    places = ratelimit.limits_of_place(client, MOST_REFUSED)
    if ratelimit.exceeded("hook", places, within=HOUR, now=now):
        return TryLater(gettext_noop("Too many requests of this kind came from there within an hour."), after=HOUR)
    ratelimit.note("hook", places, now=now)
    return Refused(error.text, **error.values)
