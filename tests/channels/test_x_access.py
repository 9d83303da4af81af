"""Signing in at X and the access that is renewed, on an emulated network that keeps to X's documentation."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from portevoix.channels.base import SignInRequest, network_fields, secret_names
from portevoix.channels.x import XConnector, XSettings
from portevoix.channels.x.oauth import SCOPES, XAccess, XRenewal
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from tests.channels.x_given import CITY, mention, reply, served
from tests.servers.x_door import Door
from tests.servers.x_sign_in import CLIENT, CLIENT_SECRET

pytestmark = pytest.mark.servers
BACK = "https://desk.example/settings/channels/connected/x/"


@pytest.fixture
def door(monkeypatch) -> Iterator[Door]:
    with served(monkeypatch) as door:
        door.sign_in.back = {BACK}
        yield door


def ask(door: Door, **more: str) -> SignInRequest:
    settings = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "base": door.address, **more}
    return XAccess().start(settings, redirect=BACK)


def allowed(asked: SignInRequest, may: str = "yes") -> dict[str, str]:
    """What the browser comes back with."""
    page = requests.get(asked.address, timeout=10)
    assert page.status_code == 200, page.text
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.address).query).items()}
    sent = requests.post(
        asked.address, data=urlencode({**query, "may": may}), timeout=10, allow_redirects=False,
    )  # fmt: skip
    assert sent.headers["Location"].startswith(f"{BACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}


def connected(door: Door) -> dict[str, Any]:
    asked = ask(door)
    [found] = XAccess().finish(asked.private_state, allowed(asked)["code"])
    assert found.account == CITY
    return dict(found.settings)


def test_the_page_is_asked_with_a_proof_that_stays_here(door: Door) -> None:
    asked = ask(door)
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.address).query).items()}
    hashed = hashlib.sha256(asked.private_state["verifier"].encode()).digest()
    assert query["code_challenge"] == base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    assert (query["code_challenge_method"], query["scope"], query["redirect_uri"]) == ("S256", SCOPES, BACK)
    assert query["state"] == asked.state and len(asked.state) > 40
    for secret in (asked.private_state["verifier"], CLIENT_SECRET):
        assert secret not in asked.address + repr(asked)
    assert ask(door).state != asked.state
    own = XAccess().start({"client_id": CLIENT, "base": "https://api.x.com/"}, redirect=BACK)
    assert own.address.startswith("https://x.com/i/oauth2/authorize?response_type=code&")


@pytest.mark.parametrize("more", [{"client_id": " "}, {"base": "http://api.x.example"}], ids=["no client", "open"])
def test_what_cannot_be_asked_with_is_refused_before_anybody_is_sent_away(more, door: Door) -> None:
    with pytest.raises(BadInput):
        ask(door, **more)


def test_what_is_granted_receives_and_sends(door: Door) -> None:
    settings = connected(door)
    city = XConnector(CITY, XSettings(**settings))
    assert city.settings.signed_in and "Signed in to X as @VilleDeValmont." in city.check()
    asked = mention(door)
    assert [message.external_id for message in city.receive(None).messages] == [asked]
    assert city.send(reply(asked)).external_id
    assert settings["refresh_token"] not in repr(city.settings) and settings["token"] not in repr(city.settings)
    assert {"token", "refresh_token", "client_secret"} <= secret_names(XSettings)
    assert network_fields(XSettings) == {"token", "refresh_token", "renew_at", "expires_at"}


def test_a_code_serves_once_and_only_who_asked_for_it(door: Door) -> None:
    asked = ask(door)
    code = allowed(asked)["code"]
    with pytest.raises(Refused, match="begin again") as stolen:
        XAccess().finish(ask(door).private_state, code)
    assert code not in str(stolen.value)
    again = allowed(asked)["code"]
    assert XAccess().finish(asked.private_state, again)
    with pytest.raises(Refused, match="begin again"):
        XAccess().finish(asked.private_state, again)


def test_an_application_without_a_secret_is_known_by_its_number(door: Door) -> None:
    door.sign_in.public = True
    asked = ask(door, client_secret="")
    [found] = XAccess().finish(asked.private_state, allowed(asked)["code"])
    assert XRenewal().renew(found.settings)["token"] != found.settings["token"]


def test_who_does_not_allow_it_comes_back_without_a_code(door: Door) -> None:
    asked = ask(door)
    assert allowed(asked, may="no") == {"state": asked.state, "error": "access_denied"}


def test_less_than_is_needed_is_said(door: Door) -> None:
    door.sign_in.scopes = "tweet.read users.read offline.access"
    asked = ask(door)
    with pytest.raises(Refused, match=r"media\.write tweet\.write is missing"):
        XAccess().finish(asked.private_state, allowed(asked)["code"])


def test_an_access_is_renewed_at_half_of_its_life_and_its_key_serves_once(door: Door) -> None:
    first, way = connected(door), XRenewal()
    assert not way.due(first, datetime.fromtimestamp(first["renew_at"] - 1, UTC))
    assert way.due(first, datetime.fromtimestamp(first["renew_at"], UTC))
    assert first["expires_at"] - first["renew_at"] == 3600
    second = {**first, **way.renew(first)}
    assert XConnector(CITY, XSettings(**second)).check()
    with pytest.raises(Refused, match="Connect it again") as refused:
        way.renew(first)
    assert refused.value.pause and first["refresh_token"] not in str(refused.value)
    assert {**second, **way.renew(second)}["refresh_token"] not in (first["refresh_token"], second["refresh_token"])


def test_keys_are_used_where_there_are_some_and_are_never_renewed(door: Door) -> None:
    settings = {**connected(door), "api_key": "a", "api_secret": "b", "access_token": "c", "access_secret": "d"}
    assert not XSettings(**settings).signed_in and not XRenewal().due(settings, datetime.fromtimestamp(2**34, UTC))
    with pytest.raises(BadInput, match="all of them"):
        XSettings(**{**settings, "api_secret": ""})
    with pytest.raises(BadInput, match="Sign in at X"):
        XSettings(client_id=CLIENT)
    with pytest.raises(BadInput, match="unprotected"):
        XSettings(**{**settings, "base": "http://api.x.example"})


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("reset before", Uncertain), ("429", TryLater), ("503", Uncertain), ("reset after", Uncertain), ("cut", Uncertain),
     ("no json", Uncertain)],
)  # fmt: skip
def test_a_renewal_that_does_not_come_through_is_tried_again_and_ends_with_an_answer(fault, kind, door: Door) -> None:
    settings = connected(door)
    door.next = [fault]
    with pytest.raises(kind):
        XRenewal().renew(settings)
    if fault in ("reset before", "503"):
        assert XRenewal().renew(settings)["token"]
    elif fault != "429":  # X acted: what it answered was the only key
        with pytest.raises(Refused, match="Connect it again"):
            XRenewal().renew(settings)


def test_an_access_that_ran_out_waits_for_its_renewal_and_one_that_was_taken_away_pauses(door: Door) -> None:
    settings = connected(door)
    past = int(time.time()) - 1
    asked = len(door.exchanges)
    with pytest.raises(TryLater, match="being renewed"):
        XConnector(CITY, XSettings(**{**settings, "expires_at": past})).receive(None)
    assert len(door.exchanges) == asked, "nobody is asked with what has run out"
    door.sign_in.end()
    with pytest.raises(TryLater, match="being renewed"):
        XConnector(CITY, XSettings(**{**settings, "renew_at": past})).receive(None)
    with pytest.raises(Refused, match="Connect it again") as refused:
        XConnector(CITY, XSettings(**settings)).receive(None)
    assert refused.value.pause


def test_a_hostile_token_endpoint_gives_nothing_that_would_not_be_a_token(door: Door, monkeypatch) -> None:
    settings = connected(door)
    for told in ({"access_token": "a\nb"}, {"access_token": 7}, [], {"access_token": "x" * 5000}):
        monkeypatch.setattr(door.sign_in, "token", lambda *_, told=told: json.loads(json.dumps(told)))
        with pytest.raises(Uncertain):
            XRenewal().renew(settings)
