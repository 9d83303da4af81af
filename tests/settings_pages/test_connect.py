"""Signing in at a network: there, and back; who comes back otherwise is told what to do, and nothing is connected."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from bs4 import BeautifulSoup
from django.test import Client

from portevoix.administration import connect
from portevoix.channels import http, internal_hosts
from portevoix.record.models import Account
from portevoix.record.operations import accounts
from portevoix.record.queries import city as queries
from tests.channels.x_given import CITY, served
from tests.conftest import NOW
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, VERIFY, Meta, serving
from tests.servers.meta_sign_in import APP
from tests.servers.x_door import KEY, Door
from tests.servers.x_sign_in import CLIENT, CLIENT_SECRET

pytestmark = pytest.mark.servers
META, CHOOSE = "/settings/channels/connect/facebook/", "/settings/channels/choose/facebook/"
BEGIN, BACK = "/settings/channels/connect/x/", "/settings/channels/connected/x/"
EN = {"Accept-Language": "en"}


@pytest.fixture
def door(monkeypatch) -> Iterator[Door]:
    with served(monkeypatch) as door:
        door.sign_in.back = {f"http://testserver{BACK}"}
        yield door


def left(admin, door: Door, where: str = BEGIN, **more: str) -> str:
    """The address of X's page, after what it takes was typed."""
    typed = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "base": door.address, **more}
    answer = admin.post(where, typed, headers=EN)
    assert answer.status_code == 200 and CLIENT_SECRET not in answer.text, answer.text
    return BeautifulSoup(answer.content, "html.parser").find("a", rel="noreferrer")["href"]


