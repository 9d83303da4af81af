"""Builds the connector that serves an account."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from portevoix.channels.base import Bill, Billed, Connector, channels
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability
from portevoix.record.operations.accounts import settings_of
from portevoix.record.queries.city import Account, account_named


def connector(account: Account) -> Connector:
    """Raises Refused, which pauses the account, when its channel is not installed or its settings do not fit."""
    try:
        return build(account.connector, account.address, settings_of(account))
    except BadInput as error:
        raise Refused(error.text, pause=True, **error.values) from error


def bill(account: Account, *, now: datetime) -> Bill | None:
    """What its network has billed; None where it takes no money, or the settings cannot be read."""
    try:
        served = connector(account)
    except Refused:
        return None
    return served.bill(account.cursor, now) if isinstance(served, Billed) else None


def build(kind: str, address: str, settings: Mapping[str, Any]) -> Connector:
    """Raises BadInput for an unknown kind or settings that it does not take."""
    made = channels().get(kind)
    if made is None:
        raise BadInput(
            gettext_noop("The channel “{kind}” is not installed here. Installed: {kinds}."),
            kind=kind or "—",
            kinds=", ".join(channels()),
        )
    try:
        return made(address, made.Settings(**_fitting(made.Settings, settings)))
    except TypeError as error:
        raise BadInput(gettext_noop("The settings of {account} are not complete."), account=address) from error


def _fitting(settings_class: type[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the class knows. A field may stand for another account's settings: see `channels.base`."""
    found: dict[str, Any] = {}
    for field in fields(settings_class):
        if through := field.metadata.get("settings_of"):
            channel, named_by = through
            found[field.name] = _of_another(channel, str(settings.get(named_by, "")))
        elif field.name in settings:
            found[field.name] = settings[field.name]
    return found


def lacking_way_out(account: Account) -> str | None:
    """The address ("": none is named) of the account by which replies would leave, where that is not connected.

    None: nothing is lacking, or the channel takes no replies.
    """
    made = channels().get(account.connector)
    if made is None or Ability.REPLY not in made.abilities:
        return None
    for field in fields(made.Settings):
        if through := field.metadata.get("settings_of"):
            channel, named_by = through
            address = str(account.settings.get(named_by, ""))
            other = account_named(channel, address)
            if other is None or other.connector != channel or other.state == Account.State.UNCONNECTED:
                return address
    return None


def _of_another(channel: str, address: str) -> Any:
    """The settings of the account of that address; None when there is none in service."""
    other = account_named(channel, address) if address else None
    if other is None or other.connector != channel:
        return None
    settings_class = channels()[channel].Settings
    return settings_class(**_fitting(settings_class, settings_of(other)))
