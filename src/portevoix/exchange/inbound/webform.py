"""The citizens' form: the only channel on which the sender waits for an answer."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from portevoix.channels import proof_of_work
from portevoix.channels.webform import payload_of
from portevoix.exchange.connectors import build
from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.errors import BadPolicy, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Batch, Incoming, RawRequest
from portevoix.record import ratelimit
from portevoix.record.operations import accounts, envelopes
from portevoix.record.policies import current_policy
from portevoix.record.queries import city
from portevoix.record.queries.city import Account

KIND = "webform"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST = 10
"""Messages an hour from one place: a town hall or a school has one address for many people."""
MOST_HELD = 3
"""Of these, without a proof of work."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The confirmation for the citizen: a reference that a host can search for, and the time a reply is due.

    `held`: a host must admit it first. `by` is None when the policy's hours never suffice.
    """

    reference: str
    held: bool
    by: datetime | None


def account() -> Account | None:
    """Return the account that serves the form, None while the form is closed.

    It takes posts whatever connector sends its replies: in the demonstration these go nowhere.
    """
    rows = (row for row in city.accounts() if row.channel == KIND and row.state == row.State.ACTIVE)
    return next((row for row in rows if row.settings.get("secret")), None)


def challenge(account: Account, *, now: datetime) -> dict[str, Any]:
    """Return a new puzzle for the citizen's browser, JSON-ready."""
    return proof_of_work.new_challenge(accounts.settings_of(account)["secret"], now)


def take(account: Account, request: RawRequest, *, client: str, now: datetime) -> Posted:
    """Store one post. Unless it is held, a worker brings it into the inbox within seconds.

    So the citizen does not wait for that, and the process that serves pages need not load the models. `client` is the
    address it comes from: only a keyed hash of it is stored, for a day. The same form sent twice is one message.
    Raise TryLater when too much came from there, Refused for a forged post or a puzzle solved for another message.
    """
    places = ratelimit.limits_of_place(client, MOST)
    _check_rate("form", places, now)
    incoming = _read(account, request)
    held_places = ratelimit.limits_of_place(client, MOST_HELD)
    if incoming.held:
        _check_rate("form-held", held_places, now)
    reference = reference_of(incoming)
    title = incoming.about.title if incoming.about else ""
    incoming = replace(incoming, subject=f"{title} [{reference}]".strip())  # what the reply by e-mail is headed with
    with transaction.atomic():
        once = _check_once(incoming, payload_of(request), now)
        outcome = envelopes.store(account, Batch((incoming,)), now=now, leased=False)
        limits = {"form": places, "form-held": held_places if incoming.held else ()} if outcome.new else {}
        ratelimit.note_all({"form-once": once, **limits}, now=now)
    return Posted(reference=reference, held=bool(incoming.held), by=_due(now))


def _due(now: datetime) -> datetime | None:
    policy = current_policy()
    try:
        return ServiceClock(policy).due_at(now, policy.first_contact)
    except BadPolicy:
        return None


def reference_of(incoming: Incoming) -> str:
    """Return eight letters and figures, derived from the message's id; easy to read out over the telephone."""
    digest = hashlib.sha256(incoming.external_id.encode()).digest()
    letters = base64.b32encode(digest).decode()[:8]
    return f"{letters[:4]}-{letters[4:]}"


def _read(account: Account, request: RawRequest) -> Incoming:
    (incoming,) = build(KIND, account.address, accounts.settings_of(account)).parse(request)
    return incoming


def _check_rate(kind: str, limits: Mapping[str, int], now: datetime) -> None:
    if ratelimit.exceeded(kind, limits, within=HOUR, now=now):
        raise TryLater(
            gettext_noop("Too many messages came from your connection within an hour. Please send this one later."),
            after=HOUR,
        )


def _check_once(incoming: Incoming, payload: str, now: datetime) -> list[str]:
    """Return the keys to note, so that the same message sent again passes as an impatient second click.

    One puzzle and one form are good for one message: raise Refused when another one used them.
    """
    same = proof_of_work.fingerprint(f"{incoming.external_id} {incoming.text}")
    keys = [f"form {incoming.external_id}", *([proof_of_work.signature_of(payload)] if payload else [])]
    first = ratelimit.use_first(keys, now=now)
    used = [f"{key} {same}" for key in keys if key not in first]
    if any(not ratelimit.exceeded("form-once", {key: 1}, within=DAY, now=now) for key in used):
        raise Refused(gettext_noop("This form was sent before. Please send it once more: your text is still here."))
    return [f"{key} {same}" for key in first]
