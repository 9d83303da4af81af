"""Settings of an account of X: access and monthly limits; the settings page is drawn from these."""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from portevoix.channels import internal_hosts
from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

BASE: Final = "https://api.x.com"
KEYS: Final = ("api_key", "api_secret", "access_token", "access_secret")
"""The four of OAuth 1.0a: all or none."""
_SIGN_IN: Final = gettext_noop("Signing in at X")
_KEYS: Final = gettext_noop("Keys of your application on X")
_COSTS: Final = gettext_noop("What it may cost")
_HANDLE: Final = re.compile(r"@?([A-Za-z0-9_]{1,15})")


def _ask(label: str, help: str = "", **more: Any) -> dict[str, Knob]:
    return {"knob": Knob(label, help, **more)}


@dataclass(frozen=True, kw_only=True)
class XSettings:
    """Access by OAuth 2.0, which is renewed, or by OAuth 1.0a keys, which do not expire and take precedence; and two
    limits by calendar month (UTC).

    Raises BadInput for incomplete keys, and for a server without encryption.
    """

    api_key: str = field(
        default="",
        repr=False,
        metadata=_ask(
            gettext_noop("API key"),
            gettext_noop(
                "All four are in X's developer console, under the keys and tokens of your application. Empty: the "
                "account is connected by signing in."
            ),
            group=_KEYS,
            secret=True,
        ),
    )
    api_secret: str = field(
        default="", repr=False, metadata=_ask(gettext_noop("API key secret"), group=_KEYS, secret=True)
    )
    access_token: str = field(
        default="",
        repr=False,
        metadata=_ask(
            gettext_noop("Access token"),
            gettext_noop("Made for the city's account, after the application was given “Read and write”."),
            group=_KEYS,
            secret=True,
        ),
    )
    access_secret: str = field(
        default="", repr=False, metadata=_ask(gettext_noop("Access token secret"), group=_KEYS, secret=True)
    )
    bearer_token: str = field(
        default="",
        repr=False,
        metadata=_ask(
            gettext_noop("Bearer token"),
            gettext_noop("Only to be told X's own count of the posts read. Or empty."),
            group=_KEYS,
            secret=True,
        ),
    )
    client_id: str = field(
        default="",
        metadata=_ask(
            gettext_noop("Client ID"),
            gettext_noop("In X's developer console, under the OAuth 2.0 keys of your application."),
            group=_SIGN_IN,
        ),
    )
    client_secret: str = field(
        default="",
        repr=False,
        metadata=_ask(
            gettext_noop("Client secret"),
            gettext_noop("Beside the client ID, of an application of the kind “Web app”."),
            group=_SIGN_IN,
            secret=True,
        ),
    )
    token: str = field(
        default="", repr=False, metadata=_ask("OAuth 2.0 access token", group=_SIGN_IN, secret=True, granted=True)
    )
    refresh_token: str = field(
        default="", repr=False, metadata=_ask("OAuth 2.0 refresh token", group=_SIGN_IN, secret=True, granted=True)
    )
    renew_at: int = field(
        default=0, metadata=_ask("When it is renewed, in seconds since 1970", group=_SIGN_IN, granted=True)
    )
    expires_at: int = field(
        default=0, metadata=_ask("Until when it holds, in seconds since 1970", group=_SIGN_IN, granted=True)
    )
    most_read: int = field(
        default=10_000,
        metadata=_ask(
            gettext_noop("Most posts to read a month"),
            gettext_noop("X bills each post. When they are used up, reading goes on next month. 0: no limit."),
            group=_COSTS,
        ),
    )
    most_written: int = field(
        default=2_000,
        metadata=_ask(
            gettext_noop("Most posts to write a month"),
            gettext_noop("All posts of the account count, wherever they were written. 0: no limit."),
            group=_COSTS,
        ),
    )
    price_read: int = field(
        default=5,
        metadata=_ask(
            gettext_noop("Price of a post that is read"),
            gettext_noop("In thousandths of a US dollar, as X's console tells it: 5 is $0.005."),
            group=_COSTS,
        ),
    )
    price_written: int = field(
        default=15,
        metadata=_ask(
            gettext_noop("Price of a post that is written"),
            gettext_noop("In thousandths of a US dollar: 15 is $0.015."),
            group=_COSTS,
        ),
    )
    base: str = field(
        default=BASE, metadata=_ask(gettext_noop("Address of the API"), gettext_noop("Leave it as it is."))
    )

    def __post_init__(self) -> None:
        filled_keys = [name for name in KEYS if getattr(self, name)]
        if len(filled_keys) not in (0, len(KEYS)):
            raise BadInput(gettext_noop("The four keys belong together: type all of them, or sign in at X instead."))
        if not filled_keys and not self.token:
            raise BadInput(gettext_noop("Sign in at X to connect this account, or type its four keys."))
        check_base(self.base)

    @property
    def signed_in(self) -> bool:
        """Return whether the access is the one that is renewed."""
        return not self.api_key


def check_base(base: str) -> None:
    """Raises BadInput when a token would cross the network unprotected."""
    parts = urlsplit(base)
    if parts.scheme == "http" and parts.hostname not in internal_hosts.internal:
        raise BadInput(gettext_noop("The access token would cross the network unprotected: use https://…"))


def handle(account: str) -> str:
    """Return the account's name without its @. Raise BadInput when it is not a valid name."""
    match = _HANDLE.fullmatch(account.strip())
    if not match:
        raise BadInput(
            gettext_noop("“{account}” is no account of X. It is a name like @VilleDeValmont."), account=account
        )
    return match[1]
