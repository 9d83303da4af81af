"""The administrators are told once, by e-mail, of an account that was paused by itself."""

import threading
from datetime import timedelta

import pytest

from portevoix.channels.fake import FakeConnector, Fault, network
from portevoix.channels.fake.network import forget
from portevoix.exchange.outbound import account_alerts
from portevoix.exchange.worker import Worker
from portevoix.kernel.errors import Refused
from portevoix.record.models import Account, Contact
from portevoix.record.operations import accounts
from portevoix.record.operations.city import save_contact
from portevoix.record.queries import city as queries
from tests.conftest import NOW
from tests.exchange.jobs import run_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def paused(city, administrator, host) -> Account:
    forget()
    account = Account.objects.get(channel="x")
    error = Refused("{host} does not accept our access any more (HTTP {status}).", host="x.example", status=401)
    accounts.record_trouble(account=account, error=error, again_at=None, now=NOW)
    return account


def test_each_administrator_is_told_once_in_their_language(paused, administrator) -> None:
    Contact.objects.filter(pk=administrator.pk).update(language="en")
    assert (
        account_alerts.AlertSender().turn(NOW) == 1 and account_alerts.AlertSender().turn(NOW + timedelta(hours=1)) == 0
    )
    (letter,) = network().replies()
    assert letter.to.handle == administrator.email and letter.account == "contact@testville.example"
    assert "@testville" in letter.subject and "x.example does not accept" in letter.text
    assert "Nothing is lost" in letter.text and letter.lang == "en"


def test_french_is_the_citys_language(paused) -> None:
    account_alerts.AlertSender().turn(NOW)
    assert "Rien n’est perdu" in network().replies()[0].text


def test_what_an_administrator_paused_is_no_news_and_the_next_trouble_is(paused) -> None:
    accounts.pause(account=paused.pk, by=None, now=NOW)
    assert account_alerts.AlertSender().turn(NOW) == 0
    accounts.resume(account=paused.pk, by=None, now=NOW)
    again = NOW + timedelta(days=1)
    accounts.record_trouble(account=paused, error=Refused("No."), again_at=None, now=again)
    assert account_alerts.AlertSender().turn(again) == 1


def test_without_a_mailbox_that_works_it_is_tried_again(paused) -> None:
    network().fail(Fault.LATER)
    assert account_alerts.AlertSender().turn(NOW) == 0 and network().replies() == ()
    Account.objects.filter(channel="email").update(state="unconnected")
    assert account_alerts.AlertSender().turn(NOW) == 0
    Account.objects.filter(channel="email").update(state="active")
    assert run_job(Worker(), "alarm", NOW + accounts.LEASE) == 1


def test_who_cannot_be_reached_keeps_nobody_else_from_being_told_once(paused, administrator, monkeypatch) -> None:
    """Each minute for who stood before, and never for who stood behind."""
    gone, third = (
        save_contact(email=f"{name}@testville.example", name=name, role="administrator", by=None)
        for name in ("gone", "third")
    )
    send = FakeConnector.send

    def send_unless_gone(self, letter):
        if letter.to.handle == gone.email:
            raise Refused("No such mailbox.")
        return send(self, letter)

    monkeypatch.setattr(FakeConnector, "send", send_unless_gone)
    for minute in range(10):
        account_alerts.AlertSender().turn(NOW + timedelta(minutes=minute))
    assert [letter.to.handle for letter in network().replies()] == [administrator.email, third.email]
    assert queries.unannounced_accounts() == []


def test_two_workers_at_once_send_each_letter_once(paused, administrator, monkeypatch) -> None:
    wait = account_alerts.wait

    def wait_while_another_looks(*calls, **how):
        monkeypatch.setattr(account_alerts, "wait", wait)
        assert account_alerts.AlertSender().turn(NOW) == 0
        wait(*calls, **how)

    monkeypatch.setattr(account_alerts, "wait", wait_while_another_looks)
    assert account_alerts.AlertSender().turn(NOW) == 1 and len(network().replies()) == 1


def test_a_mail_server_that_never_ends_holds_up_no_worker(paused, administrator, monkeypatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(FakeConnector, "send", lambda *_: end.wait())
    monkeypatch.setattr(account_alerts, "PATIENCE", 0.05)
    monkeypatch.setattr(account_alerts, "ENDING", 0.05)
    alerts = account_alerts.AlertSender()
    assert alerts.turn(NOW) == 0 and alerts.finish(NOW) == 0  # returns
    end.set()


def test_a_worker_that_dies_over_a_letter_leaves_it_to_the_next(paused, administrator) -> None:
    assert accounts.claim_alert(account=Account.objects.get(channel="x"), reader=administrator, now=NOW)
    assert account_alerts.AlertSender().turn(NOW + timedelta(minutes=1)) == 0
    assert account_alerts.AlertSender().turn(NOW + accounts.LEASE) == 1 and len(network().replies()) == 1


def test_a_mail_server_that_never_ends_is_asked_once_for_each_letter(paused, administrator, monkeypatch) -> None:
    end, asked = threading.Event(), []
    monkeypatch.setattr(FakeConnector, "send", lambda _, letter: asked.append(letter) or end.wait())
    monkeypatch.setattr(account_alerts, "PATIENCE", 0.05)
    alerts = account_alerts.AlertSender()
    for hour in range(3):  # claims are over after five minutes
        alerts.turn(NOW + timedelta(hours=hour))
    end.set()
    assert len(asked) == 1
