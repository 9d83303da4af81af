"""Pictures in the composer, and taking a reply back, in a real browser: without JavaScript, on a phone, in the dark."""

import base64
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.pictured import HOST, PASSWORD
from tests.kernel.pictures import chunk, exif, png, segment
from tests.servers.pages import IN_A_BROWSER, UNSETTLED, browsing, prepared, signed_in, violations
from tests.servers.pages import settled as settled_after
from tests.servers.program import copied

pytestmark = IN_A_BROWSER
OWN = iter((1, 3, 4, 5))  # conversations that wait for their answer: each test begins with an empty draft of its own
ANSWERED = 2
PLAN = {"name": "plan.png", "mimeType": "image/png", "buffer": png(width=320, height=200)}
RUE = {"name": "rue.png", "mimeType": "image/png", "buffer": png(width=200, height=320)}


@pytest.fixture(scope="module")
def desk(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = copied(migrated_home, tmp_path_factory.mktemp("desk") / "home")
    with prepared(home, "tests.desk.pictured") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed(browser: Browser, desk: str) -> Any:
    return signed_in(browser, desk, f"/inbox/{ANSWERED}/", (HOST, PASSWORD), locale="fr-FR")


@pytest.fixture
def here() -> str:
    """The address of a conversation that no other test opens."""
    return f"/inbox/{next(OWN)}/"


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, desk: str, signed: Any) -> Iterator[Open]:
    """Opens a conversation in a browser of its own; all of them are closed in the end, also of a test that fails."""
    with ExitStack() as stack:

        def opened(here: str, **more: Any) -> Page:
            context = browser.new_context(base_url=desk, storage_state=signed, locale="en-GB", **more)
            stack.callback(context.close)
            page = context.new_page()
            page.route("**/live", lambda route: route.abort())
            page.goto(here)
            return page

        yield opened


def settled(page: Page) -> None:
    """Nobody chooses a file within milliseconds of seeing the field, but a test."""
    expect(page.locator(UNSETTLED)).to_have_count(0)
    settled_after(page, 150)


def shot(page: Page, name: str) -> None:
    """Pictures to look at, where somebody asked for them."""
    if folder := os.environ.get("PORTEVOIX_SHOTS"):
        page.locator("#main").screenshot(path=f"{folder}/{name}.png")
        page.screenshot(path=f"{folder}/{name}-whole.png", full_page=True)


def test_a_picture_is_chosen_described_and_removed(opened: Open, here: str) -> None:
    page = opened(here, viewport={"width": 1360, "height": 1000})
    page.fill("#reply-text", "Voici le plan du détour.")
    page.set_input_files("#pictures-files", [PLAN, RUE])
    described = page.locator("#pictures textarea").first
    expect(described).to_be_focused()
    expect(described).to_have_attribute("name", re.compile("^alt-"))
    expect(page.locator("#pictures li")).to_have_count(2)
    expect(page.locator("#reply-text")).to_have_value("Voici le plan du détour.")
    page.wait_for_function("[...document.querySelectorAll('#pictures img')].every((one) => one.naturalWidth > 100)")
    settled(page)
    with page.expect_response("**/draft/"):
        page.keyboard.type("Le plan du détour par la rue Basse")
        page.keyboard.press("Tab")
    settled_after(page)
    page.reload()
    expect(described).to_have_value("Le plan du détour par la rue Basse")
    shot(page, "composer-light")
    page.emulate_media(color_scheme="dark")
    shot(page, "composer-dark")
    page.emulate_media(color_scheme="light")
    for width in (1360, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, "composer-320")
    page.click("#pictures li:nth-child(2) button")
    expect(page.locator("#pictures li")).to_have_count(1)
    settled(page)
    page.set_input_files("#pictures-files", [{**PLAN, "name": "plan.svg", "buffer": b"<svg/>"}])
    expect(page.locator("#pictures-problem")).to_contain_text("no picture")
    expect(page.locator("#pictures li")).to_have_count(1)
    settled(page)
    page.set_input_files("#pictures-files", [{**PLAN, "buffer": PLAN["buffer"][:20] + bytes(7_000_000)}])
    expect(page.locator("#pictures-problem")).to_contain_text("has 7.1 MB; 5 MB is the most")
    page.click("#pictures li button")
    expect(page.locator("#pictures li")).to_have_count(0)


NOISE = """([kind, width, height, alpha]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height }), brush = canvas.getContext("2d");
  const pixels = brush.createImageData(width, height);
  for (let at = 0; at < pixels.data.length; at++)
    pixels.data[at] = at % 4 === 3 ? (alpha && at < pixels.data.length / 2 ? 0 : 255) : Math.random() * 256;
  brush.putImageData(pixels, 0, 0);
  return canvas.toDataURL(kind, 0.95).split(",")[1];
}"""


