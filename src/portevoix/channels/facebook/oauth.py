"""Connecting pages and their Instagram accounts by signing in at Meta: Facebook Login, or the one for business.

Meta's documentation: "Manually Build a Login Flow", "Facebook Login for Business", "Long-Lived Access Tokens". The code
becomes a user's token, then a long-lived one, which gives access to the pages' own tokens, which do not expire. Only
these are stored.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from portevoix.channels.base import GrantedAccount, SignInRequest
from portevoix.channels.facebook.graph import Graph, after, code_of
from portevoix.channels.facebook.settings import MetaSettings
from portevoix.channels.facebook.values import entries, mapping, optional_id, text
from portevoix.channels.http import Http
from portevoix.channels.http_answers import Rejected
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop

PERMISSIONS: Final = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_messaging",
    "instagram_basic",
    "instagram_manage_comments",
    "instagram_manage_messages",
    "business_management",
)
"""Asked for one by one where no configuration of Facebook Login for Business names them."""
_GRAPH, _SITE = "graph.facebook.com", "https://www.facebook.com"
_FIELDS: Final = "id,name,username,access_token,instagram_business_account{id,username}"
_MOST_PAGES: Final = 10
"""Of a hundred pages of the city each."""
_NUMBER = re.compile(r"[0-9]{1,32}")
_NAME = re.compile(r"[A-Za-z0-9._]{1,100}")


class MetaAccess:
    """Sign-in at Meta, from its page back to the pages and accounts that the colleague may connect."""

    asked_settings = ("app_id", "config_id", "app_secret", "verify_token", "graph_base")
    required_settings = ("app_id", "app_secret")
    needs_registered_redirect = True

    def start(self, settings: Mapping[str, str], *, redirect: str) -> SignInRequest:
        private_state = {name: settings.get(name, "").strip() for name in self.asked_settings} | {"redirect": redirect}
        for name in ("app_id", "config_id"):
            if not _NUMBER.fullmatch(private_state[name]) and (private_state[name] or name == "app_id"):
                raise BadInput(gettext_noop("The id is a number, not “{value}”."), value=private_state[name])
        private_state["graph_base"] = private_state["graph_base"].rstrip("/")
        _settings(private_state, "-")
        state = secrets.token_urlsafe(48)
        query = {
            "client_id": private_state["app_id"],
            "redirect_uri": redirect,
            "response_type": "code",
            "state": state,
        }
        if private_state["config_id"]:
            query |= {"config_id": private_state["config_id"], "override_default_response_type": "true"}
        else:
            query["scope"] = ",".join(PERMISSIONS)
        return SignInRequest(f"{_dialog(private_state['graph_base'])}?{urlencode(query)}", state, private_state)

    def finish(self, private_state: Mapping[str, Any], code: str) -> tuple[GrantedAccount, ...]:
        user = _token(private_state, redirect_uri=private_state["redirect"], code=code)
        long = _token(private_state, grant_type="fb_exchange_token", fb_exchange_token=user)
        accounts = [each for page in _pages(Graph(_settings(private_state, long))) for each in _of(page, private_state)]
        if not accounts:
            raise Refused(
                gettext_noop(
                    "Meta names no page that was allowed. Begin again, sign in there as an administrator of the page,"
                    " and tick it."
                )
            )
        return tuple(accounts)


def _settings(private_state: Mapping[str, Any], token: str) -> MetaSettings:
    """Return settings to ask Meta as the person. Raise BadInput for an invalid secret or address."""
    return MetaSettings(
        me=private_state["app_id"],
        access_token=token,
        app_secret=private_state["app_secret"],
        verify_token=private_state["verify_token"],
        graph_base=private_state["graph_base"],
    )


def _dialog(base: str) -> str:
    """Return the sign-in page of the same version as the Graph API; another server has its own page."""
    parts = urlsplit(base)
    site = _SITE if parts.hostname == _GRAPH else f"{parts.scheme}://{parts.netloc}"
    return f"{site}{parts.path}/dialog/oauth"


def _token(private_state: Mapping[str, Any], **parameters: str) -> str:
    """Return the token. Raise Refused when Meta gives none, without its words: they may repeat a secret."""
    client = {"client_id": private_state["app_id"], "client_secret": private_state["app_secret"]}
    http = Http(private_state["graph_base"], budget=f"{private_state['app_id']} signing in")
    try:
        answer = http.get("/oauth/access_token", {**client, **parameters})
    except Rejected as error:
        message = gettext_noop(
            "Meta did not take the sign-in (code {code}). Check the app ID and the app secret, and begin again."
        )
        raise Refused(message, code=code_of(error)) from error
    token = text(mapping(answer.json()).get("access_token"))
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Refused(gettext_noop("Meta gave no access. Begin again."))
    return token


def _pages(graph: Graph) -> Iterator[Mapping[str, Any]]:
    parameters: dict[str, str | int] = {"fields": _FIELDS, "limit": 100}
    for _ in range(_MOST_PAGES):
        edge = graph.get("/me/accounts", **parameters)
        yield from map(mapping, entries(edge.get("data")))
        onward = after(edge)
        if not onward:
            return
        parameters["after"] = onward


def _of(page: Mapping[str, Any], private_state: Mapping[str, Any]) -> Iterator[GrantedAccount]:
    """Yield the page, and its Instagram account. A page without a token was not allowed."""
    number, token = optional_id(page.get("id")), text(page.get("access_token"))
    if not _NUMBER.fullmatch(number) or not token:
        return
    own = {name: private_state[name] for name in ("app_id", "config_id", "app_secret", "graph_base")}
    own |= {"access_token": token} | (
        {"verify_token": private_state["verify_token"]} if private_state["verify_token"] else {}
    )
    name = text(page.get("username"))
    address = f"facebook.com/{name if _NAME.fullmatch(name) else number}"
    yield GrantedAccount(address, own | {"me": number}, "facebook", "me")
    instagram_account = mapping(page.get("instagram_business_account"))
    other, username = optional_id(instagram_account.get("id")), text(instagram_account.get("username"))
    if _NUMBER.fullmatch(other) and _NAME.fullmatch(username):
        yield GrantedAccount(f"@{username}", own | {"me": other}, "instagram", "me")
