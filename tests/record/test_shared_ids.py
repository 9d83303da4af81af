"""Senders choose the ids of mails: nobody has another's mail passed over by writing under its id before it comes."""

from datetime import timedelta

import pytest

from portevoix.channels.email.parse import parse_mail
from portevoix.exchange.inbound import enrich
from portevoix.kernel.messages import Batch, Unreadable
from portevoix.record.models import Account, Envelope, Message
from portevoix.record.operations import envelopes
from portevoix.record.operations.erase import erase
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ANA, EVE = "ana@citoyen.example", "eve@evil.example"


@pytest.fixture
def account(city) -> Account:
    return Account.objects.get(channel="email")


def read(account: Account, sender: str, text: str, minute: int = 0):
    raw = f"From: {sender}\r\nMessage-ID: <same@x>\r\n\r\n{text}"
    return parse_mail(raw.encode(), account=account.address, received_at=NOW + timedelta(minutes=minute))


def store(account: Account, *mails) -> int:
    stored = envelopes.store(account, Batch(mails), now=NOW)
    enrich.enrich_envelopes(stored.waiting, now=NOW, fresh=stored.fresh)
    return stored.new


def texts() -> list[str]:
    return sorted(Message.objects.filter(external_id__startswith="same@x").values_list("text", flat=True))


@pytest.mark.parametrize("together", [True, False])
def test_two_senders_under_one_id_are_both_read_once(account, together) -> None:
    mails = read(account, EVE, "Rien."), read(account, ANA, "Au secours.")
    for _ in range(2):  # as when a mailbox is read again
        for batch in [mails] if together else [mails[:1], mails[1:]]:
            store(account, *batch)
    assert texts() == ["Au secours.", "Rien."]


def test_the_copy_of_a_mail_is_known(account) -> None:
    assert store(account, *[read(account, ANA, "Bonjour.")] * 2) == 1
    assert store(account, read(account, ANA, "Bonjour. ")) == 0
    assert texts() == ["Bonjour."]


@pytest.mark.parametrize("together", [True, False])
def test_what_a_sender_sends_under_one_id_is_read_whole_and_once(account, together) -> None:
    """As devices and forms do; the first one may be somebody else's."""
    said = [(EVE, "Rien."), *((ANA, f"Alarme {number}") for number in range(1, 4)), (EVE, "Encore rien.")]
    mails = [read(account, sender, text, minute) for minute, (sender, text) in enumerate(said)]
    for _ in range(2):
        for batch in [mails] if together else [[mail] for mail in mails]:
            store(account, *batch)
    assert texts() == sorted(text for _, text in said)


def test_what_a_mailing_list_adds_makes_no_second_mail(account) -> None:
    text = "Bonjour, le lampadaire de la rue Haute est en panne."
    store(account, read(account, ANA, f"{text}\n____\nListe des voisins", 1))
    store(account, read(account, ANA, text))
    assert len(texts()) == 1
    store(account, read(account, ANA, f"{text} Un fil pend à terre, danger !", 2))
    assert len(texts()) == 2, "what says more is another one"


def test_what_could_not_be_read_or_was_refused_keeps_no_other_out(account) -> None:
    envelopes.store(account, Batch(unreadable=(Unreadable("same@x", "Why.", "raw"),)), now=NOW)
    forged = read(account, account.address, "La ville.")
    assert forged.held
    store(account, forged, read(account, ANA, "Au secours."))
    assert texts() == ["Au secours."]


def test_what_was_erased_stays_out(account, administrator) -> None:
    store(account, read(account, ANA, "Bonjour."))
    erase(author=Message.objects.get(text="Bonjour.").author_id, by=administrator, now=NOW)
    Envelope.objects.all().delete()
    assert store(account, read(account, ANA, "Bonjour.")) == 0
    assert texts() in ([], [""])
