"""Citizens write on Bluesky, on Mastodon from another instance, by e-mail and through the form; a host answers each of
them in a browser; each citizen's own client, which is none of ours, reads the answer, once.

All servers are real: the PDS and the AppView of Bluesky, two instances of snac2 that federate, OpenSMTPD and Dovecot.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from tests.public.conftest import solved
from tests.servers.bluesky import Bluesky, bluesky  # noqa: F401 -- a fixture
from tests.servers.living import ADMINISTRATOR, PASSWORD, House, filled, living, soon
from tests.servers.mail import MailServers, mail  # noqa: F401 -- a fixture
from tests.servers.pages import IN_A_BROWSER, browsing
from tests.servers.program import copied
from tests.servers.snac import Instances, allow, snac  # noqa: F401 -- a fixture
from tests.test_house import CITIZEN, CITY, citizens_mail, connect, received

pytestmark = [*IN_A_BROWSER, pytest.mark.servers]


@pytest.fixture
def house(
    migrated_home: Path,
    tmp_path: Path,
    bluesky: Bluesky,  # noqa: F811
    snac: Instances,  # noqa: F811
    mail: MailServers,  # noqa: F811
) -> Iterator[House]:
    home = copied(migrated_home, tmp_path / "home")
    with living(home, PORTEVOIX_INTERNAL_HOSTS="localhost,127.0.0.1,ville.test,autre.test") as house:
        yield house


@pytest.fixture
def host(house: House) -> Iterator[Page]:
    """Somebody at the desk, signed in, in Chromium."""
    with ExitStack() as stack:
        page = stack.enter_context(browsing()).new_context(locale="fr-FR").new_page()
        page.goto(f"{house.address}/sign-in/")
        page.fill("[type=email]", ADMINISTRATOR)
        page.fill("[type=password]", PASSWORD)
        page.press("[type=password]", "Enter")
        page.wait_for_url(re.compile("/inbox/"))
        yield page


def connect_bluesky(house: House, servers: Bluesky, handle: str, password: str) -> None:
    where = f"{house.address}/settings/channels/add/bluesky/"
    page = house.page("/settings/channels/add/bluesky/")
    form = page.find("input", {"name": "app_password"}).find_parent("form")
    typed = {**filled(form), "address": handle, "service": servers.url, "app_password": password, "save": "1"}
    saved = house.browser.post(where, data=typed, headers={"Referer": house.address}, timeout=30)
    assert saved.ok and handle in saved.text, saved.text[-1500:]


def connect_mastodon(house: House, instances: Instances) -> None:
    """By signing in at the instance: there and back again."""
    page = house.page("/settings/channels/connect/mastodon/")
    form = page.find("input", {"name": "instance"}).find_parent("form")
    where = f"{house.address}/settings/channels/connect/mastodon/"
    typed = {**filled(form), "instance": instances.ville.base}
    asked = house.browser.post(where, data=typed, headers={"Referer": house.address}, timeout=30)
    address = BeautifulSoup(asked.text, "html.parser").find("a", rel="noreferrer")["href"]
    assert urlsplit(address).hostname == "ville.test"
    state = re.search("state=([^&]+)", address)[1]
    code = allow(address, "ville", instances.ville.password, state)
    back = f"{house.address}/settings/channels/connected/mastodon/"
    done = house.browser.get(back, params={"code": code, "state": state}, timeout=30)
    assert "@ville@ville.test" in done.text, done.text[-1500:]
    again = house.browser.get(back, params={"code": code, "state": state}, timeout=30)
    assert again.url.endswith("/connect/mastodon/"), "who comes back twice comes back to nothing"


def through_the_form(house: House, text: str) -> None:
    citizen = requests.Session()
    page = BeautifulSoup(citizen.get(f"{house.address}/form/", timeout=20).text, "html.parser")
    form = page.find("textarea", {"name": "message"}).find_parent("form")
    challenge = citizen.get(f"{house.address}/form/challenge/", timeout=20).json()
    typed = {**filled(form), "message": text, "email": CITIZEN, "altcha": solved(challenge)}
    assert citizen.post(f"{house.address}/form/", data=typed, timeout=20).ok


def answer(host: Page, house: House, words: str, text: str) -> None:
    """Finds the message in the inbox and answers it."""
    where = soon(lambda: house.row(words), f"“{words}”")
    host.goto(house.address + where)
    host.fill("textarea[name=text]", text)
    host.get_by_role("button", name=re.compile("^Envoyer")).first.click()
    host.get_by_text(text).first.wait_for()


def test_citizens_write_on_every_channel_and_each_reads_one_answer(house, host, bluesky, snac, mail) -> None:  # noqa: F811
    city, ana = bluesky.person("ville"), bluesky.person("ana")
    connect(house, mail)
    connect_bluesky(house, bluesky, city.handle, bluesky.app_password(city))
    connect_mastodon(house, snac)

    at = f"@{city.handle}"
    ana.post(f"{at} le lampadaire de la rue Haute est éteint", mentions={at: city.did})
    snac.bob.post("@ville@ville.test bonjour, quand ouvre la patinoire ?")
    raw, _ = citizens_mail("Bonjour, la piscine est-elle ouverte dimanche ?")
    mail.deliver(raw, sender=CITIZEN, to=CITY)
    through_the_form(house, "Le marché de samedi a-t-il lieu ?")

    answer(host, house, "rue Haute", "Bonjour, une équipe passe demain matin.")
    answer(host, house, "patinoire", "Bonjour, elle ouvre samedi à 10 h.")
    answer(host, house, "piscine", "Bonjour, oui, de 9 h à 13 h.")
    answer(host, house, "marché", "Bonjour, oui, place de la République.")

    def on_bluesky() -> list[str]:
        return [row["record"]["text"] for row in ana.notified() if row["author"]["did"] == city.did]

    def on_mastodon() -> list[str]:
        snac.hurry()
        told = [BeautifulSoup(status["content"], "html.parser").get_text() for status in snac.bob.notified()]
        return [text for text in told if "samedi à 10 h" in text]

    soon(on_bluesky, "The answer on Bluesky")
    soon(on_mastodon, "The answer on Mastodon")
    soon(lambda: received(mail, "de 9 h à 13 h"), "The answer by e-mail")
    soon(lambda: received(mail, "place de la République"), "The answer to the form")
    host.wait_for_timeout(12_000)  # every account has been asked once more
    assert [text.endswith("une équipe passe demain matin.") for text in on_bluesky()] == [True]
    assert len(on_mastodon()) == 1
    letters = [raw for raw in mail.mailbox(CITIZEN) if b"13 h" in raw or b"R=C3=A9publique" in raw]
    assert len(letters) == 2
    assert "une équipe passe demain matin" in house.page(house.row("rue Haute")).get_text()
