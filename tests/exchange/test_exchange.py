"""In by one door, out by the other: what fails is visible, nothing is sent twice."""

import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from portevoix.channels.fake import FakeConnector
from portevoix.exchange.inbound import batches, enrich, poller
from portevoix.exchange.jobs import Job
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.exchange.worker import Worker
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.messages import Batch, Change, Direction, Receipt, Writer
from portevoix.kernel.states import EventType
from portevoix.record import operations as do
from portevoix.record.event_log import append_event, locked_conversation
from portevoix.record.models import Account, Conversation, Delivery, Envelope, Event, Message
from portevoix.record.operations import accounts, deliveries, envelopes
from portevoix.record.permissions import Capability
from portevoix.record.queries.monitoring import liveness
from tests.conftest import NOW, incoming
from tests.exchange.jobs import run_job
from tests.exchange.polled import poll

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def replied(take, host) -> Delivery:
    [pk] = take(incoming())
    version = Conversation.objects.get(pk=pk).version
    do.answer(conversation=pk, text="Oui.", by=host, now=SOON, seen=version)
    return Delivery.objects.get()


class Network:
    """What `send` and `find` of every connector do, in this test."""

    def __init__(self, monkeypatch) -> None:
        self.sent: list[str] = []
        self.send = lambda message: Receipt(f"id-{message.key}")
        self.find = lambda message: None
        monkeypatch.setattr(FakeConnector, "send", lambda connector, message: self._send(message))
        monkeypatch.setattr(FakeConnector, "find", lambda connector, message: self.find(message))

    def _send(self, message):
        receipt = self.send(message)
        self.sent.append(message.key)
        return receipt


@pytest.fixture
def net(monkeypatch) -> Network:
    return Network(monkeypatch)


def raising(error):
    def fail(message):
        raise error

    return fail


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_a_reply_leaves_once(replied, net) -> None:
    assert deliver_due(now=SOON) == 1 and deliver_due(now=SOON) == 0
    assert net.sent == [replied.key] and state(replied) == "sent"
    assert Message.objects.get(direction="out").external_id == f"id-{replied.key}"


def test_what_can_be_tried_again_is(replied, net) -> None:
    net.send = raising(TryLater("The network rests.", after=timedelta(minutes=3)))
    deliver_due(now=SOON)
    assert state(replied) == "due"
    assert timedelta(minutes=3) <= replied.next_attempt_at - SOON <= timedelta(minutes=4), "not all at one moment"
    assert replied.reason["text"] == "The network rests."
    net.send = lambda message: Receipt("x")
    assert deliver_due(now=SOON) == 0 and deliver_due(now=SOON + timedelta(minutes=4)) == 1


def test_what_is_refused_waits_for_a_person(replied, net, host) -> None:
    net.send = raising(Refused("Too long."))
    deliver_due(now=SOON)
    assert state(replied) == "refused" and deliver_due(now=SOON + timedelta(days=9)) == 0
    assert deliveries.decide(delivery=replied.pk, arrived=False, by=host, now=SOON)
    net.send = lambda message: Receipt("x")
    assert deliver_due(now=SOON) == 1


def test_a_refused_account_is_paused_and_its_reply_kept(replied, net) -> None:
    net.send = raising(Refused("The token has expired.", pause=True))
    deliver_due(now=SOON)
    account = Account.objects.get(channel="x")
    assert (account.state, account.trouble["text"], state(replied)) == ("paused", "The token has expired.", "due")


def test_of_a_paused_account_nothing_is_sent_and_what_waited_leaves_once_it_is_resumed(replied, net, host) -> None:
    account = Account.objects.get(channel="x")
    accounts.pause(account=account.pk, by=None, why="", now=NOW)
    assert deliver_due(now=SOON) == 0 and liveness(SOON).delivery_since is None
    assert (net.sent, state(replied), replied.attempts) == ([], "due", 0)
    accounts.resume(account=account.pk, by=None, now=NOW)
    assert deliver_due(now=SOON) == 1 and net.sent == [replied.key]


@pytest.mark.parametrize(("found", "ends"), [(Receipt("it-did"), "sent"), (None, "due")])
def test_after_an_uncertain_send_the_network_decides(replied, net, found, ends) -> None:
    net.send, net.find = raising(Uncertain("No answer.")), lambda message: found
    deliver_due(now=SOON)
    assert state(replied) == ends


def test_where_the_network_cannot_tell_a_person_does(replied, net) -> None:
    net.send = net.find = raising(Uncertain("No answer."))
    deliver_due(now=SOON)
    assert state(replied) == "uncertain" and deliver_due(now=SOON + timedelta(days=1)) == 0


