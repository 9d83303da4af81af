"""A mail server that is sick holds up nothing but its own mailbox: neither the worker nor the other administrators."""

import time
from datetime import timedelta
from threading import Event

import pytest

from portevoix.channels.email import EmailConnector
from portevoix.exchange import background_call, worker
from portevoix.exchange.inbound import poller
from portevoix.exchange.outbound import account_alerts, delivery
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Receipt
from portevoix.record.models import Account, Delivery
from portevoix.record.operations import accounts, answer
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = {
    "imap_host": "imap.example",
    "imap_user": "x",
    "imap_password": "y",
    "smtp_host": "smtp.example",
    "smtp_user": "x",
    "smtp_password": "y",
}
PATIENCE = 3.0


def mailbox(address: str) -> Account:
    secret = ("imap_password", "smtp_password")
    return accounts.connect(
        channel="email", address=address, connector="email", settings=SETTINGS, secret=secret, by=None, now=NOW
    )


@pytest.fixture
def paused(administrator) -> None:
    mailbox("accueil@ville.example")
    account = mailbox("etat-civil@ville.example")
    error = Refused("The password is wrong.", pause=True)
    accounts.record_trouble(account=account, error=error, again_at=None, now=NOW)


def test_an_alert_through_a_server_that_drips_does_not_stop_the_worker(paused, monkeypatch) -> None:
    over = Event()

    def drip(self, message) -> Receipt:
        over.wait(PATIENCE)
        return Receipt("n1")

    monkeypatch.setattr(EmailConnector, "send", drip)
    began = time.monotonic()
    account_alerts.AlertSender().turn(NOW)
    took = time.monotonic() - began
    over.set()
    assert took < PATIENCE / 2


def test_a_reply_that_hangs_at_its_server_is_told(take, host, monkeypatch) -> None:
    over = Event()

    class Hanging:
        def send(self, message) -> Receipt:
            over.wait(PATIENCE)
            return Receipt("n1")

    [conversation] = take(incoming())
    answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW, seen=1)
    monkeypatch.setattr(delivery, "connector", lambda account: Hanging())
    monkeypatch.setattr(background_call, "SLOW", 0.0)
    runner = delivery.DeliveryRunner()
    for minute in range(3):
        runner.turn(NOW + timedelta(minutes=3 * minute), within=0.01)
    told = [row.reason for row in Delivery.objects.all()] + [row.trouble for row in Account.objects.all()]
    over.set()
    runner.finish(NOW + timedelta(minutes=9))
    assert any(told)


def test_a_worker_that_stops_waits_once_for_all_sick_servers(paused, take, host, monkeypatch) -> None:
    """And not for one after the other: the service manager kills what takes longer."""
    over = Event()

    def drip(self, *_) -> None:
        over.wait(PATIENCE)

    for name in ("send", "receive"):
        monkeypatch.setattr(EmailConnector, name, drip)
    monkeypatch.setattr(background_call, "PATIENCE", 0.01)
    for module in (account_alerts, poller):
        monkeypatch.setattr(module, "PATIENCE", 0.01)
    monkeypatch.setattr(worker, "ENDING", 0.2)
    one = worker.Worker()
    one._alerts.turn(NOW)
    one._poller.begin(NOW)
    began = time.monotonic()
    one.finish()
    took = time.monotonic() - began
    over.set()
    assert 0.2 <= took < 0.4
