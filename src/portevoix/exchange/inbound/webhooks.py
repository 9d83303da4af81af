"""Webhooks: requests that a network sends here are verified and stored, and only then answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from portevoix.channels.base import WebhookConnector
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
"""Forged requests an hour from one place: beyond that, no more of them are counted."""


def take_request(kind: str, account: int, request: RawRequest, *, client: str, now: datetime) -> None:
    """Store everything in the request; a worker brings it into the inbox, the city's own messages after a lease.

    The lease is `envelopes.LEASE`. A paused account takes requests too, so that nothing is lost meanwhile.
    Raise Refused for what is not the network's, and TryLater when too much of that came from `client`.
    """
    try:
        row, channel = _find_connector(kind, account)
        batch = channel.parse_webhook(request)
    except (Refused, BadInput) as error:
        raise _count_refusal(error, client, now) from error
    theirs = tuple(message for message in batch.messages if message.direction is not Direction.OUT)
    ours = tuple(message for message in batch.messages if message.direction is Direction.OUT)
    envelopes.free(envelopes.store(row, replace(batch, messages=theirs), now=now).waiting)
    envelopes.store(row, Batch(ours), now=now)  # stay leased: by the time a worker takes them, what we sent is known
    if batch.unreadable:
        log.warning("events_quarantined", account=row.pk, channel=row.channel, count=len(batch.unreadable))


def greet(kind: str, account: int, query: Mapping[str, str], *, client: str, now: datetime) -> str:
    """Return the answer that the network expects when it tries the address.

    Raise Refused and TryLater as `take_request` does.
    """
    try:
        return _find_connector(kind, account)[1].handshake(query)
    except (Refused, BadInput) as error:
        raise _count_refusal(error, client, now) from error


def _find_connector(kind: str, pk: int) -> tuple[Account, WebhookConnector]:
    """Return the account and its connector.

    Raise Refused when no such account is in service or its network sends nothing, BadInput when its settings cannot be
    read.
    """
    row = city.account(pk)
    if row is None or row.connector != kind or row.state == row.State.UNCONNECTED:
        raise Refused(gettext_noop("There is no such account."))
    channel = build(kind, row.address, accounts.settings_of(row))
    if not isinstance(channel, WebhookConnector):
        raise Refused(gettext_noop("This channel takes no requests from the web."))
    return row, channel


def _count_refusal(error: Refused | BadInput, client: str, now: datetime) -> Refused | TryLater:
    """Count a refused request. Signed requests are never counted: forgers cannot shut the network out."""
    log.warning("hook_refused", why=error.text)
    places = ratelimit.limits_of_place(client, MOST_REFUSED)
    if ratelimit.is_exceeded("hook", places, within=HOUR, now=now):
        return TryLater(gettext_noop("Too many requests of this kind came from there within an hour."), after=HOUR)
    ratelimit.note("hook", places, now=now)
    return Refused(error.text, **error.values)
