"""Signing in at Meta, on an emulator that keeps to Meta's documentation."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from portevoix.channels import http, internal_hosts
from portevoix.channels.base import SignInRequest
from portevoix.channels.facebook import FacebookConnector, InstagramConnector
from portevoix.channels.facebook.connector import SUBSCRIBED_FIELDS
from portevoix.channels.facebook.oauth import PERMISSIONS, MetaAccess
from portevoix.channels.facebook.settings import FacebookSettings, InstagramSettings
from portevoix.kernel.errors import BadInput, Refused
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, VERIFY, Meta, serving
from tests.servers.meta_sign_in import APP, CONFIG

pytestmark = pytest.mark.servers
BACK = "https://desk.example/settings/channels/connected/facebook/"
LINKED = {"id": INSTAGRAM_ID, "username": "ville.de.valmont"}
PAGE = {"id": PAGE_ID, "name": "Valmont", "username": "valmont", "access_token": TOKEN}


@pytest.fixture
def meta(monkeypatch) -> Iterator[Meta]:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    http.forget_waits()
    with serving() as meta:
        meta.sign_in.back = {BACK}
        meta.sign_in.pages = [{**PAGE, "instagram_business_account": LINKED}]
        yield meta
    http.forget_waits()


def ask(meta: Meta, **more: str) -> SignInRequest:
    settings = {"app_id": APP, "config_id": "", "app_secret": SECRET, "verify_token": VERIFY, "graph_base": meta.base}
    return MetaAccess().start({**settings, **more}, redirect=BACK)


def allowed(asked: SignInRequest, may: str = "yes") -> dict[str, str]:
    page = requests.get(asked.address, timeout=10)
    assert page.status_code == 200, page.text
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.address).query).items()}
    sent = requests.post(asked.address, data=urlencode({**query, "may": may}), timeout=10, allow_redirects=False)
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}


def found(meta: Meta, **more: str) -> tuple[Any, ...]:
    asked = ask(meta, **more)
    return MetaAccess().finish(asked.private_state, allowed(asked)["code"])


def test_the_dialog_is_that_of_the_version_and_its_state_stays_unguessed(meta: Meta) -> None:
    asked = ask(meta, graph_base="https://graph.facebook.com/v26.0/")
    assert asked.address.startswith("https://www.facebook.com/v26.0/dialog/oauth?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.address).query).items()}
    assert (query["client_id"], query["redirect_uri"], query["response_type"]) == (APP, BACK, "code")
    assert query["scope"].split(",") == list(PERMISSIONS) and query["state"] == asked.state and len(asked.state) > 40
    assert SECRET not in asked.address + repr(asked) and ask(meta).state != asked.state
    business = parse_qs(urlsplit(ask(meta, config_id=CONFIG).address).query)
    assert business["config_id"] == [CONFIG] and "scope" not in business
    assert business["override_default_response_type"] == ["true"]


@pytest.mark.parametrize(
    "more",
    [
        {"app_id": ""},
        {"app_id": "mine"},
        {"config_id": "x"},
        {"app_secret": ""},
        {"graph_base": "http://graph.example"},
    ],
    ids=["no app", "no number", "no configuration", "no secret", "open"],
)
def test_what_cannot_be_asked_with_is_refused_before_anybody_is_sent_away(more, meta: Meta) -> None:
    with pytest.raises(BadInput):
        ask(meta, **more)


@pytest.mark.parametrize("config", ["", CONFIG], ids=["permissions", "configuration"])
def test_a_page_and_its_instagram_account_are_granted_and_work(config, meta: Meta) -> None:
    page, linked = found(meta, config_id=config)
    assert (page.kind, page.account, page.id_setting) == ("facebook", "facebook.com/valmont", "me")
    assert (linked.kind, linked.account, linked.id_setting) == ("instagram", "@ville.de.valmont", "me")
    assert (page.settings["me"], linked.settings["me"]) == (PAGE_ID, INSTAGRAM_ID)
    assert page.settings["access_token"] == TOKEN, "the page's own, which does not expire"
    known = {name: value for name, value in page.settings.items() if name != "config_id"}
    served = FacebookConnector(page.account, FacebookSettings(**known))
    assert served.check()
    served.subscribe()
    assert meta.sign_in.subscribed == [SUBSCRIBED_FIELDS]
    assert InstagramConnector(linked.account, InstagramSettings(**linked.settings)).check()
    tokens = meta.sign_in.short | meta.sign_in.long
    assert tokens and not any(token in str(page.settings) for token in tokens), "the person's tokens are not kept"
    assert not any(TOKEN in path for _, path in meta.asked)


def test_many_pages_are_read_to_their_end_and_those_not_allowed_are_none(meta: Meta) -> None:
    meta.sign_in.pages = [{"id": str(n), "access_token": f"t{n}"} for n in range(1, 131)]
    meta.sign_in.pages += [{"id": "500", "name": "Not ticked"}, {"id": "no number", "access_token": "t"}]
    names = [each.account for each in found(meta)]
    assert len(names) == 130 and names[0] == "facebook.com/1"


def test_no_page_at_all_is_said(meta: Meta) -> None:
    meta.sign_in.pages = []
    with pytest.raises(Refused, match="names no page"):
        found(meta)


def test_a_code_serves_once_and_a_wrong_secret_is_said_without_repeating_it(meta: Meta) -> None:
    asked = ask(meta)
    code = allowed(asked)["code"]
    assert MetaAccess().finish(asked.private_state, code)
    with pytest.raises(Refused, match=r"code 100.*begin again") as again:
        MetaAccess().finish(asked.private_state, code)
    with pytest.raises(Refused, match="code 100") as wrong:
        found(meta, app_secret="another-secret")
    assert code not in str(again.value) and "another-secret" not in str(wrong.value)


def test_who_does_not_allow_it_comes_back_without_a_code(meta: Meta) -> None:
    asked = ask(meta)
    told = allowed(asked, may="no")
    assert (told["error"], told["state"]) == ("access_denied", asked.state) and "code" not in told


@pytest.mark.parametrize("token", [None, 7, "", "a b", "a\nb", "é"], ids=str)
def test_what_is_no_token_is_none(token, meta: Meta, monkeypatch) -> None:
    monkeypatch.setattr(meta.sign_in, "token", lambda asked: {"access_token": token})
    with pytest.raises(Refused, match="gave no access"):
        found(meta)
