"""Names, addresses and ids that a sender chooses: nobody is taken for another, and nothing of theirs is lost."""

import pytest

from portevoix.channels.email.parse import parse_mail
from portevoix.kernel.messages import Batch
from portevoix.record.models import Envelope, Message
from portevoix.record.operations import accounts, envelopes
from tests.conftest import NOW
from tests.desk.conftest import sign_in

__all__ = ["sign_in"]  # a fixture
pytestmark = pytest.mark.django_db
CITY = "contact@testville.example"
VICTIM, IMPOSTOR = "marie@citoyen.example", "eve@elsewhere.example"
TURNS = "\u202e"
"""What follows it is shown from right to left."""


def mail(sender: str, key: str = "k1@elsewhere.example", text: str = "Quel est mon dossier ?", **headers: str):
    told = {"From": sender, "To": CITY, "Subject": "s", "Message-ID": f"<{key}>", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    return parse_mail(raw, account=CITY, received_at=NOW)


def composer(take, desk, sender: str, **headers: str) -> str:
    """What the page says above the reply's text."""
    [conversation] = take(mail(sender, **headers))
    return desk.page(f"/inbox/{conversation}/").find("label", {"for": "reply-text"}).get_text()


def test_the_composer_names_no_address_but_the_one_that_the_reply_goes_to(take, host, sign_in) -> None:
    label = composer(take, sign_in(host), f'"{VICTIM}" <{IMPOSTOR}>')
    assert VICTIM not in label


def test_the_composer_says_the_address_that_a_private_reply_goes_to(take, host, sign_in) -> None:
    label = composer(take, sign_in(host), f"Marie Dupont <{VICTIM}>", **{"Reply-To": IMPOSTOR})
    assert IMPOSTOR in label


def test_no_name_turns_what_stands_beside_it(take, host, sign_in) -> None:
    assert TURNS not in composer(take, sign_in(host), f"=?utf-8?q?Marie=E2=80=AE?= <{IMPOSTOR}>")


def test_two_mails_of_one_sender_under_one_id_are_two(city) -> None:
    account = accounts.get_or_create(channel="email", address=CITY)
    for text in ("La première.", "La seconde."):
        envelopes.store(account, Batch((mail(VICTIM, text=text),)), now=NOW)
    assert Envelope.objects.count() == 2


def test_the_same_mail_again_is_one(city) -> None:
    account = accounts.get_or_create(channel="email", address=CITY)
    for _ in range(2):
        envelopes.store(account, Batch((mail(VICTIM),)), now=NOW)
    assert Envelope.objects.count() == 1 and not Message.objects.exists()
