"""Two mails of one sender under one Message-ID: what the second says besides is not lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portevoix.channels.email.parse import parse_mail
from portevoix.exchange.inbound.poller import take_messages
from portevoix.kernel.messages import Batch, Incoming
from portevoix.record.models import Account, Envelope, Message
from portevoix.record.operations import close, envelopes, erase
from portevoix.record.operations.apply_retention import run_retention
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
FIRST = "Bonjour, le lampadaire de la rue Haute est casse depuis lundi, merci."
MORE = f"{FIRST} Un fil pend maintenant a terre, danger !"


def mail(sender: str, text: str) -> Incoming:
    raw = f"From: {sender}\r\nMessage-ID: <same@device>\r\n\r\n{text}".encode()
    return parse_mail(raw, account=Account.objects.get(channel="email").address, received_at=NOW)


def came(*texts: str) -> list[str]:
    for text in texts:
        list(take_messages([mail("ana@citoyen.example", text)], now=NOW))
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


def test_a_copy_is_taken_once(city) -> None:
    assert came(MORE, MORE, FIRST) == [MORE]


def test_what_says_more_is_taken(city) -> None:
    assert any("danger" in text for text in came(FIRST, MORE))


@pytest.mark.parametrize("how", ["erased", "too old", "kept out"])
def test_what_is_gone_takes_nobody_elses_mails_under_its_id_along(city, host, how) -> None:
    """A form or a device sends all mails under one id: the first of them goes, and the others still come in."""
    account = Account.objects.get(channel="email")
    first = mail("ana@citoyen.example", FIRST)
    if how == "kept out":
        envelopes.store(account, Batch((replace(first, held="Why."),)), now=NOW)
        envelopes.reject(envelope=Envelope.objects.get().pk, by=host)
    else:
        list(take_messages([first], now=NOW))
    if how == "erased":
        erase(author=Message.objects.get().author_id, by=None, now=NOW)
    else:
        close_all(host)
        for day in range(800, 805):
            while run_retention(now=NOW + timedelta(days=day)):
                pass
    list(take_messages([first, mail("bob@citoyen.example", "Au secours !")], now=NOW))
    assert set(Message.objects.values_list("text", flat=True)) - {""} == {"Au secours !"}


def close_all(host) -> None:
    for conversation in Message.objects.values_list("conversation", flat=True):
        close(conversation=conversation, by=host, now=NOW)
