"""Builds the connector that serves an account."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from portevoix.channels.base import Connector, channels
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.operations.accounts import settings_of
from portevoix.record.queries.city import Account


def connector(account: Account) -> Connector:
    """Raises Refused, which pauses the account, when its channel is not installed or its settings do not fit."""
    try:
        return build(account.connector, account.address, settings_of(account))
    except BadInput as error:
        raise Refused(error.text, pause=True, **error.values) from error


def build(kind: str, address: str, settings: Mapping[str, Any]) -> Connector:
    """Raises BadInput for an unknown kind or settings that it does not take."""
    made = channels().get(kind)
    if made is None:
        raise BadInput(
            gettext_noop("The channel “{kind}” is not installed here. Installed: {kinds}."),
            kind=kind or "—",
            kinds=", ".join(channels()),
        )
    known = {field.name for field in fields(made.Settings)}
    try:
        return made(address, made.Settings(**{key: value for key, value in settings.items() if key in known}))
    except TypeError as error:
        raise BadInput(gettext_noop("The settings of {account} are not complete."), account=address) from error