def test_a_sender_that_vanished_is_not_repeated_blindly(replied, net) -> None:
    deliveries.claim(now=SOON)
    net.find = lambda message: Receipt("it-had-arrived")
    assert deliver_due(now=SOON) == 0, "leased"
    assert deliver_due(now=SOON + timedelta(minutes=6)) == 1
    assert net.sent == [] and state(replied) == "sent"


@pytest.mark.parametrize(("found", "sent"), [(Receipt("it-had"), 0), (None, 1)])
def test_after_a_restore_a_reply_that_may_have_left_is_looked_up_first(replied, net, found, sent) -> None:
    assert deliveries.look_up_all(now=SOON) == 1
    net.find = lambda message: found
    assert deliver_due(now=SOON) == 1
    assert (len(net.sent), state(replied)) == (sent, "sent")


def test_polling_keeps_the_cursor_and_what_was_known(city) -> None:
    account = Account.objects.get(channel="x")
    assert poll(account, now=NOW).new == 0
    account.refresh_from_db()
    assert account.trouble is None and account.received_at == NOW and account.next_poll_at > NOW


def test_a_fault_with_one_account_holds_up_no_other_and_is_shown(city, monkeypatch) -> None:
    def stumble(connector, cursor):
        if connector.account == "@testville":
            raise ValueError
        return Batch((incoming(channel="email", account=connector.account),))

    monkeypatch.setattr(FakeConnector, "receive", stumble)
    assert run_job(Worker(), "poll_due", NOW) == 1
    failed = Account.objects.get(address="@testville")
    assert failed.trouble["values"] == {"kind": "ValueError"} and failed.next_poll_at == NOW + timedelta(minutes=5)


def test_a_slow_account_holds_up_no_other(city, monkeypatch) -> None:
    slow, worker = threading.Event(), Worker()

    def receive_slowly(connector, cursor):
        if connector.account == "@testville":
            slow.wait(20)
        channel = "x" if connector.account == "@testville" else "email"
        return Batch((incoming(channel=channel, account=connector.account),))

    monkeypatch.setattr(FakeConnector, "receive", receive_slowly)
    monkeypatch.setattr(poller, "PATIENCE", 0.1)
    assert run_job(worker, "poll_due", NOW) == 1 and run_job(worker, "poll_due", NOW) == 0
    slow.set()
    worker.finish()
    assert Message.objects.count() == 2
    assert not Account.objects.exclude(leased_until=None).exists()


def test_a_slow_network_holds_up_its_own_replies_only_and_a_worker_that_stops_waits_for_it(
    take, host, monkeypatch
) -> None:
    rows = [
        Conversation.objects.get(pk=pk)
        for pk in take(
            incoming("a"), incoming("b"), incoming("c", channel="email", account="contact@testville.example")
        )
    ]
    for row in rows:
        do.answer(conversation=row.pk, text="Oui.", by=host, now=NOW, seen=row.version)
    slow, sent = threading.Event(), []

    def send(connector, message):
        if connector.account == "@testville":
            slow.wait(20)
        sent.append(message.account)
        return Receipt(f"r-{message.key}")

    monkeypatch.setattr(FakeConnector, "send", send)
    worker = Worker()
    assert worker._deliveries.turn(SOON, within=0.2) == 1 and sent == ["contact@testville.example"]
    assert worker._deliveries.turn(SOON, within=0.2) == 0
    assert Delivery.objects.filter(state="sending").count() == 1, "the other one of that account waits its turn"
    slow.set()
    worker.finish()
    assert Delivery.objects.filter(state="sent").count() == 2
    run_job(worker, "deliver_due", SOON)
    worker.finish()
    assert sorted(sent) == ["@testville", "@testville", "contact@testville.example"]


def test_a_worker_that_stops_gives_back_the_accounts_that_it_has_not_asked(city, monkeypatch) -> None:
    worker, asked = Worker(), []

    def receive_and_stop(connector, cursor):
        asked.append(connector.account)
        worker.stop()
        return Batch(())

    monkeypatch.setattr(FakeConnector, "receive", receive_and_stop)
    run_job(worker, "poll_due", NOW)
    assert len(asked) == 1 and Account.objects.count() == 2
    assert not Account.objects.exclude(leased_until=None).exists()
    assert Account.objects.exclude(address=asked[0]).get().next_poll_at <= NOW, "its turn is still to come"


