"""Every page of the demonstration in a real browser: axe finds nothing, nothing is wider than the screen, nothing is
refused by the content security policy; light and dark, wide and 320 pixels, in both languages."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.servers.pages import IN_A_BROWSER, browsing, violations
from tests.servers.ports import free_port
from tests.servers.program import HERE, PORTEVOIX, copied

HOST, ADMINISTRATOR, CONTACT = "claire", "helene", "samir"
PAGES = {
    HOST: """
        /inbox/ /inbox/?view=late /inbox/?view=mine /inbox/?q=piscine {conversation} {conversation}merge/
        {conversation}alike/ /inbox/aside/ /inbox/aside/?sort=held /inbox/aside/refuse/?state=held
        /inbox/aside/refuse/?state=held&words=velo
        /journal/ {week} {week}voirie/ /journal/archive/ /journal/archive/?q=piscine /journal/compare/ /journal/feed/
        /journal/answers/
        /barometer/ /account/ /keyboard/ /accessibility/ /nowhere/
    """,
    CONTACT: "/inbox/ /inquiries/ /journal/ /journal/answers/ /journal/archive/ /journal/compare/ /settings/",
    ADMINISTRATOR: """
        /settings/ /settings/city/ /settings/departments/ /settings/departments/voirie/ /settings/learnt/
        /settings/rules/ /settings/rules/add/ /settings/rules/1/ /settings/rules/1/delete/
        /settings/colleagues/ /settings/colleagues/add/
        /settings/policy/ /settings/policy/toml/ /settings/policy/versions/1/
        /settings/channels/ /settings/channels/form/ /settings/channels/add/email/ /settings/channels/connect/mastodon/
        /settings/privacy/persons/?q=lucie {person} {person}erase/ /settings/privacy/retention/
        /settings/privacy/access/ /journal/letters/ /barometer/ /barometer/add/ /barometer/1/remove/
    """,
    "": "/journal/answers/x.y/ /form/ /form/embed/?url=https://valmont-sur-loire.example/a&title=Piscine /sign-in/",
}
LOOKS = {
    "wide, light, French": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light", "locale": "fr-FR"},
    "narrow, dark, French": {"viewport": {"width": 320, "height": 720}, "color_scheme": "dark", "locale": "fr-FR"},
    "narrow, light, English": {"viewport": {"width": 320, "height": 720}, "color_scheme": "light", "locale": "en-GB"},
}
SAME_COLOURS, CONTRAST = ("narrow, light, English",), ("color-contrast",)
"""In another language no colour is another; contrast takes most of axe's time."""
COMING = "#rows-area[hx-trigger]"  # the list beside a conversation, until it has come
pytestmark = IN_A_BROWSER


class Demo:
    """Valmont-sur-Loire, served."""

    def __init__(self, home: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.places: dict[str, str] = {}
        self.password = json.loads((home / "valmont.json").read_text())["password"]

    def sign_in(self, page: Page, who: str) -> None:
        page.goto(f"{self.address}/sign-in/")
        page.fill("[type=email]", f"{who}@valmont-sur-loire.example")
        page.fill("[type=password]", self.password)
        page.press("[type=password]", "Enter")
        page.wait_for_url(re.compile(r"/(inbox|journal|inquiries|settings)/"))


@pytest.fixture(scope="module")
def demo(prepared_demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = copied(prepared_demo, tmp_path_factory.mktemp("served") / "demo")
    port = free_port()
    command = [PORTEVOIX, "demo", "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, env=HERE, stdout=subprocess.PIPE, text=True)
    while not (line := process.stdout.readline()).startswith("Open "):
        assert line or process.poll() is None, "the demonstration did not start"
    yield Demo(home, port)
    process.terminate()
    process.wait(60)
    process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", PAGES)
def test_everybody_can_read_every_page(demo: Demo, browser: Browser, who: str, look: str) -> None:
    seen = CONTRAST if look in SAME_COLOURS else ()
    context = browser.new_context(**LOOKS[look])
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    if who:
        demo.sign_in(page, who)
    found = []
    for path in PAGES[who].split():
        page.goto(demo.address + _real(path, demo, page))
        page.wait_for_timeout(150)
        page.locator(COMING).wait_for(state="hidden")
        found += violations(page, leave_out=seen)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{path}: {wider} px wider than the screen"] if wider > 0 else []
    context.close()
    assert found + refused == []


def _real(path: str, demo: Demo, page: Page) -> str:
    """Puts a conversation that is open, the week before, or a citizen into the path; each is looked up once."""
    for name, find in {"person": _person, "conversation": _conversation, "week": _week}.items():
        if f"{{{name}}}" in path and name not in demo.places:
            demo.places[name] = find(demo, page)
    return path.format(**demo.places)


def _person(demo: Demo, page: Page) -> str:
    page.goto(f"{demo.address}/settings/privacy/persons/?q=lucie")
    return str(page.locator("tbody a").first.get_attribute("href"))


def _conversation(demo: Demo, page: Page) -> str:
    page.goto(f"{demo.address}/inbox/?view=promised")
    found = "links => links.map(a => a.getAttribute('href').match(/^.inbox.[0-9]+./)).find(found => found)[0]"
    return str(page.locator("a[href^='/inbox/']").locator("visible=true").evaluate_all(found))


def _week(demo: Demo, page: Page) -> str:
    page.goto(f"{demo.address}/journal/")
    return re.search(r"/journal/[^/]+/", page.url).group()


def _beside(demo: Demo, browser: Browser) -> tuple[Page, Locator]:
    """A conversation, and the rows of the list beside it."""
    page = browser.new_context(viewport={"width": 1360, "height": 900}, locale="fr-FR").new_page()
    demo.sign_in(page, HOST)
    page.locator("[data-row]").first.click()
    rows = page.locator("#list [data-row]")
    rows.first.wait_for()
    return page, rows


def test_the_list_beside_a_conversation_stays_while_one_after_the_other_is_read(demo: Demo, browser: Browser) -> None:
    page, rows = _beside(demo, browser)
    page.evaluate("window.stays = true")
    title, chosen = page.title(), rows.nth(12)
    chosen.click()
    page.wait_for_url(re.compile(re.escape(chosen.get_attribute("href"))))
    current = page.locator("#list [data-row][aria-current]")
    expect(current).to_have_attribute("href", chosen.get_attribute("href"))
    assert page.evaluate("window.stays && document.getElementById('list').scrollTop > 0"), "the page was loaded anew"
    expect(page.locator("#conversation-title")).to_be_focused()
    expect(page).not_to_have_title(title)
    page.keyboard.press("j")
    expect(rows.nth(13)).to_be_focused()
    assert not violations(page)
    page.go_back()
    expect(page).to_have_title(title)


def test_a_note_that_is_not_kept_yet_asks_before_another_conversation_is_opened(demo: Demo, browser: Browser) -> None:
    page, rows = _beside(demo, browser)
    here = page.url
    page.locator("#question").fill("Qui a la clé ?")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        rows.nth(1).click()
    page.wait_for_timeout(500)  # it is not left nevertheless
    assert asked == ["beforeunload"] and page.url == here
    assert page.locator("#question").input_value() == "Qui a la clé ?"
