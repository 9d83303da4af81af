"""What stands around every page, and the pages of errors."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

import portevoix.web
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.messages import Batch, Unreadable
from portevoix.record.operations import accounts, envelopes
from portevoix.record.operations.city import change_city
from portevoix.record.queries import city as cities
from portevoix.web import colour, notices
from tests.conftest import NOW
from tests.web.conftest import text

HERE = Path(portevoix.web.__file__).parent
EVERY_PAGE = ["/sign-in/", "/accessibility/", "/keyboard/", "/components/", "/panes/", "/public/", "/nowhere/"]


@pytest.mark.parametrize("address", [*EVERY_PAGE, "/account/", "/raise/conflict/", "/settings/"])
def test_no_page_needs_what_the_policy_forbids(signed_in: Client, address: str) -> None:
    page = text(signed_in.get(address))
    assert not re.search(r"<[^>]*\s(style|on\w+|hx-on\S*)=", page)
    assert "<style" not in page
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("address", ["/accessibility/", "/keyboard/", "/public/", "/theme.css", "/sign-in/"])
def test_open_pages_are_open(client: Client, city: Any, address: str) -> None:
    assert client.get(address).status_code == 200


def test_a_page_with_a_capability_refuses_those_without(signed_in: Client, administrator: Any) -> None:
    refused = signed_in.get("/settings/")
    assert refused.status_code == 403
    assert "l’administration" in text(refused)
    signed_in.force_login(administrator)
    assert signed_in.get("/settings/").status_code == 200


def test_the_header_offers_what_the_role_may_use(client: Client, host: Any) -> None:
    client.force_login(host)
    assert [entry.address for entry in client.get("/account/").context["shell"].navigation] == ["/inbox/", "/journal/"]
    page = client.get("/journal/")
    assert [entry.current for entry in page.context["shell"].navigation] == [False, True]


def test_what_is_set_aside_is_offered_only_where_something_is(signed_in: Client, city: Any) -> None:
    assert "/aside/" not in text(signed_in.get("/account/"))
    account = cities.account_named("email", "contact@testville.example")
    envelopes.store(account, Batch(unreadable=(Unreadable("u1", "No date.", "raw"),)), now=NOW)
    entry = next(each for each in signed_in.get("/account/").context["shell"].navigation if each.icon == "aside")
    assert (entry.address, entry.count) == ("/aside/", 1)


def test_a_paused_account_is_told_on_every_page(signed_in: Client, city: Any) -> None:
    account = cities.account_named("email", "contact@testville.example")
    error = Refused("The server says: {why}.", why="<b>no</b>")
    accounts.record_trouble(account=account, error=error, again_at=None, now=NOW)
    page = text(signed_in.get("/keyboard/"))
    assert "contact@testville.example" in page
    assert "The server says: &lt;b&gt;no&lt;/b&gt;." in page
    assert "contact@testville.example" not in text(Client().get("/keyboard/"))


@pytest.mark.parametrize(
    ("given", "name", "address", "policy"),
    [
        ("", "testserver", "http://testserver:8001/live", "http://testserver:8001"),
        ("", "testserver:8000", "http://testserver:8001/live", "http://testserver:8001"),
        ("/live", "testserver", "/live", ""),
        ("https://live.testville.example/live", "testserver", "https://live.testville.example/live", "https://live."),
    ],
)
def test_the_policy_lets_a_page_listen_where_it_is_told_to(
    signed_in: Client, settings: Any, given: str, name: str, address: str, policy: str
) -> None:
    settings.LIVE_URL = given
    settings.LIVE_PORT = "8001"
    page = signed_in.get("/account/", headers={"Host": name})
    assert f'data-live-url="{address}"' in text(page)
    connect = page["Content-Security-Policy"].split("connect-src ")[1].split(";")[0]
    assert connect.startswith("'self'")
    assert policy in connect
    assert policy or connect == "'self'"
    assert "script-src 'self';" in page["Content-Security-Policy"]


def test_the_public_page_listens_to_nothing_and_shows_no_colleague(signed_in: Client) -> None:
    page = text(signed_in.get("/public/"))
    assert "data-live-url" not in page
    assert "Claire" not in page
    assert "/inbox/" not in page


@pytest.mark.parametrize(("name", "status"), [("bad", 400), ("impossible", 409), ("conflict", 409)])
def test_an_error_raised_on_purpose_is_a_page_that_keeps_what_was_typed(
    signed_in: Client, name: str, status: int
) -> None:
    answer = signed_in.post(f"/raise/{name}/", {"text": "Bonjour <i>Ana</i>", "password": "secret"})
    assert answer.status_code == status
    assert "Bonjour &lt;i&gt;Ana&lt;/i&gt;" in text(answer)
    assert "secret" not in text(answer)
    assert "<b>x</b>" not in text(answer)


def test_for_htmx_an_error_is_a_notice_in_its_place(signed_in: Client) -> None:
    answer = signed_in.post("/raise/conflict/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#told")
    assert "<html" not in text(answer)
    assert "Claire Aubry replied two minutes ago." in text(answer)


def test_what_breaks_shows_a_page_that_needs_nothing(signed_in: Client) -> None:
    signed_in.raise_request_exception = False
    answer = signed_in.get("/raise/broken/")
    assert answer.status_code == 500
    assert "{%" not in text(answer)
    assert "Testville" not in text(answer)


def test_denied_missing_and_expired(signed_in: Client, host: Any) -> None:
    assert signed_in.get("/denied/").status_code == 403
    assert signed_in.get("/nowhere/").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(host)
    expired = strict.post("/language/", {"language": "en", "text": "ce que j'avais écrit"})
    assert expired.status_code == 403
    assert "ce que j&#x27;avais écrit" in text(expired)


@pytest.mark.parametrize("accent", ["#1f5673", "#ffff00", "#000000", "#ffffff", "#808080", "#e2001a", "#00a0e0"])
def test_any_accent_is_readable_on_both_papers(client: Client, administrator: Any, accent: str) -> None:
    city = {"name": "Testville", "timezone": "Europe/Paris", "language": "fr", "languages": [], "site": ""}
    change_city(**city, accent=accent, by=administrator)
    answer = client.get("/theme.css")
    assert answer["Content-Type"].startswith("text/css")
    light, dark = re.findall(r"#[0-9a-f]{6}", text(answer))
    for paper in ("#f8f6f1", "#ffffff"):
        assert colour.contrast(light, paper) >= 4.5
    for paper in ("#151617", "#26292c"):
        assert colour.contrast(dark, paper) >= 4.5


def test_a_readable_accent_stays_as_the_city_chose_it(client: Client, city: Any) -> None:
    assert "--accent-on-light:#1f5673" in text(client.get("/theme.css"))


def test_contrast_is_that_of_wcag() -> None:
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_icon_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([^"]+)"', (HERE / "static/web/icons.svg").read_text()))
    used = {
        name
        for room in ("web", "desk", "journal", "public")
        for path in (HERE.parent / room).rglob("*.html")
        for name in re.findall(r'{% icon ["\']([a-z-]+)["\']', path.read_text())
    }
    assert used
    assert used <= drawn


@pytest.mark.parametrize(("lang", "told"), [("fr", "1,3"), ("en", "1.3")])
def test_fractions_are_written_as_the_reader_writes_them(lang: str, told: str) -> None:
    error = BadInput("{name}: {size} MB, {count}", name="1.3", size=1.3, count=12345)
    with override(lang):
        assert notices.to_sentence(error) == f"1.3: {told} MB, 12345"
        assert notices.to_sentence({"text": error.text, "values": error.values}) == notices.to_sentence(error)
        assert notices.to_sentence(None) == notices.to_sentence("") == ""