@pytest.mark.parametrize(
    ("error", "after"),
    [(TryLater("Busy.", after=timedelta(minutes=2)), "active"), (Refused("Wrong password."), "paused")],
)
def test_trouble_is_kept_on_the_account(city, monkeypatch, error, after) -> None:
    monkeypatch.setattr(FakeConnector, "receive", lambda connector, cursor: (_ for _ in ()).throw(error))
    account = Account.objects.get(channel="x")
    poll(account, now=NOW)
    account.refresh_from_db()
    assert (account.state, account.trouble["text"]) == (after, error.text)


def test_steps_set_aside_what_fails_and_take_the_rest(city, host) -> None:
    good, bad = incoming("good"), incoming("never-seen", revision=1, change=Change.AMEND)
    [taken] = list(poller.take_messages([good, bad], now=NOW))
    assert taken.new == 2
    assert Message.objects.get().external_id == "good"
    aside = Envelope.objects.get(state="quarantined")
    assert "never arrived" in aside.reason["text"]
    # Once its message is there, a person retries it.
    list(poller.take_messages([incoming("never-seen")], now=NOW))
    assert envelopes.admit(envelope=aside.pk, by=host)
    assert enrich.enrich_envelopes(envelopes.claim(now=NOW), now=NOW).taken_count == 1


def test_a_fault_of_ours_sets_one_message_aside_and_the_others_are_taken(city, monkeypatch) -> None:
    def urgencies(texts: list[str]):
        if any("poison" in text for text in texts):
            raise ZeroDivisionError
        return found(texts)

    found = enrich.urgencies
    monkeypatch.setattr(enrich, "urgencies", urgencies)
    list(poller.take_messages([incoming("m1"), incoming("m2", "poison"), incoming("m3")], now=NOW))
    assert set(Message.objects.values_list("external_id", flat=True)) == {"m1", "m3"}
    aside = Envelope.objects.get(state="quarantined")
    assert aside.external_id == "m2" and aside.reason["values"] == {"kind": "ZeroDivisionError"}


def test_a_database_that_is_gone_blames_no_message(city, monkeypatch) -> None:
    def gone(*args, **kwargs):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(enrich, "receive", gone)
    list(poller.take_messages([incoming("m1"), incoming("m2")], now=NOW))
    assert list(Envelope.objects.values_list("state", "leased_until")) == [("waiting", None)] * 2


def test_held_messages_wait_for_a_person(city, host) -> None:
    list(poller.take_messages([incoming(held="No proof.")], now=NOW))
    assert not Message.objects.exists() and envelopes.claim(now=NOW) == []
    envelope = Envelope.objects.get()
    assert envelopes.admit(envelope=envelope.pk, by=host) and not envelopes.admit(envelope=envelope.pk, by=host)
    assert enrich.enrich_envelopes(envelopes.claim(now=NOW), now=NOW).taken_count == 1


def test_what_an_intake_left_behind_a_worker_takes_up(city) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming(),)), now=NOW)  # and the process dies here
    assert envelopes.claim(now=NOW) == [], "still leased"
    later = NOW + timedelta(minutes=6)
    assert enrich.enrich_envelopes(envelopes.claim(now=later), now=later).taken_count == 1


def test_history_is_not_queued_for_sending(city) -> None:
    list(poller.take_messages([incoming("o", direction=Direction.OUT)], now=NOW))
    assert Message.objects.get().direction == "out" and not Delivery.objects.exists()


def test_messages_are_labelled_on_their_way_in(city) -> None:
    list(poller.take_messages([incoming("l", "Lampadaire cassé, trottoirs et rues dans le noir")], now=NOW))
    row = Conversation.objects.get()
    assert row.suggestions["department"][0]["label"] == "voirie" and row.lang == "fr"
    assert "lampadaire" in row.suggestions["department"][0]["words"]


def test_a_question_that_comes_after_its_answer_is_labelled_all_the_same(city) -> None:
    answer = incoming("a", "C'est noté.", direction=Direction.OUT, author=Writer("city"), in_reply_to="q", thread="q")
    list(poller.take_messages([answer], now=NOW))
    question = incoming("q", "Lampadaire cassé, trottoirs et rues dans le noir", sent_at=NOW - timedelta(hours=1))
    list(poller.take_messages([question], now=NOW))
    row = Conversation.objects.get()
    assert row.department.slug == row.suggestions["department"][0]["label"] == "voirie"
    assert Event.objects.filter(what="routed").count() == 1


def test_of_a_message_about_two_things_the_passages_are_kept(city) -> None:
    pool = "La piscine et les vestiaires sont superbes, bravo."
    street = "Par contre le trottoir est cassé, la rue est dans le noir."
    list(poller.take_messages([incoming("two", f"{pool} {street}"), incoming("one", street)], now=NOW))
    two, one = Conversation.objects.order_by("pk").values_list("suggestions", flat=True)
    said = [f"{pool} {street}"[topic["start"] : topic["end"]] for topic in two["topics"]]
    assert said == [pool, street] and [topic["department"] for topic in two["topics"]] == ["sports", "voirie"]
    assert "topics" not in one


