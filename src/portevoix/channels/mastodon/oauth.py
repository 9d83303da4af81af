"""How a city gives its access without copying a token: OAuth 2 with an instance. Each function is one step.

app = register("https://mastodon.example", redirect="https://desk.example/connected")
state, verifier = secret(), secret()                      # kept in the host's session
address = authorisation(app, state=state, verifier=verifier)  # where the host is sent
token = exchange(app, code, verifier=verifier)            # after `state` came back unchanged
revoke(app, token)                                        # when the account is disconnected
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from portevoix.channels.http import Http, Rejected
from portevoix.channels.mastodon.settings import SCOPES
from portevoix.channels.mastodon.status import entries, listed, text
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop


@dataclass(frozen=True, slots=True)
class App:
    """What the instance knows this installation by. `pkce`: it proves that the code comes back to who asked for it."""

    base: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    pkce: bool


def register(base: str, *, redirect: str, name: str = "Portevoix", website: str = "") -> App:
    """Registers an application on the instance."""
    asked = {"client_name": name, "redirect_uris": redirect, "scopes": SCOPES}
    body = asked | ({"website": website} if website else {})
    told = entries(_reached(Http(base), "/api/v1/apps", body))
    made = App(base.rstrip("/"), text(told.get("client_id")), text(told.get("client_secret")), redirect, _proves(base))
    if not made.client_id or not made.client_secret:
        raise TryLater(gettext_noop("The instance did not register the application."))
    return made


def secret() -> str:
    """For `state`, and for the verifier of PKCE."""
    return secrets.token_urlsafe(48)


def authorisation(app: App, *, state: str, verifier: str) -> str:
    """The address of the page on which the instance asks the host whether this may be."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.redirect,
        "scope": SCOPES,
        "state": state,
    }
    if app.pkce:
        hashed = hashlib.sha256(verifier.encode()).digest()
        query["code_challenge"] = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        query["code_challenge_method"] = "S256"
    return f"{app.base}/oauth/authorize?{urlencode(query)}"


def exchange(app: App, code: str, *, verifier: str) -> str:
    """The access token for the code that the instance gave. Raises Refused when it does not take the code."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": app.redirect,
        "scope": SCOPES,
    } | ({"code_verifier": verifier} if app.pkce else {})
    token = text(entries(_reached(Http(app.base), "/oauth/token", body)).get("access_token"))
    if not token:
        raise Refused(gettext_noop("The instance gave no access token. Connect the account again."))
    return token


def revoke(app: App, token: str) -> None:
    """From then on the token opens nothing."""
    body = {"client_id": app.client_id, "client_secret": app.client_secret, "token": token}
    _reached(Http(app.base), "/oauth/revoke", body, empty=True)


def _proves(base: str) -> bool:
    """Whether the instance says that it takes PKCE (Mastodon does since 4.3); what it does not say it may not know."""
    try:
        told = entries(Http(base).get("/.well-known/oauth-authorization-server").json())
    except (Rejected, TryLater):
        return False
    return "S256" in listed(told.get("code_challenge_methods_supported"))


def _reached(http: Http, path: str, body: Mapping[str, str], *, empty: bool = False) -> Any:
    answer = http.post(path, body, form=True)
    return {} if empty else answer.json()
