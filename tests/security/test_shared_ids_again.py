"""Two mails of one sender under one Message-ID: what the second says besides is not lost."""

import pytest

from portevoix.exchange.inbound.poller import take_messages
from portevoix.record.models import Message
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
FIRST = "Bonjour, le lampadaire de la rue Haute est cassé depuis lundi, merci."
MORE = f"{FIRST} Un fil électrique pend maintenant à terre, danger !"


def came(*texts: str) -> list[str]:
    for text in texts:
        list(take_messages([incoming("one@device.example", text, id_by_author=True)], now=NOW))
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


def test_a_copy_is_taken_once(city) -> None:
    assert came(MORE, MORE, FIRST) == [MORE]


@pytest.mark.xfail(strict=True, reason="whatever holds the other's text counts as a copy of it")
def test_what_says_more_is_taken(city) -> None:
    assert any("danger" in text for text in came(FIRST, MORE))