def returned(address: str, may: str = "yes") -> str:
    """Where X sends the browser back."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    sent = requests.post(address, data=urlencode({**query, "may": may}), timeout=10, allow_redirects=False)
    return sent.headers["Location"].removeprefix("http://testserver")


def told(admin, address: str) -> str:
    """What the page says to which one is led, being sent to begin again."""
    answer = admin.get(address, follow=True, headers=EN)
    assert answer.redirect_chain[-1][0].endswith(BEGIN) and answer.status_code == 200
    assert Account.objects.filter(channel="x", connector="x").count() == 0
    return BeautifulSoup(answer.content, "html.parser").find(id="told").get_text(" ", strip=True)


def test_the_page_shows_the_address_that_the_application_must_name(admin) -> None:
    page = admin.get(BEGIN, headers=EN).text
    assert f'value="http://testserver{BACK}"' in page and "letter for letter" in page
    assert "letter for letter" not in admin.get("/settings/channels/connect/mastodon/", headers=EN).text


def test_an_account_is_connected_and_its_secrets_are_locked(admin, door: Door) -> None:
    back = returned(left(admin, door))
    kept = str(admin.session[connect.SIGN_IN_KEY])
    assert CLIENT_SECRET not in kept and "verifier" not in kept
    answer = admin.get(back, follow=True, headers=EN)
    assert f"{CITY} is saved and in service." in answer.text
    account = queries.account_named("x", CITY)
    clear = accounts.settings_of(account)
    assert clear["token"] in door.sign_in.accesses and account.state == "active"
    for name in ("token", "refresh_token", "client_secret"):
        assert clear[name] not in str(account.settings) + answer.text
        assert clear[name] not in admin.get(f"/settings/channels/{account.pk}/").text
    assert connect.SIGN_IN_KEY not in admin.session
    assert "was not begun here" in admin.get(back, follow=True, headers=EN).text, "who comes back twice"


def test_who_does_not_allow_it_is_told_to_begin_again(admin, door: Door) -> None:
    assert "did not grant access" in told(admin, returned(left(admin, door), may="no"))


@pytest.mark.parametrize("error", ["invalid_scope", "<script>alert(1)</script>"])
def test_another_refusal_is_named_where_it_is_a_name(error, admin, door: Door) -> None:
    state = parse_qs(urlsplit(left(admin, door)).query)["state"][0]
    said = told(admin, f"{BACK}?{urlencode({'state': state, 'error': error})}")
    assert f"({error if error.isidentifier() else '—'})" in said and "begin again" in said


@pytest.mark.parametrize("state", ["", "guessed", "é" * 64], ids=["none", "guessed", "not ascii"])
def test_a_state_that_is_not_the_one_that_left_brings_nothing_and_ends_it(state, admin, door: Door) -> None:
    back = returned(left(admin, door))
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert "was not begun here" in told(admin, f"{BACK}?{urlencode({'state': state, 'code': code})}")
    assert "was not begun here" in told(admin, back)
    assert not door.sign_in.accesses, "the code was never exchanged"


def test_another_browser_or_another_network_comes_back_to_nothing(admin, administrator, door: Door) -> None:
    back = returned(left(admin, door))
    other = Client()
    other.force_login(administrator)
    assert "was not begun here" in told(other, back)
    answer = admin.get(back.replace("/x/", "/mastodon/"), follow=True, headers=EN)
    assert "was not begun here" in answer.text and not door.sign_in.accesses


def test_who_takes_too_long_begins_again(admin, door: Door, monkeypatch) -> None:
    back = returned(left(admin, door))
    monkeypatch.setattr(connect, "VALID", timedelta(seconds=-1))
    assert "longer than fifteen minutes" in told(admin, back) and not door.sign_in.accesses


def test_a_code_that_x_does_not_take_is_said_without_repeating_it(admin, door: Door) -> None:
    back = returned(left(admin, door))
    code = parse_qs(urlsplit(back).query)["code"][0]
    door.sign_in.codes.clear()
    said = told(admin, back)
    assert "X did not take the sign-in (HTTP 400)" in said and code not in said


def test_a_wrong_secret_and_no_client_are_said(admin, door: Door) -> None:
    assert "HTTP 401" in told(admin, returned(left(admin, door, client_secret="another")))
    answer = admin.post(BEGIN, {"client_id": "", "client_secret": "", "base": door.address}, headers=EN)
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"client_id"}


def test_an_account_of_keys_signs_in_keeps_its_limits_and_need_not_type_again(admin, door: Door) -> None:
    keys = dict.fromkeys(("api_key", "api_secret", "access_token", "access_secret"), KEY)
    settings = {**keys, "most_read": 321, "client_id": CLIENT, "client_secret": CLIENT_SECRET, "base": door.address}
    there = accounts.connect(
        channel="x", address=CITY.lower(), connector="x", settings=settings, secret={*keys, "client_secret"}, by=None,
        now=NOW,
    )  # fmt: skip
    where = f"{BEGIN}?of={there.pk}"
    page = admin.get(where, headers=EN).text
    assert CLIENT in page and "One is stored" in page and CLIENT_SECRET not in page
    admin.get(returned(left(admin, door, where, client_secret="")), follow=True)
    [account] = Account.objects.filter(channel="x", connector="x")
    clear = accounts.settings_of(account)
    assert (account.pk, clear["most_read"], clear["api_key"]) == (there.pk, 321, "")
    assert clear["token"] in door.sign_in.accesses
    for of in ("", "x", "9" * 40, "-1", str(there.pk + 1)):
        assert admin.get(f"{BEGIN}?of={of}").status_code == 200


def test_an_account_that_runs_on_a_renewed_access_keeps_its_form(admin, door: Door) -> None:
    admin.get(returned(left(admin, door)))
    account = queries.account_named("x", CITY)
    form = admin.get(f"/settings/channels/{account.pk}/").context["form"]
    assert not {"token", "refresh_token", "renew_at", "expires_at"} & set(form.fields)
    before = accounts.settings_of(account)
    typed = {"client_id": CLIENT, "base": door.address, "most_read": "5000", "most_written": "9"}
    typed |= {"price_read": "5", "price_written": "15"}
    tried = admin.post(f"/settings/channels/{account.pk}/", {**typed, "test": "1"}, headers=EN)
    assert f"Signed in to X as {CITY}." in tried.text
    assert admin.post(f"/settings/channels/{account.pk}/", {**typed, "save": "1"}).status_code == 302
    after = accounts.settings_of(queries.account(account.pk))
    assert (after["most_read"], after["most_written"]) == (5000, 9)
    assert {name: after[name] for name in before} == before


# Meta: of what it grants the colleague chooses.


@pytest.fixture
def meta(monkeypatch) -> Iterator[Meta]:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    http.forget_waits()
    with serving() as meta:
        meta.sign_in.back = {"http://testserver/settings/channels/connected/facebook/"}
        linked = {"id": INSTAGRAM_ID, "username": "ville.de.valmont"}
        page = {"id": PAGE_ID, "name": "Valmont", "username": "valmont", "access_token": TOKEN}
        meta.sign_in.pages = [{**page, "instagram_business_account": linked}, {"id": "7", "access_token": "other"}]
        yield meta
    http.forget_waits()


def chosen_from(admin, meta: Meta, where: str = META, **more: str) -> str:
    """The page on which one chooses, after Meta was left and came back to."""
    typed = {"app_id": APP, "app_secret": SECRET, "verify_token": VERIFY, "graph_base": meta.base, **more}
    answer = admin.post(where, typed, headers=EN)
    address = BeautifulSoup(answer.content, "html.parser").find("a", rel="noreferrer")["href"]
    page = admin.get(returned(address), follow=True, headers=EN)
    assert page.redirect_chain[-1][0] == CHOOSE and not Account.objects.filter(channel="facebook").exists()
    return page.text


def test_of_what_meta_grants_the_colleague_chooses(admin, meta: Meta) -> None:
    page = chosen_from(admin, meta)
    for name in ("facebook.com/valmont", "@ville.de.valmont", "facebook.com/7"):
        assert name in page
    assert TOKEN not in page + str(admin.session[connect.GRANTS_KEY])
    none = admin.post(CHOOSE, {"chosen": "9"}, headers=EN)
    assert none.status_code == 422 and "Choose at least one." in none.text
    answer = admin.post(CHOOSE, {"chosen": ["0", "1"]}, follow=True, headers=EN)
    assert "facebook.com/valmont is saved" in answer.text and "@ville.de.valmont is saved" in answer.text
    page, linked = (Account.objects.get(channel=kind) for kind in ("facebook", "instagram"))
    for account, number in ((page, PAGE_ID), (linked, INSTAGRAM_ID)):
        clear = accounts.settings_of(account)
        assert (clear["me"], clear["access_token"], clear["verify_token"]) == (number, TOKEN, VERIFY)
        assert not {TOKEN, SECRET, VERIFY} & set(map(str, account.settings.values()))
        shown = admin.get(f"/settings/channels/{account.pk}/").text
        assert not [secret for secret in (TOKEN, SECRET, VERIFY) if secret in shown]
    assert len(meta.sign_in.subscribed) == 2
    again = admin.get(CHOOSE, follow=True, headers=EN)
    assert "was not begun here" in again.text, "a choice is made once"


def test_a_page_that_is_there_stays_the_same_account_and_keeps_what_is_set(admin, meta: Meta) -> None:
    settings = {"me": PAGE_ID, "access_token": "expired", "app_secret": "old", "human_agent": True, "verify_token": "v"}
    there = accounts.connect(
        channel="facebook", address="Page de la ville", connector="facebook", settings=settings,
        secret={"access_token", "app_secret", "verify_token"}, by=None, now=NOW,
    )  # fmt: skip
    typed = {"app_id": APP, "app_secret": SECRET, "verify_token": "", "graph_base": meta.base}
    answer = admin.post(f"{META}?of={there.pk}", typed, headers=EN)
    admin.get(returned(BeautifulSoup(answer.content, "html.parser").find("a", rel="noreferrer")["href"]))
    admin.post(CHOOSE, {"chosen": "0"})
    [account] = Account.objects.filter(channel="facebook")
    clear = accounts.settings_of(account)
    assert (account.pk, account.address) == (there.pk, "Page de la ville")
    assert (clear["access_token"], clear["app_secret"]) == (TOKEN, SECRET)
    assert (clear["human_agent"], clear["verify_token"]) == (True, "v")


def test_one_that_does_not_work_is_told_and_the_other_is_connected(admin, meta: Meta) -> None:
    chosen_from(admin, meta)
    answer = admin.post(CHOOSE, {"chosen": ["0", "2"]}, follow=True, headers=EN)
    assert "facebook.com/valmont is saved" in answer.text and "facebook.com/7: Meta does not accept" in answer.text
    assert [row.address for row in Account.objects.filter(channel="facebook")] == ["facebook.com/valmont"]


def test_a_page_that_may_not_send_is_fetched_and_that_is_said(admin, meta: Meta) -> None:
    meta.sign_in.may_subscribe = False
    chosen_from(admin, meta)
    answer = admin.post(CHOOSE, {"chosen": "0"}, follow=True, headers=EN)
    assert "is saved and in service" in answer.text and "fetched every few minutes only" in answer.text
    assert Account.objects.get(channel="facebook").state == "active"


def test_a_choice_that_waited_too_long_is_none(admin, meta: Meta, monkeypatch) -> None:
    chosen_from(admin, meta)
    monkeypatch.setattr(connect, "VALID", timedelta(seconds=-1))
    answer = admin.post(CHOOSE, {"chosen": "0"}, follow=True, headers=EN)
    assert "was not begun here" in answer.text and not Account.objects.filter(channel="facebook").exists()
