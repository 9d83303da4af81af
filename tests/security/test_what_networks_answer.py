"""What leaves by itself is told once; what a network answers is kept; networks that never answer hold up no other."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from portevoix.channels.fake import FakeConnector
from portevoix.channels.fake.network import forget
from portevoix.exchange import background_call
from portevoix.exchange.background_call import MOST
from portevoix.exchange.inbound import poller
from portevoix.exchange.outbound import account_alerts
from portevoix.exchange.outbound.delivery import DeliveryRunner
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Batch
from portevoix.record import operations
from portevoix.record.models import Account, Contact, Delivery
from portevoix.record.operations import accounts, deliveries
from portevoix.record.operations.city import save_contact
from tests.conftest import NOW, PASSWORD, incoming

pytestmark = pytest.mark.django_db
MINUTES = [NOW + timedelta(minutes=number) for number in range(5)]


@pytest.fixture
def letters(administrator, monkeypatch) -> list[str]:
    """Whom the alerts of five minutes went to; `gone` has no mailbox any more, and stands between two others."""
    for name in ("gone", "last"):
        address = f"{name}@testville.example"
        save_contact(email=address, name=name, role="administrator", departments=(), password=PASSWORD, by=None)
    sent: list[str] = []

    def send(_, message):
        if message.to.handle.startswith("gone"):
            raise Refused("{host} refused: {why}", host="mx.example", why="550 unknown")
        sent.append(message.to.handle)

    forget()
    monkeypatch.setattr(FakeConnector, "send", send)
    account = Account.objects.get(channel="x")
    accounts.record_trouble(account=account, error=Refused("Over."), again_at=None, now=NOW)
    for minute in MINUTES:
        account_alerts.AlertSender().turn(minute)
    return sent


def test_one_address_that_is_gone_sends_no_letter_twice(letters, administrator) -> None:
    assert letters.count(administrator.email) == 1


def test_one_address_that_is_gone_keeps_no_letter_from_the_others(letters) -> None:
    assert Contact.objects.filter(role="administrator").count() == 3 and "last@testville.example" in letters


def test_a_receipt_survives_a_database_that_fails_when_it_comes(take, host, monkeypatch) -> None:
    [conversation] = take(incoming())
    operations.answer(conversation=conversation, text="Oui.", by=host, now=NOW, seen=1)
    store, fails = deliveries.record_sent, [OperationalError("deadlock detected")]

    def record_sent(*args, **more):
        if fails:
            raise fails.pop()
        store(*args, **more)

    monkeypatch.setattr(deliveries, "record_sent", record_sent)
    runner = DeliveryRunner()
    with pytest.raises(OperationalError):
        runner.turn(NOW, within=10)
    runner.finish(NOW + timedelta(seconds=1))
    assert Delivery.objects.get().state == Delivery.State.SENT


@pytest.mark.parametrize("asked", ["conversation=99999999999999999999999", "since=0001-01-01", "until=9999-12-31"])
def test_the_access_log_answers_whatever_is_asked(administrator, asked) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(administrator)
    assert client.get(f"{reverse('web-settings:access-log')}?{asked}").status_code < 500


@pytest.fixture
def silent(city, monkeypatch) -> Iterator[list[str]]:
    """Which accounts are asked, in turn; half as many as are asked at once never answer."""
    for number in range(MOST // 2):
        accounts.connect(
            channel="mastodon",
            address=f"@s{number}@s.example",
            connector="fake",
            settings={},
            secret=(),
            by=None,
            now=NOW,
        )
    asked: list[str] = []
    end = threading.Event()

    def receive(connector, cursor):
        asked.append(connector.account)
        if connector.account.startswith("@s"):
            end.wait(20)
        return Batch()

    monkeypatch.setattr(FakeConnector, "receive", receive)
    monkeypatch.setattr(poller, "PATIENCE", 0.1)
    yield asked
    end.set()


def test_networks_that_never_answer_hold_up_no_other(silent) -> None:
    running = poller.Poller()
    for minute in range(3):  # leases are over after five
        running.begin(NOW + timedelta(minutes=minute))
        running.take(NOW + timedelta(minutes=minute))
    assert silent.count("@testville") == 3


def test_servers_that_answer_without_end_take_nobodys_place_and_are_told(city, monkeypatch) -> None:
    """More of them than networks are called at once."""
    ends, polled = threading.Event(), []

    def receive(self, cursor):
        polled.append(self.account)
        if self.account.startswith("slow"):
            ends.wait()
        return Batch()

    monkeypatch.setattr(FakeConnector, "receive", receive)
    monkeypatch.setattr(background_call, "SLOW", 0.05)
    monkeypatch.setattr(background_call, "ENDING", 0.2)
    monkeypatch.setattr(poller, "ENDING", 0.2)
    Account.objects.update(next_poll_at=NOW + timedelta(seconds=1))
    [like] = Account.objects.filter(channel="x")
    for number in range(MOST):
        Account.objects.create(
            channel="x", address=f"slow{number}", connector=like.connector, settings=like.settings,
            state="active", next_poll_at=NOW,
        )  # fmt: skip
    running = poller.Poller()
    running.begin(NOW)
    assert len(polled) == MOST and all(account.startswith("slow") for account in polled)
    running.take(NOW + timedelta(seconds=1))
    running.begin(NOW + timedelta(seconds=1))
    assert {account for account in polled if not account.startswith("slow")} == {
        "@testville",
        "contact@testville.example",
    }
    slow = Account.objects.filter(address__startswith="slow")
    assert all("does not end" in row.trouble["text"] for row in slow) and len(slow) == MOST
    running.finish(NOW + timedelta(seconds=2))  # returns
    ends.set()
