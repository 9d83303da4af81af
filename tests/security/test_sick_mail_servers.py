"""A mail server that is sick holds up nothing but its own mailbox: neither the worker nor the other administrators."""

import time
from threading import Event

import pytest

from portevoix.channels.email import EmailConnector
from portevoix.exchange.outbound import account_alerts
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Receipt
from portevoix.record.models import Account
from portevoix.record.operations import accounts
from tests.conftest import NOW

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


@pytest.mark.xfail(strict=True, reason="alerts are sent in the worker's own thread")
def test_an_alert_through_a_server_that_drips_does_not_stop_the_worker(paused, monkeypatch) -> None:
    over = Event()

    def drip(self, message) -> Receipt:
        over.wait(PATIENCE)
        return Receipt("n1")

    monkeypatch.setattr(EmailConnector, "send", drip)
    began = time.monotonic()
    account_alerts.send_alerts(now=NOW)
    took = time.monotonic() - began
    over.set()
    assert took < PATIENCE / 2
