"""Nothing lost, nothing twice: what comes of each way in which a message or a reply could be."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from portevoix.exchange.inbound import enrich, poller
from portevoix.exchange.outbound.delivery import MOST_ATTEMPTS, deliver_due
from portevoix.kernel.errors import Conflict, Refused, TryLater, Uncertain
from portevoix.kernel.messages import Batch, Change, Direction, Receipt, Writer
from portevoix.record import operations as do
from portevoix.record.models import Account, Conversation, Delivery, Envelope, Event, Message
from portevoix.record.operations import accounts, deliveries, envelopes
from tests.conftest import NOW, incoming
from tests.exchange.test_exchange import SOON, net, raising, replied, state  # noqa: F401 -- fixtures too

pytestmark = pytest.mark.django_db
LATER = SOON + timedelta(minutes=6)


# Out: whoever may have sent it is asked for, never sent again blindly.


@pytest.mark.parametrize("error", [TryLater("The network rests."), Refused("The token has expired.", pause=True)])
def test_while_a_vanished_sender_cannot_be_asked_for_nothing_is_sent(replied, net, error) -> None:  # noqa: F811
    deliveries.claim(now=SOON)  # and its process dies here
    net.find = raising(error)
    assert deliver_due(now=LATER) == 0 and net.sent == []
    net.find = lambda message: Receipt("it-had-arrived")
    if isinstance(error, Refused):
        assert deliver_due(now=LATER + timedelta(hours=2)) == 0, "of a paused account nothing is asked"
        accounts.resume(account=replied.message.account_id, by=None, now=LATER)
    assert deliver_due(now=LATER + timedelta(hours=2)) == 1
    assert net.sent == [] and state(replied) == "sent"


def test_an_uncertain_send_is_asked_for_again_once_the_network_answers(replied, net) -> None:  # noqa: F811
    net.send, net.find = raising(Uncertain("No answer.")), raising(TryLater("The network rests."))
    assert deliver_due(now=SOON) == 0 and state(replied) == "sending"
    assert replied.reason["text"] == "The network rests."
    net.find = lambda message: None
    net.send = lambda message: Receipt("x")
    assert deliver_due(now=LATER) == 1 and net.sent == [replied.key]


def test_what_stays_in_doubt_waits_for_a_person_in_the_end(replied, net) -> None:  # noqa: F811
    deliveries.claim(now=SOON)
    net.find = raising(TryLater("The network rests."))
    for hour in range(1, MOST_ATTEMPTS + 1):
        deliver_due(now=SOON + timedelta(hours=2 * hour))
    assert state(replied) == "uncertain" and net.sent == []


def test_a_reply_of_which_the_process_dies_waits_for_a_person(replied, net) -> None:  # noqa: F811
    def die(message):
        raise SystemExit

    net.send = die
    for hour in range(MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            deliver_due(now=SOON + timedelta(hours=hour))
    assert deliver_due(now=SOON + timedelta(days=1)) == 0
    assert state(replied) == "uncertain" and "ended before it could say" in replied.reason["text"]


def test_a_fault_of_ours_while_sending_is_for_a_person_to_see(replied, net) -> None:  # noqa: F811
    net.send = raising(KeyError("to"))
    assert deliver_due(now=SOON) == 0
    assert state(replied) == "uncertain" and replied.reason["values"] == {"kind": "KeyError"}


def test_who_comes_late_changes_nothing_but_what_is_true(replied, net) -> None:  # noqa: F811
    """A sender was slow beyond its lease; somebody else has claimed the delivery and settled it."""
    [slow] = deliveries.claim(now=SOON)
    net.find = lambda message: Receipt("found")
    assert deliver_due(now=LATER) == 1
    deliveries.record_postponement(slow, TryLater("Too late."), again_at=LATER)
    deliveries.record_refusal(slow, Refused("Too late."))
    deliveries.record_uncertainty(slow, Uncertain("Too late."))
    assert state(replied) == "sent" and deliver_due(now=LATER + timedelta(days=1)) == 0


def test_who_comes_late_and_did_send_is_believed(replied, net) -> None:  # noqa: F811
    [slow] = deliveries.claim(now=SOON)
    net.find = raising(Uncertain("Nobody knows."))
    deliver_due(now=LATER)
    assert state(replied) == "uncertain"
    deliveries.record_sent(slow, Receipt("x"), now=LATER)
    assert state(replied) == "sent" and Message.objects.get(direction="out").external_id == "x"


def test_a_reply_of_ours_that_the_network_shows_is_the_same_message(replied, net) -> None:  # noqa: F811
    deliver_due(now=SOON)
    sent = Message.objects.get(direction="out")
    shown = incoming(sent.external_id, "Oui.", direction=Direction.OUT, author=Writer("us"), in_reply_to="m1")
    list(poller.take_messages([shown], now=LATER))
    assert Message.objects.get(direction="out") == sent
    assert not Envelope.objects.filter(external_id=sent.external_id).exists(), "what is known is not stored again"
    assert Event.objects.filter(what="answered").count() == 1


def test_a_reply_that_the_network_shows_before_it_is_known_as_sent(replied, net) -> None:  # noqa: F811
    shown = incoming("theirs", "Oui.", direction=Direction.OUT, author=Writer("us"), in_reply_to="m1")

    def send(message):
        list(poller.take_messages([shown], now=SOON))
        return Receipt("theirs", "https://network.example/theirs")

    net.send = send
    assert deliver_due(now=SOON) == 1 and state(replied) == "sent"
    assert Message.objects.filter(external_id="theirs").count() == 1


def test_from_one_page_one_reply_leaves(take, host, other_host) -> None:
    [pk] = take(incoming())
    seen = Conversation.objects.get(pk=pk).version
    first = do.answer(conversation=pk, text="Oui.", by=host, now=SOON, seen=seen)
    assert do.answer(conversation=pk, text=" Oui.\n", by=host, now=LATER, seen=seen) == first
    for text, by in (("Oui.", other_host), ("Oui, dimanche aussi.", host)):
        with pytest.raises(Conflict, match="Claire replied"):
            do.answer(conversation=pk, text=text, by=by, now=LATER, seen=seen)
    assert Delivery.objects.count() == Message.objects.filter(direction="out").count() == 1


# In: what cannot be taken is set aside with its reason, and holds up nothing.


def test_what_the_database_does_not_take_is_set_aside_and_holds_up_nothing(city) -> None:
    """A connector that does not keep to the contract."""
    account = accounts.get_or_create(channel="x", address="@testville")
    broken = [
        replace(incoming("m2"), revision=-1),
        incoming("m3", revision=2**70),
        incoming("half a character: \ud800"),
        incoming("m5", labels={"at": NOW}),
    ]
    if connection.vendor == "postgresql":
        broken += [incoming("null: \0"), incoming("m7", "null: \0"), incoming("long" * 300)]
    batch = Batch((incoming("m1"), *broken, incoming("m9")), cursor="7")
    stored = envelopes.store(account, batch, now=NOW)
    assert stored.new == len(batch.messages) and len(stored.waiting) == 2
    enrich.enrich_envelopes(stored.waiting, now=NOW)
    assert set(Message.objects.values_list("external_id", flat=True)) == {"m1", "m9"}
    aside = Envelope.objects.filter(state="quarantined")
    assert aside.count() == len(broken) and all(row.reason["values"]["why"] for row in aside)
    assert Account.objects.get(pk=account.pk).cursor == "7"
    assert envelopes.store(account, batch, now=NOW).new == 0, "and is known the next time"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database knows no such limit")
def test_what_goes_beyond_the_limits_of_postgresql_holds_up_nothing(city) -> None:
    """psycopg says of it what it says of a database that is gone."""
    letters = random.Random(1)
    endless = "".join(chr(letters.randrange(0x20000, 0x2A000)) for _ in range(1000))
    list(poller.take_messages([incoming("m1"), incoming("m2", in_reply_to=endless), incoming("m3")], now=NOW))
    assert set(Message.objects.values_list("external_id", flat=True)) == {"m1", "m3"}
    assert "index row" in Envelope.objects.get(state="quarantined").reason["values"]["why"]
    list(poller.take_messages([incoming(endless), incoming("m4")], now=NOW))
    assert Message.objects.count() == 3 and Envelope.objects.filter(state="quarantined").count() == 2


def test_a_message_for_an_account_that_is_not_ours_is_set_aside(city) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    stored = envelopes.store(account, Batch((incoming("m1", account="@elsewhere"), incoming("m2"))), now=NOW)
    assert enrich.enrich_envelopes(stored.waiting, now=NOW).aside == 1
    assert Message.objects.get().external_id == "m2"
    assert Envelope.objects.get(state="quarantined").reason["values"]["account"] == "@elsewhere"


def test_an_edit_that_comes_as_a_message_is_an_edit(take) -> None:
    take(incoming("m1"))
    take(incoming("m1", "Je voulais dire le stade.", revision=1, change=Change.MESSAGE))
    message = Message.objects.get()
    assert (message.text, message.revision, message.envelopes.count()) == ("Je voulais dire le stade.", 1, 2)


def test_an_id_as_long_as_a_channel_may_give_opens_a_conversation(take) -> None:
    [pk] = take(incoming("m" * 1000))
    assert Conversation.objects.get(pk=pk).thread == "m" * 1000
