"""What was sent is deleted on the network, by the same door, and stays to be read here."""

from datetime import timedelta

import pytest

from portevoix.channels.fake import FakeConnector, Fault, forget, network
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.kernel.errors import BadInput
from portevoix.kernel.messages import Change, Receipt, Visibility
from portevoix.kernel.states import EventType, State
from portevoix.record import operations
from portevoix.record.models import Conversation, Delivery, Event, Fact, Message
from portevoix.record.operations import deliveries
from portevoix.record.operations.erase import erase
from portevoix.record.queries import persons, similar
from tests.conftest import NOW, incoming

LATER = NOW + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _fresh():
    forget()
    yield
    forget()


@pytest.fixture
def pk(take, host) -> int:
    pk = take(incoming("1"))[0]
    operations.answer(conversation=pk, text="Oui, jusqu'à 20 h.", by=host, now=NOW, seen=1)
    return pk


@pytest.fixture
def sent(pk) -> Message:
    assert deliver_due(now=NOW) == 1
    return Message.objects.get(direction="out")


def test_it_is_asked_first_then_deleted_and_stays_to_be_read(desk, pk, sent):
    link = desk.page(f"/inbox/{pk}/").find("a", string=lambda text: "Delete on the network" in (text or ""))
    link = link or desk.page(f"/inbox/{pk}/").select_one("#thread a[href*=withdraw]")
    soup = desk.page(link["href"])
    assert "Oui, jusqu'à 20 h." in soup.select_one("blockquote").text and network().replies()
    before = list(Fact.objects.values("first_reply_at", "answer_at", "closed_at"))
    desk.do(link["href"])
    thread = desk.page(f"/inbox/{pk}/").select_one("#thread")
    assert "Being deleted on the network." in thread.text
    assert deliver_due(now=LATER) == 1 and not network().replies()
    thread = desk.page(f"/inbox/{pk}/").select_one("#thread")
    assert "Deleted on the network" in thread.text and "Claire had the reply deleted on the network." in thread.text
    assert thread.select_one(".said--gone .said__text").text == "Oui, jusqu'à 20 h."
    assert not thread.select("a[href*=withdraw]")
    assert Conversation.objects.get().state == State.ANSWERED
    assert list(Fact.objects.values("first_reply_at", "answer_at", "closed_at")) == before


def test_asked_twice_it_is_deleted_once(host, pk, sent):
    for _ in range(2):
        operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    assert Event.objects.filter(what=EventType.WITHDRAWN).count() == 1
    event = Event.objects.get(what=EventType.WITHDRAWN)
    assert (event.contact, event.message) == (host, sent) and event.data["left_at"] == NOW.isoformat()
    assert deliver_due(now=NOW) == 1
    assert deliver_due(now=LATER) == 0


@pytest.mark.parametrize("fault", [Fault.LATER, Fault.LOST, Fault.UNTOLD], ids=str)
def test_what_goes_wrong_is_tried_again(host, pk, sent, fault):
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    network().fail(fault)
    assert deliver_due(now=NOW) == 0
    row = Delivery.objects.get()
    assert (row.state, row.reason is None) == ("due", False)
    assert deliver_due(now=LATER) == 1
    assert not network().replies() and Delivery.objects.get().state == "sent"


@pytest.mark.parametrize("replies", [False, True])
def test_an_erasure_of_the_citizen_does_not_cancel_it(desk, host, administrator, pk, sent, replies):
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    network().fail(Fault.LATER)
    assert deliver_due(now=NOW) == 0
    citizen = Message.objects.get(direction="in").author_id
    assert persons.person_data(citizen).counts["deliveries"] == 0
    assert erase(author=citizen, by=administrator, now=NOW, replies=replies)["deliveries"] == 0
    assert "Being deleted on the network." in desk.page(f"/inbox/{pk}/").select_one("#thread").text
    assert deliver_due(now=LATER) == 1 and not network().replies()


def test_a_process_that_dies_over_it_leaves_it_to_the_next(host, pk, sent):
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    Delivery.objects.update(state="sending", leased_until=NOW)
    assert deliver_due(now=LATER) == 1
    assert not network().replies()


def test_a_network_that_refuses_leaves_it_to_a_person(desk, administrator, sign_in, host, pk, sent):
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    network().fail(Fault.REFUSED)
    assert deliver_due(now=NOW) == 0
    thread = desk.page(f"/inbox/{pk}/").select_one("#thread")
    assert "It still stands on the network. The network refuses it." in " ".join(thread.text.split())
    desk.do(f"/inbox/aside/reply/{Delivery.objects.get().pk}/again/")
    assert deliver_due(now=LATER) == 1 and not network().replies()


def test_what_is_too_early_or_not_ours_is_told(desk, host, pk, take):
    message = Message.objects.get(direction="out")
    with pytest.raises(BadInput, match="has not left"):
        operations.withdraw(conversation=pk, message=message.pk, by=host, now=NOW)
    with pytest.raises(BadInput, match="not sent from here"):
        operations.withdraw(conversation=pk, message=Message.objects.get(direction="in").pk, by=host, now=NOW)
    assert "has not left" in desk.do(f"/inbox/{pk}/withdraw/{message.pk}/", 422).select_one("#problem").text
    assert not desk.page(f"/inbox/{pk}/").select("#thread a[href*=withdraw]")


def test_what_a_network_does_not_take_back_is_not_offered_and_told(desk, host, pk, sent, monkeypatch):
    """As Meta's networks do with private messages."""
    monkeypatch.setattr(FakeConnector, "deletable", frozenset({Visibility.PUBLIC}), raising=False)
    assert desk.page(f"/inbox/{pk}/").select("#thread a[href*=withdraw]")
    Message.objects.filter(pk=sent.pk).update(visibility=Visibility.PRIVATE)
    assert not desk.page(f"/inbox/{pk}/").select("#thread a[href*=withdraw]")
    told = desk.do(f"/inbox/{pk}/withdraw/{sent.pk}/", 422).select_one("#problem").text
    assert "Send another one that sets it right" in told and Delivery.objects.get().kind == "send"


def test_what_the_network_tells_of_it_then_empties_nothing(host, pk, sent, take):
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    deliver_due(now=NOW)
    gone = incoming(sent.external_id, "", change=Change.RETRACT, revision=1, sent_at=NOW)
    take(gone)
    sent.refresh_from_db()
    assert (sent.text, sent.retracted_at, sent.revision) == ("Oui, jusqu'à 20 h.", None, 1)
    assert not Event.objects.filter(what=EventType.RETRACTED).exists()


def test_an_attempt_of_before_does_not_pass_for_the_deletion(host, pk, sent):
    late = Delivery.objects.get()
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    deliveries.record_sent(late, Receipt(sent.external_id), now=LATER)
    assert Delivery.objects.get().state == "due"


def test_it_is_offered_for_no_other_reply(host, pk, sent):
    asked = [Message.objects.get(direction="in")]
    assert similar.answers(asked) == [(asked[0], sent)]
    operations.withdraw(conversation=pk, message=sent.pk, by=host, now=NOW)
    assert similar.answers(asked) == []


def test_a_reader_may_not(contact_of, sign_in, pk, sent):
    sign_in(contact_of("sports")).page(f"/inbox/{pk}/withdraw/{sent.pk}/", 403)
