"""A conversation on X through the whole house: asked, answered, edited and deleted, each of it once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portevoix.channels.x import XConnector
from portevoix.channels.x.budget import next_month
from portevoix.exchange import connectors
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.record import operations as do
from portevoix.record.models import Account, Conversation, Delivery, Message
from portevoix.record.operations import accounts
from tests.channels.x_given import AGO, CITY, served, settings
from tests.exchange import polled
from tests.servers.x_door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
SECRETS = ("api_key", "api_secret", "access_token", "access_secret")


@pytest.fixture
def door(city, monkeypatch) -> Iterator[Door]:
    monkeypatch.setattr(connectors, "installed_channels", lambda: {"x": XConnector})
    with served(monkeypatch) as door:
        told = settings(door)
        stored = {name: getattr(told, name) for name in (*SECRETS, "base")}
        accounts.connect(
            channel="x",
            address=CITY,
            connector="x",
            settings=stored,
            secret=SECRETS,
            by=None,
            now=datetime.now(UTC),
        )
        yield door


def account() -> Account:
    return Account.objects.get(address=CITY)


def poll(**aged: str) -> None:
    """Until X has no more; `aged` puts moments of the cursor back, as if that time had passed."""
    if aged:
        row = account()
        Account.objects.filter(pk=row.pk).update(cursor=json.dumps(json.loads(row.cursor or "") | aged))
    while True:
        row = account()
        polled.poll(row, now=datetime.now(UTC))
        after = account()
        assert after.trouble is None, after.trouble
        if not json.loads(after.cursor or "")["jobs"]:
            return


def answered(text: str, host) -> Delivery:
    conversation = Conversation.objects.filter(account__address=CITY).earliest("pk")
    do.answer(conversation=conversation.pk, text=text, by=host, now=datetime.now(UTC), seen=conversation.version)
    return Delivery.objects.latest("pk")


def test_asked_answered_edited_and_deleted_each_once(door: Door, host) -> None:
    asked = door.network.write(door.ana, f"{CITY} la lampe est cassée", ago=AGO)
    poll()
    [message] = Message.objects.filter(account__address=CITY)
    assert (message.external_id, message.text) == (asked.id, f"{CITY} la lampe est cassée")

    delivery = answered("Une équipe passe demain.", host)
    door.next = ["reset after"]
    deliver_due(now=datetime.now(UTC))
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    [post] = door.network.of(door.me)
    assert post.parent == asked.id

    post.made -= timedelta(minutes=5)
    poll(own_at="")
    assert Message.objects.filter(account__address=CITY).count() == 2, "the own post is the reply that was sent"
    assert Message.objects.get(external_id=post.id).text == "Une équipe passe demain."

    door.network.edit(asked.id, f"{CITY} la lampe est réparée")
    poll()
    message.refresh_from_db()
    assert message.text == f"{CITY} la lampe est réparée"
    door.network.delete(asked.id)
    poll(looked_at="")
    message.refresh_from_db()
    assert message.text == "" and message.retracted_at
    assert Message.objects.filter(account__address=CITY).count() == 2


def test_a_reply_that_x_does_not_let_through_waits_for_a_person(door: Door, host) -> None:
    asked = door.network.write(door.ana, f"{CITY} la lampe", ago=AGO)
    poll()
    door.network.posts[asked.id].text = "la lampe"  # as if the city had never been named
    delivery = answered("Une équipe passe demain.", host)
    deliver_due(now=datetime.now(UTC))
    delivery.refresh_from_db()
    assert delivery.state not in (Delivery.State.SENT, Delivery.State.DUE)
    assert "by hand" in delivery.reason["text"] and not door.network.of(door.me)


def test_keys_that_are_no_longer_taken_pause_the_account_and_it_catches_up(door: Door) -> None:
    poll()
    door.revoked = True
    door.network.write(door.ana, f"{CITY} la lampe")
    polled.poll(account(), now=datetime.now(UTC))
    assert account().state == Account.State.PAUSED and "clock" in (account().trouble or {})["text"]
    assert settings(door).api_secret not in str(account().settings)
    door.revoked = False
    accounts.resume(account=account().pk, by=None, now=datetime.now(UTC))
    poll()
    assert Message.objects.filter(account__address=CITY).count() == 1


def test_at_the_limit_reading_and_replies_wait_in_service_and_go_on_once_it_is_raised(
    door: Door, host, administrator, client
) -> None:
    asked = door.network.write(door.ana, f"{CITY} la lampe", ago=AGO)
    poll()
    row = account()
    page = f"/settings/channels/{row.pk}/"
    client.force_login(administrator)
    limits = {"most_read": "4", "most_written": "1", "base": door.address, "price_read": "5", "price_written": "15"}
    door.network.write(door.me, "Annonce", ago=AGO)
    poll(own_at="")
    assert client.post(page, {**limits, "save": "1"}).status_code == 302
    delivery = answered("Une équipe passe demain.", host)
    door.network.write(door.ana, f"{CITY} alors ?", parent=asked.id)
    billed, now = door.network.billed, datetime.now(UTC)
    polled.poll(account(), now=now)
    deliver_due(now=datetime.now(UTC))
    stopped = account()
    assert stopped.state == Account.State.ACTIVE and "to read on X are used up" in stopped.trouble["text"]
    assert door.network.billed == billed and len(door.network.of(door.me)) == 1
    until = next_month(now)
    assert until <= stopped.next_poll_at <= until + timedelta(minutes=11), "not days after the month began"
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DUE and delivery.next_attempt_at >= until
    shown = client.get(page, headers={"Accept-Language": "en"}).text
    assert "What it has cost this month" in shown and "nothing more is read until" in shown

    assert client.post(page, {**limits, "most_read": "500", "most_written": "9", "save": "1"}).status_code == 302
    poll()
    deliver_due(now=datetime.now(UTC))
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    assert Message.objects.filter(account__address=CITY, text__contains="alors").count() == 1
