"""The pages of the shell in a real browser: readable by everybody, nothing refused by the content security policy."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.servers.pages import IN_A_BROWSER, browsing, prepare, served, violations
from tests.servers.program import copied

EMAIL, PASSWORD = "claire@valmont.example", "une phrase que moi seule écrirais"  # as tests/web/site.py makes them
PAGES = ("/components/", "/panes/", "/panes/?show=list", "/public/", "/accessibility/", "/keyboard/", "/account/")
PAGES += ("/nowhere/", "/raise/conflict/", "/raise/broken/", "/settings/")
pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def site(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the shell on a real server."""
    home = copied(migrated_home, tmp_path_factory.mktemp("site") / "home")
    environment = {**os.environ, "PORTEVOIX_HOME": str(home), "PORTEVOIX_DATABASE_URL": "", "PORTEVOIX_LOG": "error"}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.web.site"
    prepare(environment, "tests.web.site")
    with served(environment, "/sign-in/") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains about, the statuses of error pages apart."""
    return []


@pytest.fixture(scope="module")
def signed(browser: Browser, site: str) -> Any:
    """The cookies of Claire, who signed in with the form; once, since tries are counted."""
    context = browser.new_context(base_url=site, locale="fr-FR")
    page = context.new_page()
    page.goto("/sign-in/?next=/panes/")
    shots(page, "sign-in")
    assert not violations(page)
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/panes/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, site: str, signed: Any, complaints: list[str]) -> Iterator[Page]:
    """Claire looks at three panes; /live is connected and silent."""
    context = browser.new_context(
        base_url=site, storage_state=signed, viewport={"width": 1360, "height": 860}, locale="fr-FR"
    )
    page = context.new_page()
    page.route("**/live", _silent)
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/panes/")
    yield page
    context.close()


def _silent(route: Route) -> None:
    headers = {
        "Access-Control-Allow-Origin": route.request.headers["origin"],
        "Access-Control-Allow-Credentials": "true",
    }
    route.fulfill(content_type="text/event-stream", headers=headers, body="retry: 60000\n\n")


def shots(page: Page, name: str) -> None:
    """Pictures to look at, where somebody asked for them."""
    if folder := os.environ.get("PORTEVOIX_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("theme", "width"), [("light", 1360), ("dark", 900), ("light", 320)])
def test_pages_bar_nobody(page: Page, theme: Any, width: int, complaints: list[str]) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 860})
    found = []
    for address in PAGES:
        page.goto(address)
        shots(page, f"{address.strip('/').replace('/', '-').replace('?', '')}-{theme}-{width}")
        found += violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url}: wider than {width}")
    assert not found
    assert not [text for text in complaints if "the server responded with a status of" not in text]


def test_keys_move_open_and_reply(page: Page) -> None:
    focused = "document.activeElement.id"
    page.keyboard.press("j")
    assert page.evaluate(focused) == "row-3"  # from the one that is open, the second
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.evaluate(focused) == "row-1"
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("#main$"))
    page.keyboard.press("r")
    page.keyboard.type("j'ai r/?")
    assert page.input_value("#reply") == "j'ai r/?"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def test_keys_are_shown_and_can_be_turned_off(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.uncheck("dialog#keys [data-keys-switch]")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    assert not page.is_visible("dialog#keys")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert not page.is_visible(".search kbd")


def test_a_theme_is_kept_and_there_before_the_first_paint(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(background)
    page.click(".menu summary")
    page.click("[data-theme-choice=dark]")
    dark = page.evaluate(background)
    assert dark != light
    page.route("**/portevoix.js", lambda route: route.abort())  # only the small script of the head runs
    page.reload()
    assert page.evaluate(background) == dark


def test_what_changed_reloads_and_the_focus_stays(page: Page) -> None:
    before = page.inner_text("#reloads")
    page.focus("#row-2")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('portevoix:changed'))")
    page.wait_for_function("told => document.getElementById('reloads').innerText !== told", arg=before)
    expect(page.locator("#row-2")).to_be_focused()


def test_a_lost_connection_is_told_and_mends(page: Page) -> None:
    page.unroute("**/live")
    page.route("**/live", lambda route: route.abort())
    page.reload()
    expect(page.locator("#live-told .notice a")).to_be_visible()
    before = page.inner_text("#reloads")
    page.unroute("**/live")
    page.route("**/live", _silent)
    page.wait_for_selector("#live-told .notice", state="detached")
    page.wait_for_function("told => document.getElementById('reloads').innerText !== told", arg=before)


def test_a_draft_asks_before_it_is_left(page: Page) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.fill("#reply", "Bonjour,")
    with page.expect_event("dialog"):
        page.click("nav[aria-label] a[href='/journal/']", no_wait_after=True)
    page.wait_for_timeout(300)  # it is not asked twice, nor left nevertheless
    assert asked == ["beforeunload"]
    assert page.input_value("#reply") == "Bonjour,"


def test_a_refusal_for_a_part_is_told_above_the_page(page: Page) -> None:
    before = page.inner_text("#reloads")
    page.click("text=Refuser")
    expect(page.locator("#told .notice--bad")).to_contain_text("Claire Aubry replied two minutes ago.")
    assert page.inner_text("#reloads") == before


def test_a_server_out_of_reach_is_told_but_not_a_request_that_gave_way(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/raise/conflict/", lambda route: waiting.append(route))
    with page.expect_request("**/raise/conflict/"):
        page.click("text=Refuser")
    with page.expect_event("requestfailed"):
        page.evaluate("htmx.trigger(document.querySelector('button[hx-post]'), 'htmx:abort')")
    assert not page.inner_text("#told")
    page.unroute("**/raise/conflict/")
    page.route("**/raise/conflict/", lambda route: route.abort())
    page.click("text=Refuser")
    page.wait_for_selector("#told .notice--bad")


def test_a_phone_shows_one_pane_and_needs_no_script_for_the_others(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto("/panes/")
    for pane in ("main", "context", "list"):
        if pane != "main":
            page.goto(f"/panes/#{pane}")
        shown = [each for each in ("list", "main", "context") if page.is_visible(f"#{each}")]
        assert shown == [pane]
    context.close()
