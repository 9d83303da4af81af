"""Connecting an account by signing in at X, and renewing its access: OAuth 2.0 with PKCE, and refresh tokens.

X's documentation: "OAuth 2.0 Authorization Code Flow with PKCE". An access token is valid for two hours. A refresh
token serves once: each new access token comes with the next one.
"""

import base64
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from oauthlib.oauth2 import WebApplicationClient

from portevoix.channels.base import GrantedAccount, SignInRequest
from portevoix.channels.http import Http
from portevoix.channels.http_answers import Rejected
from portevoix.channels.x.settings import BASE, KEYS, check_base
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

SCOPES: Final = "tweet.read tweet.write users.read offline.access media.write"
SITE: Final = "https://x.com"
"""Where people sign in to what `settings.BASE` serves; another server of the API has its own page for that."""
TOKEN: Final = "/2/oauth2/token"  # noqa: S105 -- an address
LIFE: Final = 7200
"""Seconds that an access holds where X does not say."""


class XAccess:
    """Sign-in at X, from its page back to a connected account."""

    asked_settings = ("client_id", "client_secret", "base")
    required_settings = ("client_id",)
    needs_registered_redirect = True

    def start(self, settings: Mapping[str, str], *, redirect: str) -> SignInRequest:
        base, client = settings["base"].strip().rstrip("/"), settings["client_id"].strip()
        if not client:
            raise BadInput(gettext_noop("The client ID is needed: copy it from X's developer console."))
        check_base(base)
        Http(base)  # an address that cannot be asked is told here
        state, verifier = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        query = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": redirect,
            "scope": SCOPES,
            "state": state,
            "code_challenge": WebApplicationClient(client).create_code_challenge(verifier, "S256"),
            "code_challenge_method": "S256",
        }
        site = SITE if base == BASE else base
        secret = settings.get("client_secret", "").strip()
        private_state = {
            "base": base,
            "client_id": client,
            "client_secret": secret,
            "verifier": verifier,
            "redirect": redirect,
        }
        return SignInRequest(f"{site}/i/oauth2/authorize?{urlencode(query, quote_via=quote)}", state, private_state)

    def finish(self, private_state: Mapping[str, Any], code: str) -> tuple[GrantedAccount, ...]:
        request = {"grant_type": "authorization_code", "code": code, "redirect_uri": private_state["redirect"]}
        try:
            answer = _token(private_state, {**request, "code_verifier": private_state["verifier"]})
        except Rejected as error:
            message = gettext_noop(
                "X did not take the sign-in (HTTP {status}). Check the client ID and its secret, and begin again."
            )
            raise Refused(message, status=error.status) from error
        access = _read_access(answer, datetime.now(UTC))
        lacking = set(SCOPES.split()) - set(_text(answer.get("scope")).split())
        if lacking or "refresh_token" not in access:
            message = gettext_noop("X granted less than is needed: {scopes} is missing. Begin again.")
            raise Refused(message, scopes=" ".join(sorted(lacking)) or "offline.access")
        me = (
            Http(private_state["base"], headers={"Authorization": f"Bearer {access['token']}"})
            .get("/2/users/me")
            .json()
        )
        name = _text(_mapping(_mapping(me).get("data")).get("username"))
        if not name:
            raise TryLater(gettext_noop("X does not say whose account this is. Begin again."))
        own = {name: private_state[name] for name in ("base", "client_id", "client_secret")}
        return (GrantedAccount(f"@{name}", {**own, **access, **dict.fromkeys(KEYS, "")}),)


class XRenewal:
    """Renewal at half of the token's life, so that one hour without X, or without a worker, does no harm."""

    def due(self, settings: Mapping[str, Any], now: datetime) -> bool:
        is_renewable = bool(settings.get("refresh_token")) and not settings.get("api_key")
        return is_renewable and int(settings.get("renew_at") or 0) <= now.timestamp()

    def renew(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new access token and the next refresh token.

        Raise Refused when X does not accept the refresh token: it was revoked, or X's answer to an earlier renewal was
        lost, and with it the only token that could be renewed.
        """
        request = {"grant_type": "refresh_token", "refresh_token": settings["refresh_token"]}
        try:
            return _read_access(_token(settings, request), datetime.now(UTC))
        except Rejected as error:
            message = gettext_noop(
                "X does not renew the access to this account (HTTP {status}). Connect it again in the settings."
            )
            raise Refused(message, pause=True, status=error.status) from error


def _token(client: Mapping[str, Any], request: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the answer of X's token endpoint. Raise Rejected when it refuses, Uncertain when its answer is lost."""
    number, secret = str(client["client_id"]), str(client.get("client_secret") or "")
    body, headers = dict(request), {}
    if secret:
        pair = base64.b64encode(f"{quote(number, safe='')}:{quote(secret, safe='')}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    else:
        body["client_id"] = number
    answer = Http(str(client["base"]), budget=f"x:{number}:token").post(TOKEN, body, headers=headers, form=True)
    try:
        return _mapping(answer.json())
    except TryLater as error:
        raise Uncertain(error.text, **error.values) from error


def _read_access(answer: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the access as the settings store it. Raise Uncertain when X's answer has none."""
    token, following, life = (
        _text(answer.get("access_token")),
        _text(answer.get("refresh_token")),
        answer.get("expires_in"),
    )
    if not token:
        raise Uncertain(gettext_noop("X answered without an access."))
    seconds = life if type(life) is int and 0 < life < 10**9 else LIFE
    at = int(now.timestamp())
    access: dict[str, Any] = {"token": token, "renew_at": at + seconds // 2, "expires_at": at + seconds}
    return access | ({"refresh_token": following} if following else {})


def _mapping(document: object) -> Mapping[str, Any]:
    return document if isinstance(document, dict) else {}


def _text(text: object) -> str:
    return text if isinstance(text, str) and len(text) < 4000 and text.isascii() and text.isprintable() else ""
