"""Two mails of one sender under one Message-ID: what the second says besides is not lost."""

import pytest

from portevoix.channels.email.parse import parse_mail
from portevoix.exchange.inbound.poller import take_messages
from portevoix.record.models import Account, Message
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
FIRST = "Bonjour, le lampadaire de la rue Haute est casse depuis lundi, merci."
MORE = f"{FIRST} Un fil pend maintenant a terre, danger !"


def came(*texts: str) -> list[str]:
    address = Account.objects.get(channel="email").address
    for text in texts:
        raw = f"From: ana@citoyen.example\r\nMessage-ID: <same@device>\r\n\r\n{text}".encode()
        list(take_messages([parse_mail(raw, account=address, received_at=NOW)], now=NOW))
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


def test_a_copy_is_taken_once(city) -> None:
    assert came(MORE, MORE, FIRST) == [MORE]


def test_what_says_more_is_taken(city) -> None:
    assert any("danger" in text for text in came(FIRST, MORE))
