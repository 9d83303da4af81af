"""Any id can be named in a mail: nobody reads what somebody else is answered in private."""

import pytest
from django.urls import reverse

from portevoix.channels.email.compose import compose, recipient
from portevoix.channels.email.parse import parse_mail
from portevoix.exchange.inbound import enrich
from portevoix.kernel.messages import Batch
from portevoix.record import operations
from portevoix.record.models import Account, Delivery, Message
from portevoix.record.operations import deliveries, envelopes
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ANA, EVE = "ana@citoyen.example", "eve@evil.example"


@pytest.fixture
def mailed(city):
    """What takes one mail in, and returns the number of its conversation."""
    account = Account.objects.get(channel="email")

    def take(number: str, sender: str, *, answers: str = "", refers: str = "") -> int:
        heads = [f"From: {sender}", f"Message-ID: <{number}@x>"]
        heads += [f"In-Reply-To: <{answers}>"] if answers else []
        heads += [f"References: <{refers or answers}>"] if refers or answers else []
        raw = "\r\n".join([*heads, "", f"Question {number}"]).encode()
        read = parse_mail(raw, account=account.address, received_at=NOW)
        stored = envelopes.store(account, Batch((read,)), now=NOW)
        enrich.run(stored.waiting, now=NOW, fresh=stored.fresh)
        row = Message.objects.get(external_id__startswith=read.external_id, author__external_id=sender)
        return row.conversation_id

    return take


def reply(conversation: int, host, text: str = "Voici.") -> Delivery:
    message = operations.answer(conversation=conversation, text=text, by=host, now=NOW, seen=version(conversation))
    return Delivery.objects.get(message=message)


def version(conversation: int) -> int:
    return Message.objects.filter(conversation=conversation).first().conversation.version


def to(delivery: Delivery) -> str:
    return recipient(deliveries.outgoing(delivery))


def test_two_readers_of_one_newsletter_have_a_conversation_each(mailed, host) -> None:
    first = {who: mailed(f"{who[:3]}1", who, answers="newsletter@x") for who in (EVE, ANA)}
    again = {who: mailed(f"{who[:3]}2", who, answers=f"{who[:3]}1@x", refers="newsletter@x") for who in (ANA, EVE)}
    more = {who: mailed(f"{who[:3]}3", who, answers="newsletter@x") for who in (ANA, EVE)}
    assert first[ANA] != first[EVE]
    assert first == again == more
    assert {to(reply(pk, host)): pk for pk in first.values()} == first


def test_who_names_a_mail_of_somebody_else_begins_a_conversation(mailed) -> None:
    hers = mailed("ana", ANA)
    assert mailed("eve", EVE, answers="ana@x") != hers
    assert mailed("eve2", EVE, refers="ana@x") != hers
    assert mailed("ana2", ANA, answers="ana@x") == hers


def test_answers_that_came_before_what_they_answer_stay_with_their_authors(mailed) -> None:
    theirs = mailed("eve", EVE, answers="ana@x")
    early = mailed("early", ANA, answers="ana@x")
    assert mailed("ana", ANA) == early != theirs


def test_who_was_passed_the_citys_answer_on_is_answered_themselves(mailed, host, client) -> None:
    hers = mailed("ana", ANA)
    sent = reply(hers, host)
    Message.objects.filter(pk=sent.message_id).update(external_id="ours@ville")
    assert mailed("eve", EVE, answers="ours@ville", refers="ana@x") == hers
    client.force_login(host)
    page = client.get(reverse("desk:conversation", args=[hers])).content.decode()
    assert f"Votre réponse à {EVE}" in page
    late = reply(hers, host, "Pour vous.")
    mailed("ana2", ANA, answers="ana@x")
    assert (to(sent), to(late)) == (ANA, EVE)


def test_who_wrote_under_an_id_first_keeps_nobody_from_their_own_conversation(mailed, host) -> None:
    theirs, hers = mailed("same", EVE), mailed("same", ANA)
    assert theirs != hers
    assert [mailed("ana2", ANA, answers="same@x"), mailed("eve2", EVE, answers="same@x")] == [hers, theirs]
    sent = deliveries.outgoing(reply(hers, host))
    mail = compose(sent, sender="contact@ville.example", from_name="")
    assert (mail["To"].addresses[0].addr_spec, mail["References"]) == (ANA, "<same@x> <ana2@x>")
