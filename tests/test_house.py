"""The whole house, as a city runs it: real server, real worker, real mail servers; a citizen, an administrator, a host.

A message by e-mail and one through the form arrive in the inbox, are answered, and the answers arrive; what the citizen
writes back comes into the same conversation; the week's journal shows them.
"""

import email
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import make_msgid
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup, Tag

from portevoix.kernel.clock import week_of
from tests.public.conftest import solved
from tests.servers.mail import MailServers, mail  # noqa: F401 -- a fixture

pytestmark = pytest.mark.servers
PORTEVOIX = str(Path(sys.executable).with_name("portevoix"))
ADMINISTRATOR, PASSWORD = "helene@ville.test", "gabare-tuile-heron"
CITY, CITIZEN = "contact@ville.test", "ana@citoyen.test"
PATIENCE = 40.0


class House:
    """A city that runs: its address, and a browser without JavaScript that is signed in."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment = environment
        self.address = f"http://127.0.0.1:{port}"
        self.browser = requests.Session()
        self.browser.headers["Accept-Language"] = "fr"

    def page(self, path: str) -> BeautifulSoup:
        answer = self.browser.get(self.address + path, timeout=20)
        assert answer.ok, f"{path}: {answer.status_code}"
        return BeautifulSoup(answer.text, "html.parser")

    def send(self, page: BeautifulSoup, action: str, **typed: str) -> BeautifulSoup:
        """Fills in the form of `page` whose address ends with `action` and sends it, as a browser would."""
        form = next(f for f in page.find_all("form") if str(f.get("action") or "").endswith(action))
        answer = self.browser.post(
            requests.compat.urljoin(self.address, str(form.get("action")) or "") if form.get("action") else page.url,
            data={**filled(form), **typed},
            headers={"Referer": self.address},
            timeout=20,
        )
        assert answer.ok, f"{action}: {answer.status_code} {BeautifulSoup(answer.text, 'html.parser').get_text()[:800]}"
        return BeautifulSoup(answer.text, "html.parser")

    def sign_in(self) -> None:
        page = self.page("/sign-in/")
        token = page.find("input", {"name": "csrfmiddlewaretoken"})["value"]
        data = {"csrfmiddlewaretoken": token, "email": ADMINISTRATOR, "password": PASSWORD}
        self.browser.post(f"{self.address}/sign-in/", data=data, timeout=20, headers={"Referer": self.address})

    def row(self, words: str) -> str | None:
        """The address of the conversation in the inbox that shows these words."""
        page = self.page("/inbox/?view=all")
        for link in page.find_all("a", href=re.compile(r"^/inbox/\d+/")):
            if words in link.find_parent("li").get_text(" "):
                return re.match(r"/inbox/\d+/", link["href"]).group()
        return None


def filled(form: Tag) -> dict[str, str]:
    """What the form holds already."""
    values = {}
    for field in form.find_all(["input", "textarea", "select"]):
        if not field.get("name") or (field.get("type") in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            values[field["name"]] = chosen.get("value", "") if chosen else ""
        else:
            values[field["name"]] = field.get("value") or field.get_text()
    return values


def soon(found: Callable[[], object], what: str) -> object:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.3)
    raise AssertionError(f"{what} did not come within {PATIENCE:.0f} s")


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[None]:
    process = subprocess.Popen([PORTEVOIX, *arguments], env=environment)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15), arguments


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PORTEVOIX_", "DJANGO_"))}
    environment |= {"PORTEVOIX_HOME": str(tmp_path), "PORTEVOIX_PASSWORD": PASSWORD, "PORTEVOIX_LOG": "warning"}
    init = [PORTEVOIX, "init", "--name", "Ville", "--email", ADMINISTRATOR, "--person", "Hélène"]
    subprocess.run(init, env=environment, check=True, capture_output=True)
    with ExitStack() as stack:
        stack.enter_context(running(environment, "serve", "--port", str(port), "--live-port", str(port + 1)))
        stack.enter_context(running(environment, "work"))
        house = House(environment, port)
        soon(lambda: _answers(house), "The server")
        house.sign_in()
        yield house


def _answers(house: House) -> bool:
    try:
        return requests.get(f"{house.address}/sign-in/", timeout=5).ok
    except requests.ConnectionError:
        return False


def citizens_mail(text: str, **headers: str) -> tuple[bytes, str]:
    message = EmailMessage()
    message["From"], message["To"] = f"Ana Citoyenne <{CITIZEN}>", CITY
    message["Message-ID"] = make_msgid(domain="citoyen.test")
    for name, value in {"Subject": "Piscine", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return bytes(message), message["Message-ID"]


def received(servers: MailServers, words: str) -> Message | None:
    """The citizen's mail that holds these words."""
    for raw in servers.mailbox(CITIZEN):
        message = email.message_from_bytes(raw, policy=default)
        if words in message.get_body(("plain",)).get_content():
            return message
    return None


