"""What leaves by itself, and what comes back from a network: told once, and kept whatever fails meanwhile."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from portevoix.channels.fake import FakeConnector
from portevoix.channels.fake.network import forget
from portevoix.exchange.outbound import account_alerts
from portevoix.exchange.outbound.delivery import DeliveryRunner
from portevoix.kernel.errors import Refused
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
        account_alerts.send_alerts(now=minute)
    return sent


@pytest.mark.xfail(strict=True, reason="one refusal has all letters sent again, every minute")
def test_one_address_that_is_gone_sends_no_letter_twice(letters, administrator) -> None:
    assert letters.count(administrator.email) == 1


@pytest.mark.xfail(strict=True, reason="one refusal keeps the letters behind it")
def test_one_address_that_is_gone_keeps_no_letter_from_the_others(letters) -> None:
    assert Contact.objects.filter(role="administrator").count() == 3 and "last@testville.example" in letters


@pytest.mark.xfail(strict=True, reason="the result is dropped before it is stored")
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


@pytest.mark.xfail(strict=True, reason="a number or a day beyond those of the database is a fault")
@pytest.mark.parametrize("asked", ["conversation=99999999999999999999999", "since=0001-01-01", "until=9999-12-31"])
def test_the_access_log_answers_whatever_is_asked(administrator, asked) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(administrator)
    assert client.get(f"{reverse('web-settings:access-log')}?{asked}").status_code < 500
