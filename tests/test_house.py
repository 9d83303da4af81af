"""The whole house, as a city runs it: real server, real worker, real mail servers; a citizen, an administrator, a host.

A message by e-mail and one through the form arrive in the inbox, are answered, and the answers arrive; what the citizen
writes back comes into the same conversation; the week's journal shows them.
"""

import email
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import make_msgid
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup

from portevoix.kernel.clock import week_of
from tests.public.conftest import solved
from tests.servers.living import House, filled, living, reply, soon
from tests.servers.mail import MailServers, mail  # noqa: F401 -- a fixture
from tests.servers.program import PORTEVOIX, copied

pytestmark = pytest.mark.servers
CITY, CITIZEN = "contact@ville.test", "ana@citoyen.test"


@pytest.fixture
def house(migrated_home: Path, tmp_path: Path) -> Iterator[House]:
    with living(copied(migrated_home, tmp_path / "home")) as house:
        yield house


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
