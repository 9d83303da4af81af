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
    """Return the account's connector.

    Raise Refused, which pauses the account, when its channel is not installed or its settings do not fit.
    """
    try:
        return build(account.connector, account.address, settings_of(account))
    except BadInput as error:
        raise Refused(error.text, pause=True, **error.values) from error


def bill(account: Account, *, now: datetime) -> Bill | None:
    """Return the network's bill; None where it charges nothing, or the settings cannot be read."""
    try:
        channel = connector(account)
    except Refused:
        return None
    return channel.bill(account.cursor, now) if isinstance(channel, Billed) else None


def build(kind: str, address: str, settings: Mapping[str, Any]) -> Connector:
    """Return a connector of that kind. Raise BadInput for an unknown kind or settings that it does not take."""
    connector_class = channels().get(kind)
    if connector_class is None:
        raise BadInput(
            gettext_noop("The channel “{kind}” is not installed here. Installed: {kinds}."),
            kind=kind or "—",
            kinds=", ".join(channels()),
        )
    try:
        return connector_class(address, connector_class.Settings(**_fitting(connector_class.Settings, settings)))
    except TypeError as error:
        raise BadInput(gettext_noop("The settings of {account} are not complete."), account=address) from error


def _fitting(settings_class: type[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the class has. A field may refer to another account's settings: see `channels.base`."""
    values: dict[str, Any] = {}
    for field in fields(settings_class):
        if through := field.metadata.get("settings_of"):
            channel, named_by = through
            values[field.name] = _of_another(channel, str(settings.get(named_by, "")))
        elif field.name in settings:
            values[field.name] = settings[field.name]
    return values


def lacking_way_out(account: Account) -> str | None:
    """Return the address of the account that sends this one's replies, where that account is not connected.

    "": no account is named. None: nothing is missing, or the channel takes no replies.
    """
    connector_class = channels().get(account.connector)
    if connector_class is None or Ability.REPLY not in connector_class.abilities:
        return None
    for field in fields(connector_class.Settings):
        if through := field.metadata.get("settings_of"):
            channel, named_by = through
            address = str(account.settings.get(named_by, ""))
            other = account_named(channel, address)
            if other is None or other.connector != channel or other.state == Account.State.UNCONNECTED:
                return address
    return None


def _of_another(channel: str, address: str) -> Any:
    """Return the settings of the account with that address; None when no such account is in service."""
    other = account_named(channel, address) if address else None
    if other is None or other.connector != channel:
        return None
    settings_class = channels()[channel].Settings
    return settings_class(**_fitting(settings_class, settings_of(other)))
