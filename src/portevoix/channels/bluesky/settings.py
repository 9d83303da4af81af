"""Settings of a Bluesky account; the settings page is drawn from these."""

import re
from dataclasses import dataclass, field
from typing import Final

from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

SERVICE: Final = "https://bsky.social"
_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
HANDLE: Final = rf"(?:{_PART}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?"
DID: Final = r"did:[a-z]+:[a-zA-Z0-9._:%-]{1,250}"


@dataclass(frozen=True, kw_only=True)
class BlueskySettings:
    app_password: str = field(
        repr=False,
        metadata={
            "knob": Knob(
                gettext_noop("App password"),
                gettext_noop(
                    "Made in Bluesky under Settings → Privacy and security → App passwords; not your own one."
                ),
                secret=True,
            )
        },
    )
    service: str = field(
        default=SERVICE,
        metadata={
            "knob": Knob(
                gettext_noop("Server"), gettext_noop("Leave it, unless your account is on a server of its own.")
            )
        },
    )
    search: str = field(
        default="",
        metadata={
            "knob": Knob(
                gettext_noop("Also look for"),
                gettext_noop(
                    "The city's name, for instance: posts that hold it are taken in, as in copy. Empty: none."
                ),
            )
        },
    )


def identifier(account: str) -> str:
    """Return the handle or DID with which the account signs in. Raise BadInput when it is neither."""
    name = account.strip().removeprefix("@")
    if not re.fullmatch(f"{HANDLE}|{DID}", name):
        raise BadInput(
            gettext_noop("“{account}” is no Bluesky account. It is a handle, like ville.bsky.social."), account=account
        )
    return name
