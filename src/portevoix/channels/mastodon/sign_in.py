"""Connecting an account by signing in at its instance: see `channels.base.SignIn`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from portevoix.channels.base import GrantedAccount, SignInRequest
from portevoix.channels.http import Http
from portevoix.channels.mastodon import oauth
from portevoix.channels.mastodon.settings import MastodonSettings
from portevoix.channels.mastodon.status import as_mapping, text
from portevoix.kernel.errors import TryLater
from portevoix.kernel.i18n import gettext_noop


class MastodonAccess:
    """Sign-in by OAuth 2, with an application that is registered for this once."""

    asked_settings = required_settings = ("instance",)
    needs_registered_redirect = False

    def start(self, settings: Mapping[str, str], *, redirect: str) -> SignInRequest:
        base = MastodonSettings(settings["instance"], "").base
        app = oauth.register(base, redirect=redirect)
        state, verifier = oauth.secret(), oauth.secret()
        address = oauth.authorisation(app, state=state, verifier=verifier)
        return SignInRequest(address, state, {"app": asdict(app), "verifier": verifier})

    def finish(self, private_state: Mapping[str, Any], code: str) -> tuple[GrantedAccount, ...]:
        app = oauth.App(**private_state["app"])
        token = oauth.exchange(app, code, verifier=private_state["verifier"])
        headers = {"Authorization": f"Bearer {token}"}
        user = text(
            as_mapping(Http(app.base, headers=headers).get("/api/v1/accounts/verify_credentials").json()).get(
                "username"
            )
        )
        if not user:
            raise TryLater(gettext_noop("The instance does not say whose account this is."))
        settings = {"instance": app.base, "access_token": token}
        return (GrantedAccount(f"@{user}@{urlsplit(app.base).netloc}", settings),)
