"""In a browser: an account is connected by signing in at X and at Meta, refused there, and brought into service.

The networks are emulators of ours that keep to what is documented; house, worker and browser are real.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.servers.living import ADMINISTRATOR, PASSWORD, House, living, soon
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, VERIFY, serving
from tests.servers.meta_sign_in import APP
from tests.servers.pages import IN_A_BROWSER, browsing, violations
from tests.servers.program import copied
from tests.servers.x_door import emulator
from tests.servers.x_sign_in import CLIENT, CLIENT_SECRET

pytestmark = [*IN_A_BROWSER, pytest.mark.servers]
CITY = "@VilleDeValmont"


@pytest.fixture
def house(migrated_home: Path, tmp_path: Path) -> Iterator[House]:
    with living(copied(migrated_home, tmp_path / "home"), PORTEVOIX_INTERNAL_HOSTS="localhost") as house:
        yield house


@pytest.fixture
def page(house: House) -> Iterator[Page]:
    """An administrator, signed in, in Chromium."""
    with ExitStack() as stack:
        page = stack.enter_context(browsing()).new_context(locale="en-GB").new_page()
        page.goto(f"{house.address}/sign-in/")
        page.fill("[type=email]", ADMINISTRATOR)
        page.fill("[type=password]", PASSWORD)
        page.press("[type=password]", "Enter")
        page.wait_for_url(re.compile("/inbox/"))
        yield page


def elsewhere(address: str) -> str:
    """The emulator under a name of its own: another site than the house, as the networks are."""
    return address.replace("127.0.0.1", "localhost")


def go_on(page: Page, house: House, kind: str, typed: dict[str, str]) -> str:
    """From the list of channels to the network's own page; returns the address to come back to."""
    page.goto(f"{house.address}/settings/channels/connect/{kind}/")
    back = page.input_value("#back")
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    assert not violations(page)
    page.get_by_role("button", name=re.compile("^(Go on|Continuer)")).click()
    page.locator("a[rel=noreferrer]").wait_for()
    assert not violations(page)
    return back


def leave(page: Page, button: str) -> None:
    page.locator("a[rel=noreferrer]").click()
    page.get_by_role("button", name=button).click()


def pause_and_resume(page: Page, house: House) -> None:
    page.goto(f"{house.address}/settings/channels/")
    page.locator("details.menu--start > summary").click()
    page.fill("[name=why]", "The account moves tonight.")
    assert not violations(page)
    page.locator("details.menu--start .actions button").click()
    page.locator(".warnings", has_text=re.compile("Hélène.*The account moves tonight")).wait_for()
    assert not violations(page)
    page.locator("form[action$='/resume/'] button").click()
    page.locator("details.menu--start").wait_for()
    expect(page.locator(".warnings .notice")).to_have_count(0)


def test_x_is_connected_by_signing_in_and_brings_what_is_written_to_the_city(page: Page, house: House) -> None:
    with emulator() as door:
        door.address = elsewhere(door.address)
        typed = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "base": door.address}
        door.sign_in.back = {f"{house.address}/settings/channels/connected/x/"}
        assert go_on(page, house, "x", typed) in door.sign_in.back
        leave(page, "Cancel")
        page.wait_for_url(re.compile("/connect/x/$"))
        assert not door.sign_in.accesses

        door.sign_in.lives = 20  # renewed after ten seconds
        go_on(page, house, "x", typed)
        leave(page, "Authorize app")
        page.wait_for_url(re.compile("/settings/channels/$"))
        assert CITY in page.content()
        [first] = door.sign_in.accesses
        door.network.write(door.ana, f"{CITY} le lampadaire de la rue Haute est éteint")
        soon(lambda: house.row("rue Haute"), "The mention")
        soon(lambda: first not in door.sign_in.accesses and door.sign_in.accesses, "The renewal")
        door.network.write(door.ana, f"{CITY} et la place du marché ?")
        soon(lambda: house.row("place du marché"), "What is read with the renewed access")

        page.locator("a[href^='/settings/channels/']", has_text=re.compile("Change or test|Modifier")).click()
        page.locator("#bill").wait_for()
        assert not violations(page)
        pause_and_resume(page, house)

        door.sign_in.end()  # the city takes the access back on X
        soon(lambda: house.page("/inbox/").find("section", {"class": "warnings"}).find("p"), "The warning")
        page.goto(f"{house.address}/settings/channels/")
        page.locator("a[href*='connect/x/?of=']").click()
        assert page.input_value("[name=client_id]") == CLIENT and page.input_value("[name=client_secret]") == ""
        page.get_by_role("button", name=re.compile("^(Go on|Continuer)")).click()
        leave(page, "Authorize app")
        page.wait_for_url(re.compile("/settings/channels/$"))
        door.network.write(door.ana, f"{CITY} merci pour la rue Haute !")
        soon(lambda: house.row("merci pour"), "What came after it was connected again")


def test_a_page_and_its_instagram_account_are_chosen_and_connected(page: Page, house: House) -> None:
    with serving() as meta:
        meta.line.address = elsewhere(meta.line.address)
        meta.sign_in.back = {f"{house.address}/settings/channels/connected/facebook/"}
        linked = {"id": INSTAGRAM_ID, "username": "ville.de.valmont"}
        one = {"id": PAGE_ID, "name": "Valmont", "username": "valmont", "access_token": TOKEN}
        news = meta.post("La piscine rouvre.")
        meta.comment(news, "Et la patinoire ?")
        meta.sign_in.pages = [{**one, "instagram_business_account": linked}]
        typed = {"app_id": APP, "app_secret": SECRET, "verify_token": VERIFY, "graph_base": meta.base}
        assert go_on(page, house, "facebook", typed) in meta.sign_in.back
        leave(page, "Continue")
        page.wait_for_url(re.compile("/choose/facebook/$"))
        assert not violations(page)
        page.get_by_label(re.compile("valmont$")).first.check()
        page.locator("main button.button--primary").click()
        page.wait_for_url(re.compile("/settings/channels/$"))
        assert "facebook.com/valmont" in page.content() and meta.sign_in.subscribed
        soon(lambda: house.row("patinoire"), "What was there before it was connected")

        meta.comment(news, "Et la médiathèque ?")  # read again in five minutes only: what is new is pushed
        pushed = meta.push(meta.events[-1:])
        page.locator("a[href^='/settings/channels/']", has_text=re.compile("Change or test|Modifier")).click()
        told = requests.post(page.input_value("#hook"), data=pushed.body, headers=pushed.headers, timeout=20)
        assert told.ok, told.text
        soon(lambda: house.row("médiathèque"), "What was pushed")