def noise(page: Page, kind: str, width: int, height: int, *, alpha: bool = False) -> bytes:
    """A picture that compresses badly, as the browser writes it."""
    return base64.b64decode(page.evaluate(NOISE, [kind, width, height, alpha]))


def chosen(page: Page, *files: tuple[str, str, bytes]) -> None:
    page.set_input_files("#pictures-files", [{"name": n, "mimeType": t, "buffer": b} for n, t, b in files])


def test_what_is_too_large_is_made_smaller_and_that_is_told(opened: Open, here: str) -> None:
    """The stand-in of a network takes 1 MB."""
    page = opened(here, viewport={"width": 320, "height": 900})
    photo = noise(page, "image/jpeg", 3000, 2000)
    photo = photo[:2] + segment(0xE1, b"Exif\0\0" + exif(6)) + photo[2:]  # of a telephone that was held upright
    drawing = noise(page, "image/png", 1200, 800, alpha=True)
    assert len(photo) > 5_000_000 and len(drawing) > 1_000_000
    chosen(page, ("rue.jpeg", "image/jpeg", photo), ("plan.png", "image/png", drawing))
    expect(page.locator("#pictures li")).to_have_count(2)
    told = page.locator("#pictures [role=status]")
    expect(told).to_have_count(2)
    first, second = told.all_inner_texts()
    size = f"{-(-len(photo) // 100_000) / 10:g}"
    assert first.startswith(f"“rue.jpeg” was made smaller for this network: {size} MB became")
    assert "white" not in first and second.endswith("What was transparent in it is white now.")
    expect(page.locator("#pictures img >> nth=1")).to_have_js_property("naturalWidth", 1200)
    expect(page.locator("#pictures img >> nth=0")).not_to_have_js_property("naturalWidth", 0)
    width, height = page.evaluate(
        "(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight])(document.querySelector('#pictures img'))"
    )
    assert round(height / width, 1) == 1.5 and width < 2000, "it is not the right way up, or not smaller"
    assert not violations(page) and page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, "smaller-320")
    for left in (1, 0):
        page.click("#pictures li button >> nth=0")
        expect(page.locator("#pictures li")).to_have_count(left)
        settled(page)


def test_what_moves_or_cannot_be_drawn_is_left_to_the_server(opened: Open, here: str) -> None:
    page = opened(here, viewport={"width": 900, "height": 900})
    moving = png(more=chunk(b"acTL", bytes(8)), noise=1_100_000)
    for name, content in (
        ("tourne.png", moving),
        ("boucle.gif", b"GIF89a" + bytes(1_000_100)),
        ("nu.png", bytes(6_000_000)),
    ):
        chosen(page, (name, f"image/{name[-3:]}", content))
        expect(page.locator("#pictures-problem")).to_contain_text(name)
        expect(page.locator("#pictures [role=status], #pictures li")).to_have_count(0)
        settled(page)


def test_without_javascript_it_is_attached_described_and_sent(opened: Open, here: str) -> None:
    page = opened(here, java_script_enabled=False, viewport={"width": 900, "height": 900})
    page.fill("#reply-text", "Voici la rue.")
    page.set_input_files("#pictures-files", [RUE])
    page.click("#pictures .pictures__add button")
    expect(page.locator("#pictures li")).to_have_count(1)
    expect(page.locator("#reply-text")).to_have_value("Voici la rue.")
    page.fill("#pictures textarea", "La rue Haute, barrée après la pharmacie")
    page.click(".composer .button--primary")
    expect(page.locator("#thread figure img")).to_have_attribute("alt", "La rue Haute, barrée après la pharmacie")
    expect(page.locator("#pictures li")).to_have_count(0)
    page = opened(here, viewport={"width": 320, "height": 900})
    expect(page.locator("#thread figure img")).to_have_js_property("naturalWidth", 200)
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, "sent-320")
    page.set_viewport_size({"width": 1360, "height": 900})
    shot(page, "sent")


def test_what_was_sent_is_taken_back(opened: Open) -> None:
    page = opened(f"/inbox/{ANSWERED}/", viewport={"width": 320, "height": 900})
    page.click("#thread a[href*=withdraw]")
    page.locator(".button--danger").wait_for()
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if folder := os.environ.get("PORTEVOIX_SHOTS"):
        page.screenshot(path=f"{folder}/withdraw-320.png", full_page=True)
    page.click(".button--danger")
    expect(page.locator("#thread")).to_contain_text("Being deleted on the network.")
    assert not violations(page)
    page.set_viewport_size({"width": 1360, "height": 900})
    shot(page, "withdrawn")
