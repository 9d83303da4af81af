"""Settings of a page or account, and the access to it; the settings page is drawn from these."""

import re
from dataclasses import dataclass, field, fields
from typing import Any, Final
from urllib.parse import urlsplit

from portevoix.channels import internal_hosts
from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

BASE: Final = "https://graph.facebook.com/v26.0"
"""The newest version in the changelog of the Graph API; each is served for two years at least."""
_NUMBER = re.compile(r"[0-9]{1,32}")
_WORD = re.compile(r"[!-~]*")  # ASCII without spaces


def _ask(label: str, help: str = "", **more: Any) -> dict[str, Knob]:
    return {"knob": Knob(label, help, **more)}


@dataclass(frozen=True, kw_only=True)
class MetaSettings:
    """Settings of both. Raises BadInput for an invalid token, and for a server without encryption.

    `me` is the city's own id on the network.
    """

    me: str
    app_id: str = field(
        default="",
        metadata=_ask(
            gettext_noop("App ID"),
            gettext_noop("In Meta's app dashboard under Settings → Basic. Only for signing in there."),
        ),
    )
    config_id: str = field(
        default="",
        metadata=_ask(
            gettext_noop("Configuration"),
            gettext_noop(
                "Its number, where the app has Facebook Login for Business. Empty: each permission is asked for."
            ),
        ),
    )
    access_token: str = field(
        repr=False,
        metadata=_ask(
            gettext_noop("Page access token"),
            gettext_noop("One that does not expire: of the page, made from a long-lived token of its administrator."),
            secret=True,
        ),
    )
    app_secret: str = field(
        repr=False,
        metadata=_ask(
            gettext_noop("App secret"),
            gettext_noop("In Meta's app dashboard under Settings → Basic: Meta signs with it what it sends here."),
            secret=True,
        ),
    )
    verify_token: str = field(
        default="",
        repr=False,
        metadata=_ask(
            gettext_noop("Verify token"),
            gettext_noop("A word of your choice, typed here and in the app dashboard beside the webhook's address."),
            secret=True,
        ),
    )
    human_agent: bool = field(
        default=False,
        metadata=_ask(
            gettext_noop("The app has “Human Agent”"),
            gettext_noop("Meta granted it: private messages may then be answered for seven days instead of one."),
        ),
    )
    graph_base: str = field(
        default=BASE,
        metadata=_ask(gettext_noop("Graph API"), gettext_noop("Its address with the version, as Meta raises it.")),
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, str) and not _WORD.fullmatch(value):
                raise BadInput(
                    gettext_noop("{name} has characters that do not belong there. Copy it again."), name=each.name
                )
        if not self.access_token or not self.app_secret:
            raise BadInput(gettext_noop("The access token and the app secret are both needed."))
        if not _NUMBER.fullmatch(self.me):
            raise BadInput(gettext_noop("The id is a number, not “{value}”."), value=self.me)
        parts = urlsplit(self.graph_base)
        if parts.scheme == "http" and parts.hostname not in internal_hosts.internal:
            raise BadInput(gettext_noop("The access token would cross the network unprotected: use https://…"))


@dataclass(frozen=True, kw_only=True)
class FacebookSettings(MetaSettings):
    """Settings of a Facebook page."""

    me: str = field(
        metadata=_ask(gettext_noop("Page ID"), gettext_noop("A number: on the page, About → Page transparency."))
    )


@dataclass(frozen=True, kw_only=True)
class InstagramSettings(MetaSettings):
    """Settings of an Instagram professional account that is linked to a page: the token is the page's."""

    me: str = field(
        metadata=_ask(
            gettext_noop("Instagram account ID"),
            gettext_noop(
                "A number: the field instagram_business_account of the linked page, in the Graph API explorer."
            ),
        )
    )
