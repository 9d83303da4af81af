"""OAuth 2 with an instance, so that no token has to be copied. Each function is one step.

app = register("https://mastodon.example", redirect="https://desk.example/connected")
state, verifier = secret(), secret()  # stored in the session
address = authorisation(app, state=state, verifier=verifier)  # the page to open
token = exchange(app, code, verifier=verifier)  # after `state` came back unchanged
revoke(app, token)  # when the account is disconnected
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from oauthlib.oauth2 import WebApplicationClient

from portevoix.channels.http import Http
from portevoix.channels.http_answers import Rejected
from portevoix.channels.mastodon.settings import SCOPES
from portevoix.channels.mastodon.status import as_list, as_mapping, text
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop


@dataclass(frozen=True, slots=True)
class App:
    """The registration of this installation on the instance. `pkce`: the instance supports PKCE."""

    base: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    pkce: bool


def register(base: str, *, redirect: str, name: str = "Portevoix", website: str = "") -> App:
    """Register an application on the instance."""
    registration = {"client_name": name, "redirect_uris": redirect, "scopes": SCOPES}
    body = registration | ({"website": website} if website else {})
    answer = as_mapping(_post(Http(base), "/api/v1/apps", body))
    app = App(
        base.rstrip("/"),
        text(answer.get("client_id")),
        text(answer.get("client_secret")),
        redirect,
        _supports_pkce(base),
    )
    if not app.client_id or not app.client_secret:
        raise TryLater(gettext_noop("The instance did not register the application."))
    return app


def secret() -> str:
    """Return a random text for `state`, or for the verifier of PKCE."""
    return secrets.token_urlsafe(48)


def authorisation(app: App, *, state: str, verifier: str) -> str:
    """Return the address of the page on which the instance asks for permission."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.redirect,
        "scope": SCOPES,
        "state": state,
    }
    if app.pkce:
        query["code_challenge"] = WebApplicationClient(app.client_id).create_code_challenge(verifier, "S256")
        query["code_challenge_method"] = "S256"
    return f"{app.base}/oauth/authorize?{urlencode(query)}"


def exchange(app: App, code: str, *, verifier: str) -> str:
    """Return the access token for the code that the instance gave. Raise Refused when it rejects the code."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": app.redirect,
        "scope": SCOPES,
    } | ({"code_verifier": verifier} if app.pkce else {})
    token = text(as_mapping(_post(Http(app.base), "/oauth/token", body)).get("access_token"))
    if not token:
        raise Refused(gettext_noop("The instance gave no access token. Connect the account again."))
    return token


def revoke(app: App, token: str) -> None:
    """Revoke the token."""
    body = {"client_id": app.client_id, "client_secret": app.client_secret, "token": token}
    _post(Http(app.base), "/oauth/revoke", body, empty=True)


def _supports_pkce(base: str) -> bool:
    """Return whether the instance announces PKCE (Mastodon does since 4.3)."""
    try:
        metadata = as_mapping(Http(base).get("/.well-known/oauth-authorization-server").json())
    except (Rejected, TryLater):
        return False
    return "S256" in as_list(metadata.get("code_challenge_methods_supported"))


def _post(http: Http, path: str, body: Mapping[str, str], *, empty: bool = False) -> Any:
    answer = http.post(path, body, form=True)
    return {} if empty else answer.json()
