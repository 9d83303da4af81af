"""How an account of X is reached, and what it may cost; the settings page is drawn from these."""

import re
from dataclasses import dataclass, field
from typing import Final

from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

BASE: Final = "https://api.x.com"
_KEYS: Final = gettext_noop("Keys of your application on X")
_COSTS: Final = gettext_noop("What it may cost")
_HANDLE: Final = re.compile(r"@?([A-Za-z0-9_]{1,15})")


@dataclass(frozen=True, kw_only=True)
class XSettings:
    """OAuth 1.0a keys, which do not expire, and two limits by calendar month (UTC)."""

    api_key: str = field(
        repr=False,
        metadata={
            "knob": Knob(
                gettext_noop("API key"),
                gettext_noop("All four are in X's developer console, under the keys and tokens of your application."),
                group=_KEYS,
                secret=True,
            )
        },
    )
    api_secret: str = field(
        repr=False, metadata={"knob": Knob(gettext_noop("API key secret"), group=_KEYS, secret=True)}
    )
    access_token: str = field(
        repr=False,
        metadata={
            "knob": Knob(
                gettext_noop("Access token"),
                gettext_noop("Made for the city's account, after the application was given “Read and write”."),
                group=_KEYS,
                secret=True,
            )
        },
    )
    access_secret: str = field(
        repr=False, metadata={"knob": Knob(gettext_noop("Access token secret"), group=_KEYS, secret=True)}
    )
    bearer_token: str = field(
        default="",
        repr=False,
        metadata={
            "knob": Knob(
                gettext_noop("Bearer token"),
                gettext_noop("Only to be told X's own count of the posts read when the settings are tested. Or empty."),
                group=_KEYS,
                secret=True,
            )
        },
    )
    most_read: int = field(
        default=10_000,
        metadata={
            "knob": Knob(
                gettext_noop("Most posts to read a month"),
                gettext_noop("X bills each post. When they are used up, reading goes on next month. 0: no limit."),
                group=_COSTS,
            )
        },
    )
    most_written: int = field(
        default=2_000,
        metadata={
            "knob": Knob(
                gettext_noop("Most posts to write a month"),
                gettext_noop("All posts of the account count, wherever they were written. 0: no limit."),
                group=_COSTS,
            )
        },
    )
    base: str = field(
        default=BASE, metadata={"knob": Knob(gettext_noop("Address of the API"), gettext_noop("Leave it as it is."))}
    )


def handle(account: str) -> str:
    """The account's name without its @. Raises BadInput when it is none."""
    found = _HANDLE.fullmatch(account.strip())
    if not found:
        raise BadInput(
            gettext_noop("“{account}” is no account of X. It is a name like @VilleDeValmont."), account=account
        )
    return found[1]
