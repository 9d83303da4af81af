"""An account is connected by signing in at X, and its access is renewed: OAuth 2.0 with PKCE, and refresh tokens.

X's documentation: "OAuth 2.0 Authorization Code Flow with PKCE". An access holds for two hours. A refresh token serves
once: with each new access comes the next one.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from portevoix.channels.base import Asked, Granted
from portevoix.channels.http import Http, Rejected
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
    """From X's page back to an account that is connected."""

    asks = ("client_id", "client_secret", "base")
    needs = ("client_id",)
    announced = True

    def ask(self, settings: Mapping[str, str], *, redirect: str) -> Asked:
        base, client = settings["base"].strip().rstrip("/"), settings["client_id"].strip()
        if not client:
            raise BadInput(gettext_noop("The client ID is needed: copy it from X's developer console."))
        check_base(base)
        Http(base)  # an address that cannot be asked is told here
        state, verifier = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        hashed = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": redirect,
            "scope": SCOPES,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        site = SITE if base == BASE else base
        secret = settings.get("client_secret", "").strip()
        kept = {"base": base, "client_id": client, "client_secret": secret, "verifier": verifier, "redirect": redirect}
        return Asked(f"{site}/i/oauth2/authorize?{urlencode(query, quote_via=quote)}", state, kept)

    def granted(self, kept: Mapping[str, Any], code: str) -> tuple[Granted, ...]:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": kept["redirect"]}
        try:
            told = _token(kept, {**asked, "code_verifier": kept["verifier"]})
        except Rejected as error:
            message = gettext_noop(
                "X did not take the sign-in (HTTP {status}). Check the client ID and its secret, and begin again."
            )
            raise Refused(message, status=error.status) from error
        access = _read(told, datetime.now(UTC))
        lacking = set(SCOPES.split()) - set(_text(told.get("scope")).split())
        if lacking or "refresh_token" not in access:
            message = gettext_noop("X granted less than is needed: {scopes} is missing. Begin again.")
            raise Refused(message, scopes=" ".join(sorted(lacking)) or "offline.access")
        me = Http(kept["base"], headers={"Authorization": f"Bearer {access['token']}"}).get("/2/users/me").json()
        name = _text(_mapping(_mapping(me).get("data")).get("username"))
        if not name:
            raise TryLater(gettext_noop("X does not say whose account this is. Begin again."))
        own = {name: kept[name] for name in ("base", "client_id", "client_secret")}
        return (Granted(f"@{name}", {**own, **access, **dict.fromkeys(KEYS, "")}),)


class XRenewal:
    """At half of its life, so that one hour without X, or without a worker, does no harm."""

    def due(self, settings: Mapping[str, Any], now: datetime) -> bool:
        renewed = bool(settings.get("refresh_token")) and not settings.get("api_key")
        return renewed and int(settings.get("renew_at") or 0) <= now.timestamp()

    def renew(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """The new access and the next refresh token.

        Raises Refused when X does not take the refresh token: it was revoked, or its answer to an earlier renewal got
        lost on the way, and with it the only token that goes on from there.
        """
        asked = {"grant_type": "refresh_token", "refresh_token": settings["refresh_token"]}
        try:
            return _read(_token(settings, asked), datetime.now(UTC))
        except Rejected as error:
            message = gettext_noop(
                "X does not renew the access to this account (HTTP {status}). Connect it again in the settings."
            )
            raise Refused(message, pause=True, status=error.status) from error


def _token(client: Mapping[str, Any], asked: Mapping[str, str]) -> Mapping[str, Any]:
    """What X's token endpoint answers. Raises Rejected when it refuses, and Uncertain when its answer got lost."""
    number, secret = str(client["client_id"]), str(client.get("client_secret") or "")
    body, headers = dict(asked), {}
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


def _read(told: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The access as the settings have it. Raises Uncertain when there is none in what X answers."""
    token, following, life = _text(told.get("access_token")), _text(told.get("refresh_token")), told.get("expires_in")
    if not token:
        raise Uncertain(gettext_noop("X answered without an access."))
    seconds = life if type(life) is int and 0 < life < 10**9 else LIFE
    at = int(now.timestamp())
    found: dict[str, Any] = {"token": token, "renew_at": at + seconds // 2, "expires_at": at + seconds}
    return found | ({"refresh_token": following} if following else {})


def _mapping(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _text(told: object) -> str:
    return told if isinstance(told, str) and len(told) < 4000 and told.isascii() and told.isprintable() else ""
