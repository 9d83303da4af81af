"""Settings of a Mastodon account: its instance and the access to it; the settings page is drawn from these."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from portevoix.channels import internal_hosts
from portevoix.channels.base import SettingField
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

SCOPES: Final = "read write:statuses write:media"
"""What the application must be allowed: reading all that the account sees, and writing statuses."""
MOST_CHARACTERS: Final = 500
"""Of a status, where the instance has not said how many it takes."""
LINK_CHARACTERS: Final = 23
"""As how many an address counts, where it has not said that."""
_HANDLE = re.compile(r"@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?:@([A-Za-z0-9.-]+(?::[0-9]+)?))?")


def _from_instance(label: str) -> dict[str, SettingField]:
    """Return the metadata of a setting that comes from the instance."""
    return {"knob": SettingField(label, from_network=True)}


@dataclass(frozen=True, slots=True)
class MastodonSettings:
    """Raises BadInput for a token that cannot be one, and for an instance without encryption."""

    instance: str = field(
        metadata={"knob": SettingField(gettext_noop("Instance"), gettext_noop("Where the account lives: https://…"))}
    )
    access_token: str = field(
        repr=False,
        metadata={
            "knob": SettingField(
                gettext_noop("Access token"),
                gettext_noop(
                    "On the instance: Preferences → Development → New application, scopes “read write:statuses "
                    "write:media”."
                ),
                secret=True,
            )
        },
    )

    most_characters: int = field(default=MOST_CHARACTERS, metadata=_from_instance("Characters of a status"))
    link_characters: int = field(
        default=LINK_CHARACTERS, metadata=_from_instance("Characters as which an address counts")
    )
    limits_read_at: int = field(default=0, metadata=_from_instance("When the instance said so, in seconds since 1970"))

    def __post_init__(self) -> None:
        token = self.access_token
        if not token.isascii() or not token.isprintable() or " " in token:
            raise BadInput(gettext_noop("The access token has characters that none has. Copy it again."))
        try:
            parts = urlsplit(self.base)
        except ValueError:
            message = gettext_noop("“{instance}” is no address of an instance. Type it as in a browser: example.social")
            raise BadInput(message, instance=self.instance[:100]) from None
        if parts.scheme == "http" and parts.hostname not in internal_hosts.internal:
            raise BadInput(gettext_noop("The access token would cross the network unprotected: use https://…"))

    @property
    def base(self) -> str:
        return base_of(self.instance)

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc


def base_of(instance: str) -> str:
    """Return the address of an instance, also when only its name was typed."""
    address = instance.strip().rstrip("/")
    return address if "://" in address else f"https://{address}"


def handle_of(written: str) -> tuple[str, str]:
    """Return user and host of `@user@host`, `user@host` or `user` (host ""). Raise BadInput for another form."""
    match = _HANDLE.fullmatch(written.strip())
    if not match:
        raise BadInput(gettext_noop("“{account}” is not an account of the form @city@instance."), account=written)
    return match[1], (match[2] or "").lower()
