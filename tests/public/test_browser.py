"""The form in a real browser, framed by an article on another site; and the settings pages, for everybody to read."""

import os
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.public.site import ADMINISTRATOR, PASSWORD
from tests.servers.pages import IN_A_BROWSER, browsing, prepare, served, violations
from tests.servers.program import copied

ARTICLE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>La piscine rouvre</title><main>
<h1>La piscine rouvre</h1><iframe src="{address}/form/embed/?lang=fr&amp;title=La%20piscine%20rouvre" title="À vous"
width="100%" height="760" referrerpolicy="no-referrer-when-downgrade"></iframe></main></html>"""
SETTINGS = ("", "city/", "departments/", "departments/sports/", "departments/add/", "colleagues/", "colleagues/1/")
SETTINGS += ("policy/", "policy/toml/", "policy/versions/1/", "channels/", "channels/add/email/", "channels/form/")
pytestmark = IN_A_BROWSER


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ThreadingHTTPServer, Path]]:
    """The city's website: a server, and the folder of its pages."""
    folder = tmp_path_factory.mktemp("site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: Quiet(*args, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, folder
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def desk(article, migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Portevoix, which the website may frame."""
    website, folder = article
    home = copied(migrated_home, tmp_path_factory.mktemp("desk") / "home")
    environment = {**os.environ, "PORTEVOIX_HOME": str(home), "PORTEVOIX_DATABASE_URL": ""}
    environment |= {"PORTEVOIX_LOG": "error", "DJANGO_SETTINGS_MODULE": "portevoix.config.settings"}
    prepare(environment, "tests.public.site", f"127.0.0.1:{website.server_port}")
    with served(environment, "/form/") as address:
        (folder / "index.html").write_text(ARTICLE.format(address=address), encoding="utf-8")
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    yield context.new_page()
    context.close()


def test_a_citizen_writes_under_an_article(page, article, desk):
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.goto(f"http://127.0.0.1:{article[0].server_port}/")
    frame = page.frame_locator("iframe")
    frame.locator("textarea").fill("À quelle heure ferme la piscine le dimanche ?")
    frame.locator("[name=email]").fill("ana@example.org")
    assert violations(page) == []
    frame.locator("button.button--primary").click()
    page.frame_locator("iframe").locator("h2").wait_for()
    assert "/form/embed/thank-you/" in page.frames[1].url
    assert violations(page) == []
    assert asked == {f"127.0.0.1:{article[0].server_port}", desk.removeprefix("http://")}


def test_who_presses_send_at_once_waits_for_the_puzzle(page, desk):
    page.goto(f"{desk}/form/?lang=en")
    page.fill("textarea", "Quick!")
    page.click("button.button--primary")
    page.wait_for_url("**/thank-you/**")
    assert "It is with the people who answer now" in page.inner_text("main")


def test_a_puzzle_that_fails_keeps_nobody_out(page, desk):
    page.route("**/form/challenge/", lambda route: route.abort())
    page.goto(f"{desk}/form/?lang=en")
    page.fill("textarea", "The network swallows puzzles")
    page.locator("#unproven").wait_for()
    page.click("button.button--primary")
    page.wait_for_url("**/thank-you/**")
    assert "no robot wrote it" in page.inner_text("main")


def test_the_form_fits_a_telephone(page, desk):
    page.set_viewport_size({"width": 320, "height": 600})
    for address in ("/form/", "/form/embed/?title=La+piscine"):
        page.goto(f"{desk}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(page) == []


def sign_in(page, desk) -> None:
    page.goto(f"{desk}/sign-in/")
    page.fill("[type=email]", ADMINISTRATOR)
    page.fill("[type=password]", PASSWORD)
    page.click("main .button--primary")
    page.wait_for_url(lambda address: "/sign-in/" not in address)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_everybody_can_read_the_settings(page, desk, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, desk)
    found = []
    for address in SETTINGS:
        assert page.goto(f"{desk}/settings/{address}").ok and page.url == f"{desk}/settings/{address}"
        found += violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url}: wider than {width}")
    assert found == []


def test_the_preview_follows_what_is_typed(page, desk):
    sign_in(page, desk)
    page.goto(f"{desk}/settings/policy/")
    page.check("[value=hours]")
    page.fill("[name=mon]", "8h30-12h30")
    page.keyboard.press("Tab")
    page.locator("#preview tr", has_text=re.compile(r"12\sh\s30")).first.wait_for()  # two Mondays of four hours
