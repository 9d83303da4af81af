"""Whoever asks for answers elsewhere in somebody's name gets nobody's answers but their own."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from portevoix.channels.email.compose import recipient
from portevoix.channels.email.parse import parse_mail
from portevoix.exchange.inbound import enrich
from portevoix.kernel.messages import Batch, Unreadable
from portevoix.record import operations
from portevoix.record.models import Account, Author, Conversation, Delivery, Envelope, Message
from portevoix.record.operations import deliveries, envelopes
from portevoix.record.operations.erase import erase
from portevoix.record.queries.persons import addresses, pending_envelopes, person_data
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ANA, EVE, BOB, FORM = "ana@citoyen.example", "eve@evil.example", "bob@citoyen.example", "formulaire@ville.example"


@pytest.fixture
def mailed(city):
    """What takes mails in, each from one address and perhaps with another one for answers."""
    account = Account.objects.get(channel="email")

    def take(*mails: tuple[str, str]) -> list[Conversation]:
        before = list(Conversation.objects.values_list("pk", flat=True))
        for number, (sender, elsewhere) in enumerate(mails, len(before)):
            asked = f"Reply-To: {elsewhere}\r\n" if elsewhere else ""
            raw = f"From: {sender}\r\n{asked}Message-ID: <{number}@x>\r\n\r\nBonjour, {number} ?"
            read = parse_mail(raw.encode(), account=account.address, received_at=NOW)
            stored = envelopes.store(account, Batch((read,)), now=NOW)
            enrich.enrich_envelopes(stored.waiting, now=NOW, fresh=stored.fresh)
        return list(Conversation.objects.exclude(pk__in=before).order_by("pk"))

    return take


def answered(conversation: Conversation, host) -> str:
    """The address that a reply goes to."""
    operations.answer(conversation=conversation.pk, text="Voici.", by=host, now=NOW, seen=99)
    return recipient(deliveries.outgoing(Delivery.objects.get(message__conversation=conversation)))


def test_nobody_turns_the_answers_to_others_towards_themselves(mailed, host) -> None:
    told = mailed((ANA, EVE), (ANA, ""), (ANA.upper(), ANA), (ANA, BOB))
    assert [answered(each, host) for each in told] == [EVE, ANA, ANA, BOB]
    assert [row.sender for row in Author.objects.order_by("pk")] == [ANA, "", ANA]


def test_each_visitor_of_a_form_that_writes_under_one_name_is_answered(mailed, host) -> None:
    told = mailed((FORM, ANA), (FORM, BOB), (FORM, ANA))
    assert [answered(each, host) for each in told] == [ANA, BOB, ANA]
    assert told[0].author == told[2].author


def test_hosts_see_who_sent_it_and_where_the_answer_goes(mailed, host, client) -> None:
    client.force_login(host)
    asked, plain = mailed((ANA, EVE), (BOB, ""))
    page = client.get(f"/inbox/{asked.pk}/", headers={"accept-language": "en"}).content.decode()
    assert f"Sent by {ANA}, who asks for replies at {EVE}" in page
    assert "who asks for replies" not in client.get(f"/inbox/{plain.pk}/").content.decode()


def test_both_addresses_are_those_of_the_person(mailed) -> None:
    asked, plain = mailed((ANA, EVE), (ANA, ""))
    assert addresses([asked.author]) == [EVE, ANA]
    for one, other in ((asked, plain), (plain, asked)):
        assert [row.pk for row in person_data(one.author.pk).alike] == [other.author.pk]


def test_what_others_wrote_is_nobody_elses_to_take_away_or_to_take_along(mailed, host, city) -> None:
    """Addresses are whole ones, and those alone that nobody else is known by."""
    account = Account.objects.get(channel="email")
    short, asked = mailed(("e@o", ""), (ANA, EVE))
    others = mailed(("anne-marie@o", ""), (ANA, ""))
    written = f"De anne-marie@o, sophie@orange.example, {ANA} et {account.address}"
    Message.objects.filter(conversation__in=others).update(quoted=written)
    heads = {"zoe": "From: sophie@orange.example\nTo: x\n\n", "ana": f"From: Ana <{ANA}>\n\nde e@o"}
    unread = [Unreadable(name, "Broken.", head) for name, head in heads.items()]
    envelopes.store(account, Batch(unreadable=tuple(unread)), now=NOW)
    assert [row.external_id for each in (short, asked) for row in pending_envelopes(each.author)] == []
    assert [row.external_id for row in pending_envelopes(others[1].author)] == ["ana"]
    for each in (short, asked):
        erase(author=each.author.pk, by=None, now=NOW)
    assert set(Message.objects.filter(conversation__in=others).values_list("quoted", flat=True)) == {written}
    assert Envelope.objects.filter(external_id__in=heads).count() == 2


def test_whom_an_older_version_knew_under_one_address_is_apart_from_then_on(mailed, host) -> None:
    (before,) = mailed((ANA, EVE))
    Author.objects.update(external_id=ANA)
    import_module("portevoix.record.migrations.0023_answers_elsewhere").part(apps, connection.schema_editor())
    (after,) = mailed((ANA, ""))
    assert [answered(each, host) for each in (before, after)] == [EVE, ANA]