def test_the_worker_goes_on_after_a_fault(city, caplog) -> None:
    def broken(now):
        raise ZeroDivisionError

    done = []

    def well(now) -> int:
        done.append(now)
        return 1

    worker = Worker([Job("broken", broken), Job("well", well)])
    worker.stopping.wait = lambda seconds: None
    assert worker.once() == 1 and done


def test_what_an_intake_left_behind_the_next_one_finishes(city) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming(),)), now=NOW)  # and the process dies here
    assert list(poller.take_messages([incoming()], now=NOW)) == [poller.IntakeCount(new=0, duplicates=1)]
    assert Message.objects.get().external_id == "m1" and Envelope.objects.get().state == "taken"


def test_whoever_finishes_late_finds_it_taken(city) -> None:
    """A lease ended while its holder was slow: the second one took the envelope, the first comes back to it."""
    account = accounts.get_or_create(channel="x", address="@testville")
    stored = envelopes.store(account, Batch((incoming(), incoming("m2"))), now=NOW)
    labelled = enrich._label(envelopes.read(stored.waiting))
    enrich.enrich_envelopes(stored.waiting[:1], now=NOW)
    do.receive(labelled, now=NOW)
    envelopes.quarantine(stored.waiting[0], error=Refused("Too late."))
    assert set(Envelope.objects.values_list("state", flat=True)) == {"taken"} and Message.objects.count() == 2


def test_long_messages_make_small_batches(city) -> None:
    long = "a " * (poller.BATCH_CHARACTERS // 4)
    taken = list(poller.take_messages((incoming(f"m{n}", long) for n in range(5)), now=NOW))
    assert [part.new for part in taken] == [2, 2, 1]


def test_an_account_with_much_to_tell_is_asked_again_at_once(city, monkeypatch) -> None:
    batch = Batch((incoming(),), cursor="1", more=True)
    monkeypatch.setattr(FakeConnector, "receive", lambda connector, cursor: batch)
    account = Account.objects.get(channel="x")
    monkeypatch.setattr(batches, "BATCH", 1)
    assert poll(account, now=NOW).new == 1
    account.refresh_from_db()
    assert account.cursor == "1" and account.next_poll_at == NOW
    assert poll(account, now=NOW).new == 0, "the cursor stands still: there is no more after all"
    account.refresh_from_db()
    assert account.next_poll_at > NOW


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database knows one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_host_who_replies_and_a_worker_that_takes_the_next_message_wait_for_each_other(take, host) -> None:
    [pk] = take(incoming())
    done = []

    def follow_up() -> None:
        done.extend(poller.take_messages([incoming("m2", in_reply_to="m1")], now=NOW))
        connection.close()

    worker = threading.Thread(target=follow_up)
    with locked_conversation(pk, by=host, needs=Capability.REPLY) as row:
        worker.start()
        while not _locked_out():
            time.sleep(0.01)
        row.assignee = host
        note = {"direction": "note", "visibility": "private", "contact": host, "text": "Je prends."}
        message = Message.objects.create(conversation=row, account=row.account, sent_at=NOW, received_at=NOW, **note)
        append_event(row, EventType.NOTED, at=NOW, by=host, message=message)
    worker.join(20)
    row = Conversation.objects.get(pk=pk)
    assert done and row.assignee == host and row.messages.count() == 3


def _locked_out() -> bool:
    """Whether somebody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_an_envelope_of_which_the_process_dies_holds_up_nothing_and_ends_aside(city, host, monkeypatch) -> None:
    def detect(text: str, allowed):
        if text == "poison":
            raise SystemExit
        return "fr", 1.0

    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming(), incoming("m2", "poison"), incoming("m3"))), now=NOW)
    monkeypatch.setattr(enrich, "detect", detect)
    now = NOW
    for _ in range(8):
        now += envelopes.LEASE
        while ids := envelopes.claim(now=now):
            with suppress(SystemExit):
                enrich.enrich_envelopes(ids, now=now)
    aside = Envelope.objects.get(state="quarantined")
    assert aside.external_id == "m2" and aside.reason["values"]["count"] == 3
    assert set(Message.objects.values_list("external_id", flat=True)) == {"m1", "m3"}
    monkeypatch.undo()
    assert envelopes.admit(envelope=aside.pk, by=host)
    assert enrich.enrich_envelopes(envelopes.claim(now=now), now=now).taken_count == 1
