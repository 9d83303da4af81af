"""The composer by keyboard and by ear, in a real browser: what stands, where the focus is, what is read out."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.pictured import HOST, PASSWORD
from tests.servers.pages import IN_A_BROWSER, browsing, prepared, settled, signed_in, violations
from tests.servers.program import copied

pytestmark = IN_A_BROWSER
HERE = "/inbox/1/"
FOCUS = "document.activeElement.id || document.activeElement.tagName"
HINTED = "Votre demande est en cours d'instruction ; nous reviendrons vers vous dans les meilleurs délais. "
HINTED += "Nonobstant ce qui précède, nous vous saurions gré de bien vouloir procéder au mandatement. "
GRAVE = "Appelez Mme Martin au 06 39 98 12 34, ou écrivez à jeanne.martin@exemple.fr. "
SPOKEN = """() => {
  window.spoken = [];
  const region = document.getElementById("tone-status");
  new MutationObserver(() => window.spoken.push(region.textContent.trim()))
    .observe(region, { childList: true, characterData: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def desk(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = copied(migrated_home, tmp_path_factory.mktemp("desk") / "home")
    with prepared(home, "tests.desk.composed") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed(browser: Browser, desk: str) -> Any:
    return signed_in(browser, desk, HERE, (HOST, PASSWORD))


@pytest.fixture
def complaints() -> list[str]:
    """What the console says, but of requests that fail on purpose."""
    return []


@pytest.fixture
def page(browser: Browser, desk: str, signed: Any, complaints: list[str]) -> Iterator[Page]:
    """Claire has the conversation open, and no draft."""
    context = browser.new_context(
        base_url=desk, storage_state=signed, locale="en-GB", viewport={"width": 1360, "height": 1000}
    )
    page = context.new_page()
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.route("**/live", lambda route: route.fulfill(content_type="text/event-stream", body="retry: 60000\n\n"))
    page.goto(HERE)
    written(page, "")
    yield page
    context.close()


def written(page: Page, text: str) -> None:
    """Typed, and kept."""
    with page.expect_response("**/draft/"):
        page.fill("#reply-text", text)
        page.dispatch_event("#reply-text", "change")
    settled(page)


def shot(page: Page, name: str) -> None:
    """Pictures to look at, where somebody asked for them."""
    if folder := os.environ.get("PORTEVOIX_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_what_would_be_published_stands_first_and_is_never_closed(page: Page) -> None:
    written(page, GRAVE + HINTED)
    expect(page.locator("#tone-list li").nth(3)).to_be_attached()
    expect(page.locator("#tone-hints")).not_to_have_attribute("open", "")
    expect(page.locator("#tone-warnings")).to_contain_text("A telephone number would be published.")
    expect(page.locator("#tone-warnings")).to_contain_text("An e-mail address would be published.")
    assert "would be published" not in page.locator("#tone-list").text_content()
    above, below = (page.locator(name).bounding_box()["y"] for name in ("#tone-warnings", "#tone-summary"))
    assert above < below
    assert "tone-warnings" in page.get_attribute("#reply-text", "aria-describedby").split()
    assert not violations(page)
    shot(page, "tone-grave")


def test_focus_and_what_was_opened_survive_what_comes_in(page: Page) -> None:
    page.focus("#reply-text")
    page.keyboard.insert_text(HINTED)
    page.wait_for_selector("#tone-summary")
    page.keyboard.press("Tab")
    settled(page)
    expect(page.locator("#tone-summary")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('tone-hints').open")
    page.focus("#reply-text")
    page.keyboard.insert_text(" Procéder au mandatement.")
    settled(page)
    assert page.evaluate("document.getElementById('tone-hints').open"), "the next keystroke closed it"
    page.click("#tone-summary")
    settled(page)
    assert not page.evaluate("document.getElementById('tone-hints').open"), "the click was lost"
    assert page.evaluate(FOCUS) == "tone-summary"


def test_the_first_click_on_the_hints_opens_them(page: Page) -> None:
    """Between pressing and letting go, the field that was left is saved, and other hints come in."""
    page.focus("#reply-text")
    page.keyboard.insert_text(HINTED)
    page.wait_for_selector("#tone-summary")
    opened = page.evaluate("document.getElementById('tone-hints').open")
    page.keyboard.insert_text(" Il convient de procéder au mandatement, nonobstant.")
    box = page.locator("#tone-number").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_response("**/draft/"):
        page.mouse.down()
    page.wait_for_timeout(300)
    page.mouse.up()
    settled(page)
    assert page.evaluate("document.getElementById('tone-hints').open") is not opened


def test_it_is_told_in_few_words_and_only_when_these_change(page: Page) -> None:
    assert page.get_attribute("#tone-status", "role") == "status"
    page.evaluate(SPOKEN)
    written(page, GRAVE + HINTED)
    first = page.locator("#tone-status").inner_text()
    assert first.startswith("Personal data: 3. ") and "hints." in first
    said = page.evaluate("window.spoken.length")
    written(page, GRAVE + HINTED + " Oui.")
    written(page, GRAVE + HINTED + " Oui. Oui.")
    assert page.evaluate("window.spoken.length") == said, page.evaluate("window.spoken")
    written(page, GRAVE + HINTED + " Oui." * 60)
    assert page.locator("#tone-status").inner_text().startswith("2 posts. Personal data: 3. ")


@pytest.mark.parametrize(
    ("section", "change"),
    [("department-title", "#department"), ("labels-title", "#kind"), ("assign-title", "#to")],
)
def test_after_a_change_one_is_where_one_was_and_hears_it(page: Page, section: str, change: str) -> None:
    form = page.locator(f"section[aria-labelledby={section}] form").filter(has=page.locator(change))
    options = form.locator(f"{change} option")
    other = options.nth(1 - page.evaluate("name => document.querySelector(name).selectedIndex", change) % 2)
    page.select_option(change, other.get_attribute("value"))
    form.locator("button").focus()
    with page.expect_response(lambda response: response.request.method == "GET" and HERE in response.url):
        page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(f"#{section}")).to_be_focused()
    expect(page.locator("#said")).to_have_attribute("role", "status")
    assert page.locator("#said").inner_text().strip() == page.locator("#main .notice--good").first.inner_text()
    assert not violations(page)


def test_what_was_not_kept_is_not_said_to_be(page: Page, complaints: list[str]) -> None:
    written(page, "Bonjour,")
    expect(page.locator("#draft-state")).to_contain_text("Draft kept.")
    assert complaints == []
    page.route("**/draft/", lambda route: route.abort())
    page.fill("#reply-text", "Bonjour, la rue")
    expect(page.locator("#draft-state")).to_contain_text("The draft is not kept.")
    expect(page.locator("#draft-state")).not_to_contain_text("Draft kept.")
    page.unroute("**/draft/")
    written(page, "Bonjour, la rue Haute")
    expect(page.locator("#draft-state")).to_contain_text("Draft kept.")
    page.evaluate("document.getElementById('told').replaceChildren()")
    page.fill("#reply-text", "x" * 41_000)
    expect(page.locator("#draft-state")).to_contain_text("it has 41000 characters; 40000 is the most")
    expect(page.locator("#draft-state")).not_to_contain_text("Draft kept.")
    assert page.locator("#told").inner_text() == ""


@pytest.mark.parametrize(
    ("draft", "edge", "becomes"),
    [
        ("", "signature", "Bonjour Léo, elle rouvre lundi.\n\nLa Ville"),
        ("", "foreign", "Bonjour Léo, elle rouvre lundi."),
        ("Bonjour Ana,", "signature", "Bonjour Ana,\n\nElle rouvre lundi."),
    ],
)
def test_an_answer_comes_without_what_the_draft_has_already(page: Page, draft: str, edge: str, becomes: str) -> None:
    written(page, draft)
    page.evaluate(
        """edge => document.getElementById("doing").insertAdjacentHTML("beforeend", `<div id="given-1"><span
        data-edge="greeting">Bonjour Léo, </span>elle rouvre lundi.\n\n<span data-edge="${edge}">La Ville</span></div>
        <button type="button" data-put="given-1">Add</button>`)""",
        edge,
    )
    page.click("[data-put=given-1]")
    expect(page.locator("#reply-text")).to_have_value(becomes)
    expect(page.locator("#reply-text")).to_be_focused()


def test_what_is_typed_beside_the_form_that_is_sent_stays(page: Page) -> None:
    page.fill("#note-text", "À voir avec Odile")
    page.fill("#question", "Quand rouvre-t-elle ?")
    page.select_option("#kind", "praise")
    page.check("[name=reply][value=holding]")
    page.fill("#reply-text", "Bonjour, nous vous répondons")
    page.select_option("#valence", "well")
    with page.expect_response(lambda answer: "/inbox/1/" in answer.url and answer.request.method == "GET"):
        page.click("form:has(#valence) button")
    expect(page.locator("#valence-why")).to_contain_text("Chosen by")
    expect(page.locator("#note-text")).to_have_value("À voir avec Odile")
    expect(page.locator("#question")).to_have_value("Quand rouvre-t-elle ?")
    expect(page.locator("#kind")).to_have_value("praise")
    expect(page.locator("[name=reply][value=holding]")).to_be_checked()
    expect(page.locator("#reply-text")).to_have_value("Bonjour, nous vous répondons")
    with page.expect_response(lambda answer: "/inbox/1/" in answer.url and answer.request.method == "GET"):
        page.click("#note button")
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#question")).to_have_value("Quand rouvre-t-elle ?")


def test_a_refused_reply_leads_to_what_is_wrong_with_it(page: Page) -> None:
    written(page, "Bonjour, nous vous répondons bientôt.")
    page.check("[name=reply][value=holding]")
    page.check("[name=promise][value=other]")
    page.focus("#composer .button--primary")
    page.keyboard.press("Enter")
    expect(page.locator("#promise-error")).to_be_visible()
    expect(page.locator("#promised-at")).to_be_focused()