def connect(house: House, servers: MailServers) -> None:
    """As an administrator does: the mailbox, tried before it is saved; then the form, answered by that mailbox."""
    settings = {name: str(value) for name, value in servers.settings(CITY).items()} | {"address": CITY}
    page = house.page("/settings/channels/add/email/")
    form = page.find("input", {"name": "imap_host"}).find_parent("form")
    data = {**filled(form), **settings}
    where = f"{house.address}/settings/channels/add/email/"
    tried = house.browser.post(where, data={**data, "test": "1"}, headers={"Referer": house.address}, timeout=30)
    assert tried.ok and "INBOX" in tried.text, tried.text[-1500:]
    saved = house.browser.post(where, data={**data, "save": "1"}, headers={"Referer": house.address}, timeout=30)
    assert saved.ok and CITY in saved.text
    page = house.page("/settings/channels/form/")
    form = page.find("select", {"name": "mail_address"}) or page.find("input", {"name": "mail_address"})
    data = {**filled(form.find_parent("form")), "mail_address": CITY}
    data.setdefault("site", "ville.test")
    where = f"{house.address}/settings/channels/form/"
    opened = house.browser.post(where, data={**data, "open": "1"}, headers={"Referer": house.address}, timeout=30)
    assert opened.ok


def reply(house: House, where: str, text: str) -> None:
    house.send(house.page(where), "/reply/", text=text, reply="answer")


def test_a_citizen_is_answered_by_e_mail_and_through_the_form(house: House, mail: MailServers) -> None:  # noqa: F811
    connect(house, mail)

    # By e-mail: in, answered, back again into the same conversation.
    raw, message_id = citizens_mail("Bonjour,\nla piscine des Trois-Îles est-elle ouverte dimanche ?\n")
    mail.deliver(raw, sender=CITIZEN, to=CITY)
    where = soon(lambda: house.row("Trois-Îles"), "The e-mail")
    reply(house, where, "Bonjour, oui, de 9 h à 13 h.\nHélène, Ville")
    answer = soon(lambda: received(mail, "de 9 h à 13 h"), "The answer by e-mail")
    assert answer["In-Reply-To"] == message_id and "+" in answer["Reply-To"]
    assert answer["Subject"] == "Re: Piscine"
    raw, _ = citizens_mail("Merci beaucoup !", In_Reply_To=answer["Message-ID"], References=answer["Message-ID"])
    mail.deliver(raw, sender=CITIZEN, to=CITY)
    soon(lambda: "Merci beaucoup" in house.page(where).get_text(), "The citizen's thanks")

    # Through the form under an article: in, answered by the mailbox, back again.
    citizen = requests.Session()
    article = "https://ville.test/actualites/eclairage"
    page = BeautifulSoup(
        citizen.get(
            f"{house.address}/form/embed/", params={"url": article, "title": "L'éclairage baisse"}, timeout=20
        ).text,
        "html.parser",
    )
    form = page.find("textarea", {"name": "message"}).find_parent("form")
    challenge = citizen.get(f"{house.address}/form/challenge/", timeout=20).json()
    typed = {"message": "Ma rue est dans le noir depuis lundi.", "email": CITIZEN, "altcha": solved(challenge)}
    action = requests.compat.urljoin(f"{house.address}/form/embed/", form.get("action") or "")
    assert citizen.post(action, data={**filled(form), **typed}, timeout=20).ok
    where = soon(lambda: house.row("dans le noir"), "The form's message")
    shown = house.page(where)
    assert "L'éclairage baisse" in shown.get_text() and shown.find("a", href=article)
    reply(house, where, "Bonjour, la panne est réparée demain. Hélène")
    answer = soon(lambda: received(mail, "réparée demain"), "The answer to the form")
    raw, _ = citizens_mail(
        "Elle est réparée, merci.", Subject=f"Re: {answer['Subject']}", References=answer["Message-ID"]
    )
    mail.deliver(raw.replace(CITY.encode(), answer["Reply-To"].encode()), sender=CITIZEN, to=answer["Reply-To"])
    soon(lambda: "Elle est réparée, merci." in house.page(where).get_text(), "The answer to the answer")

    # The week's journal shows them.
    week = week_of(datetime.now(UTC), "Europe/Paris")
    journal = house.page(f"/journal/{week}/").get_text(" ")
    assert CITIZEN not in journal and "Citoyenne" not in journal
    out = Path(house.environment["PORTEVOIX_HOME"]) / "journal"
    subprocess.run(
        [PORTEVOIX, "journal", "build", "--week", week, "--out", str(out)], env=house.environment, check=True
    )
    assert (out / "index.html").exists() and "4" in journal
    doctor = subprocess.run([PORTEVOIX, "doctor"], env=house.environment, capture_output=True, check=False)
    assert f"email {CITY} is well" in doctor.stdout.decode(), doctor.stdout.decode()
