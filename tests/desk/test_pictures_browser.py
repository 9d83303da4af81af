"""Pictures in the composer, and taking a reply back, in a real browser: without JavaScript, on a phone, in the dark."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.pictured import HOST, PASSWORD
from tests.kernel.pictures import chunk, exif, png, segment
from tests.servers.pages import IN_A_BROWSER, browsing, prepared, signed_in, violations
from tests.servers.program import copied

pytestmark = IN_A_BROWSER
HERE = "/inbox/1/"
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
    return signed_in(browser, desk, HERE, (HOST, PASSWORD), locale="fr-FR")


def opened(browser: Browser, desk: str, signed: Any, **more: Any) -> Page:
    context = browser.new_context(base_url=desk, storage_state=signed, locale="en-GB", **more)
    page = context.new_page()
    page.route("**/live", lambda route: route.abort())
    page.goto(HERE)
    return page


def settled(page: Page) -> None:
    """What came in has its handlers: nobody chooses a file within milliseconds of seeing the field, but a test."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    page.wait_for_timeout(150)


def shot(page: Page, name: str) -> None:
    """Pictures to look at, where somebody asked for them."""
    if folder := os.environ.get("PORTEVOIX_SHOTS"):
        page.locator("#main").screenshot(path=f"{folder}/{name}.png")
        page.screenshot(path=f"{folder}/{name}-whole.png", full_page=True)


def test_a_picture_is_chosen_described_and_removed(browser: Browser, desk: str, signed: Any) -> None:
    page = opened(browser, desk, signed, viewport={"width": 1360, "height": 1000})
    page.fill("#reply-text", "Voici le plan du détour.")
    page.set_input_files("#pictures-files", [PLAN, RUE])
    page.wait_for_selector("#pictures li")
    assert page.evaluate("document.activeElement.name.slice(0, 4)") == "alt-"
    assert page.input_value("#reply-text") == "Voici le plan du détour."
    assert page.evaluate("[...document.querySelectorAll('#pictures img')].every((one) => one.naturalWidth > 100)")
    page.keyboard.type("Le plan du détour par la rue Basse")
    page.keyboard.press("Tab")
    page.wait_for_timeout(1500)  # what was typed is saved after 700 ms
    settled(page)
    page.reload()
    assert page.input_value("#pictures textarea >> nth=0") == "Le plan du détour par la rue Basse"
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
    page.wait_for_selector("#pictures-problem")
    assert "no picture" in page.inner_text("#pictures-problem") and page.locator("#pictures li").count() == 1
    settled(page)
    page.set_input_files("#pictures-files", [{**PLAN, "buffer": PLAN["buffer"][:20] + bytes(7_000_000)}])
    expect(page.locator("#pictures-problem")).to_contain_text("has 7.1 MB; 5 MB is the most")
    page.click("#pictures li button")
    expect(page.locator("#pictures li")).to_have_count(0)
    page.context.close()


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


def test_what_is_too_large_is_made_smaller_and_that_is_told(browser: Browser, desk: str, signed: Any) -> None:
    """The stand-in of a network takes 1 MB."""
    page = opened(browser, desk, signed, viewport={"width": 320, "height": 900})
    photo = noise(page, "image/jpeg", 3000, 2000)
    photo = photo[:2] + segment(0xE1, b"Exif\0\0" + exif(6)) + photo[2:]  # of a telephone that was held upright
    drawing = noise(page, "image/png", 1200, 800, alpha=True)
    assert len(photo) > 5_000_000 and len(drawing) > 1_000_000
    chosen(page, ("rue.jpeg", "image/jpeg", photo), ("plan.png", "image/png", drawing))
    expect(page.locator("#pictures li")).to_have_count(2, timeout=20_000)
    first, second = page.locator("#pictures [role=status]").all_inner_texts()
    size = f"{-(-len(photo) // 100_000) / 10:g}"
    assert first.startswith(f"“rue.jpeg” was made smaller for this network: {size} MB became")
    assert "white" not in first and second.endswith("What was transparent in it is white now.")
    expect(page.locator("#pictures img >> nth=1")).to_have_js_property("naturalWidth", 1200)
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
    page.context.close()


def test_what_moves_or_cannot_be_drawn_is_left_to_the_server(browser: Browser, desk: str, signed: Any) -> None:
    page = opened(browser, desk, signed, viewport={"width": 900, "height": 900})
    moving = png(more=chunk(b"acTL", bytes(8)), noise=1_100_000)
    for name, content in (
        ("tourne.png", moving),
        ("boucle.gif", b"GIF89a" + bytes(1_000_100)),
        ("nu.png", bytes(6_000_000)),
    ):
        chosen(page, (name, f"image/{name[-3:]}", content))
        expect(page.locator("#pictures-problem")).to_contain_text(name)
        assert not page.locator("#pictures [role=status]").count() and not page.locator("#pictures li").count()
        settled(page)
    page.context.close()


def test_without_javascript_it_is_attached_described_and_sent(browser: Browser, desk: str, signed: Any) -> None:
    page = opened(browser, desk, signed, java_script_enabled=False, viewport={"width": 900, "height": 900})
    page.fill("#reply-text", "Voici la rue.")
    page.set_input_files("#pictures-files", [RUE])
    page.click("#pictures .pictures__add button")
    assert page.input_value("#reply-text") == "Voici la rue."
    page.fill("#pictures textarea", "La rue Haute, barrée après la pharmacie")
    page.click(".composer .button--primary")
    expect(page.locator("#thread figure img")).to_have_attribute("alt", "La rue Haute, barrée après la pharmacie")
    expect(page.locator("#pictures li")).to_have_count(0)
    page.context.close()
    page = opened(browser, desk, signed, viewport={"width": 320, "height": 900})
    expect(page.locator("#thread figure img")).to_have_js_property("naturalWidth", 200)
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, "sent-320")
    page.set_viewport_size({"width": 1360, "height": 900})
    shot(page, "sent")
    page.context.close()


def test_what_was_sent_is_taken_back(browser: Browser, desk: str, signed: Any) -> None:
    page = opened(browser, desk, signed, viewport={"width": 320, "height": 900})
    page.goto("/inbox/2/")
    page.click("#thread a[href*=withdraw]")
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    if folder := os.environ.get("PORTEVOIX_SHOTS"):
        page.screenshot(path=f"{folder}/withdraw-320.png", full_page=True)
    page.click(".button--danger")
    expect(page.locator("#thread")).to_contain_text("Being deleted on the network.")
    assert not violations(page)
    page.set_viewport_size({"width": 1360, "height": 900})
    shot(page, "withdrawn")
    page.context.close()
