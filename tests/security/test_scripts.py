"""Nothing that anybody wrote runs in a colleague's browser, or so much as tries to."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import APIResponse, Browser, Page

from tests.security.hostile import BEACON, PASSWORD
from tests.servers.pages import IN_A_BROWSER, browsing, prepare, served
from tests.servers.program import copied

pytestmark = IN_A_BROWSER
ROLES = ("administrator", "host", "contact")
RUNNING = """
[...document.querySelectorAll('a[href], form[action], [formaction], iframe, object, embed, base, [srcdoc]')].filter(e =>
  ['href', 'action', 'formaction'].some(n => /^\\s*(javascript|data|vbscript):/i.test(e.getAttribute(n) || '')) ||
  ['IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(e.tagName)).map(e => e.outerHTML.slice(0, 200))
"""
"""Elements that would run or load something else, were they there."""
HANDLERS = """
[...document.querySelectorAll('*')].filter(e => e.getAttributeNames().some(n => /^on/i.test(n)))
  .map(e => e.outerHTML.slice(0, 200))
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A hostile city, served; `addresses` are those of the pages that show it."""

    address: str
    pages: list[str]


@pytest.fixture(scope="module")
def site(migrated_home, tmp_path_factory) -> Iterator[Site]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PORTEVOIX_", "DJANGO_"))}
    home = copied(migrated_home, tmp_path_factory.mktemp("hostile") / "home")
    environment |= {"PORTEVOIX_HOME": str(home), "PORTEVOIX_LOG": "error"}
    environment["DJANGO_SETTINGS_MODULE"] = "portevoix.config.settings"
    settled = prepare(environment, "tests.security.hostile")
    with served(environment, "/sign-in/") as address:
        yield Site(address, json.loads(settled))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


class Watched:
    """A page and all that happened there that should not."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.happened: list[str] = []
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.happened.append(f"{page.url}: {error}"))
        page.on("console", self._console)
        page.on("request", lambda request: self._request(request.url, site))

    def _dialog(self, dialog) -> None:
        self.happened.append(f"{self.page.url}: alert {dialog.message}")
        dialog.dismiss()

    def _console(self, message) -> None:
        if "Content Security Policy" in message.text:  # it was held up by the last wall, and should not come so far
            self.happened.append(f"{self.page.url}: {message.text}")

    def _request(self, url: str, site: Site) -> None:
        beacon = BEACON in url and "q=" not in url
        if beacon or not (url.startswith((site.address, "data:")) or url.endswith("/live")):
            self.happened.append(f"{self.page.url}: asked for {url}")


def is_picture(answer: APIResponse) -> bool:
    """Opened by itself, Chromium would lay it out with styles of its own, which our policy refuses. Nothing can run."""
    if not answer.headers.get("content-type", "").startswith("image/"):
        return False
    assert answer.headers["x-content-type-options"] == "nosniff" and "svg" not in answer.headers["content-type"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return True


@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_anybody_wrote_runs_or_is_fetched(role, site, browser) -> None:
    context = browser.new_context(base_url=site.address, extra_http_headers={"Accept-Language": "en"})
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[type=email]", f"{role}@testville.example")
    page.fill("[type=password]", PASSWORD)
    page.press("[type=password]", "Enter")
    page.wait_for_url(re.compile(r"/(inbox|journal|inquiries)/"))
    watched, shown = Watched(page, site), 0
    for address in site.pages:
        if is_picture(context.request.get(address)):
            continue
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.wait_for_timeout(60)
        shown += "alert(" in page.inner_text("body")
        running = page.evaluate(RUNNING)
        assert running == [] or address.startswith("/settings/channels/form/"), f"{address}: {running}"
        assert page.evaluate(HANDLERS) == [], address
    context.close()
    assert watched.happened == []
    assert shown >= {"administrator": 15, "host": 8, "contact": 3}[role], "what is evil was there to be seen"


def test_a_citizens_file_does_not_run_when_it_is_opened(site, browser) -> None:
    context = browser.new_context(base_url=site.address)
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[type=email]", "host@testville.example")
    page.fill("[type=password]", PASSWORD)
    page.press("[type=password]", "Enter")
    page.wait_for_url(re.compile(r"/inbox/"))
    watched = Watched(page, site)
    for number in range(1, 4):
        response = context.request.get(f"/file/{number}/")
        if response.status == 200:
            assert response.headers["content-disposition"].startswith("attachment")
            with page.expect_download() as download, pytest.raises(Exception, match="Download is starting"):
                page.goto(f"/file/{number}/")
            assert download.value.url.endswith(f"/file/{number}/")
    context.close()
    assert watched.happened == []


def test_what_the_forms_address_says_does_not_run_in_the_citizens_browser(site, browser) -> None:
    context = browser.new_context(base_url=site.address)
    page = context.new_page()
    watched = Watched(page, site)
    evil = "%22%27%3E%3Cimg%20src=/evil-beacon-image%20onerror=alert(1)%3E%3Cscript%3Ealert(1)%3C/script%3E"
    for path in ("/form/", "/form/embed/", "/sign-in/"):
        for query in (
            f"url=https://e.example/{evil}",
            f"url=javascript:alert(1)&title={evil}",
            f"lang={evil}&next={evil}",
        ):
            page.goto(f"{path}?{query}")
            page.wait_for_timeout(60)
    watched.happened = [each for each in watched.happened if "asked for" not in each]  # its own address holds the word
    context.close()
    assert watched.happened == []
