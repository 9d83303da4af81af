"""An access that runs out is renewed in time; its one key is written down at once, and where it is lost all can see."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from portevoix.channels.fake import FakeConnector
from portevoix.channels.x import XConnector
from portevoix.channels.x.oauth import XRenewal
from portevoix.exchange import connectors
from portevoix.exchange.outbound import account_alerts, token_renewal
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.exchange.outbound.token_renewal import Renewer
from portevoix.exchange.worker import Worker
from portevoix.kernel.errors import Refused
from portevoix.record import operations as do
from portevoix.record.models import Account, Conversation, Delivery, Message
from portevoix.record.operations import accounts
from tests.channels.test_x_access import BACK, connected
from tests.channels.x_given import AGO, CITY, mention, served
from tests.exchange.jobs import run_job
from tests.exchange.polled import poll
from tests.servers.x_door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
SECRETS = ("token", "refresh_token", "client_secret")


@pytest.fixture
def door(city, monkeypatch) -> Iterator[Door]:
    for module in (connectors, token_renewal):
        monkeypatch.setattr(module, "installed_channels", lambda: {"x": XConnector, "fake": FakeConnector})
    with served(monkeypatch) as door:
        door.sign_in.back = {BACK}
        connect(connected(door))
        yield door


def connect(settings: dict[str, Any], **more: Any) -> Account:
    return accounts.connect(
        channel="x", address=CITY, connector="x", settings=settings, secret=SECRETS, by=None, now=now(), **more
    )


def now(**later: int) -> datetime:
    return datetime.now(UTC) + timedelta(**later)


def account() -> Account:
    return Account.objects.get(address=CITY)


def clear() -> dict[str, Any]:
    return accounts.settings_of(account())


def make_due(**older: int) -> None:
    """As if it had been granted that long ago: its half has passed, or all of it."""
    row = account()
    row.settings |= {"renew_at": int(now(minutes=-1).timestamp())}
    if older:
        row.settings |= {"expires_at": int(now(**older).timestamp())}
    row.save(update_fields=["settings"])


def received() -> int:
    while poll(account(), now=now()).new:
        pass
    return Message.objects.filter(account__address=CITY).count()


def test_it_is_renewed_when_it_is_time_and_not_before(door: Door) -> None:
    before = clear()
    assert Renewer().turn(now()) == 0 and clear() == before
    make_due()
    assert Renewer().turn(now()) == 1
    after = clear()
    assert {name for name in after if after[name] != before[name]} <= {*SECRETS[:2], "renew_at", "expires_at"}
    assert after["refresh_token"] in door.sign_in.refreshing and after["token"] in door.sign_in.accesses
    assert before["token"] not in door.sign_in.accesses
    assert after["refresh_token"] not in str(account().settings), "it is stored encrypted"
    assert account().leased_until is None and Renewer().turn(now()) == 0


def test_a_worker_renews_before_it_asks_and_after_a_long_rest_nothing_is_lost(door: Door) -> None:
    mention(door, ago=AGO)
    make_due(hours=-3)
    poll(account(), now=now())
    assert "being renewed" in account().trouble["text"] and account().state == "active"
    Account.objects.update(next_poll_at=now())
    worker = Worker()
    names = [job.name for job in worker.jobs]
    assert names.index("renew") < names.index("poll_due")
    for name in ("renew", "poll_due"):
        run_job(worker, name, now())
    assert account().trouble is None and received() == 1


def test_two_workers_ask_once(door: Door) -> None:
    make_due()
    rows = accounts.claim_renewals(due=lambda row: XRenewal().due(row.settings, now()), now=now(), limit=8)
    assert len(rows) == 1
    assert Renewer().turn(now()) == 0
    assert account() not in accounts.claim_due(now=now()), "nobody polls with an access that is being replaced"
    assert Renewer().turn(now(minutes=6)) == 1, "the worker that had it died before it asked"


def test_an_answer_that_never_arrived_pauses_for_all_to_see_and_signing_in_again_catches_up(
    door: Door, administrator, client
) -> None:
    mention(door, ago=AGO)
    make_due()
    XRenewal().renew(clear())  # a worker was killed between X's answer and the commit
    Renewer().turn(now())
    paused = account()
    assert paused.state == "paused" and "Connect it again" in paused.trouble["text"]
    client.force_login(administrator)
    assert "Connect it again" in client.get("/inbox/", headers={"Accept-Language": "en"}).text
    assert f"/settings/channels/connect/x/?of={paused.pk}" in client.get("/settings/channels/").text
    assert account_alerts.AlertSender().turn(now()) == 1
    connect({**clear(), **connected(door)})
    assert account().state == "active" and received() == 1


def test_what_cannot_be_written_down_now_is_kept_until_it_can(door: Door, monkeypatch) -> None:
    make_due()
    renewer, store = Renewer(), accounts.store_renewed_settings

    def broken(**_: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(accounts, "store_renewed_settings", broken)
    with pytest.raises(OperationalError):
        renewer.turn(now())
    monkeypatch.setattr(accounts, "store_renewed_settings", store)
    assert renewer.finish(now()) == 1 and clear()["refresh_token"] in door.sign_in.refreshing


def test_a_worker_that_is_told_to_stop_waits_for_the_answer(door: Door, monkeypatch) -> None:
    make_due()
    monkeypatch.setattr(token_renewal, "PATIENCE", 0.0)
    worker = Worker()
    run_job(worker, "renew", now())
    worker.stop()
    worker.finish()
    assert clear()["refresh_token"] in door.sign_in.refreshing


def test_a_network_that_is_out_of_order_is_asked_again_while_the_access_still_holds(door: Door) -> None:
    make_due()
    door.next = ["503"]
    renewer = Renewer()
    assert renewer.turn(now()) == 0 and account().state == "active" and account().leased_until is None
    mention(door, ago=AGO)
    assert received() == 1, "it is asked with the access that is still there"
    assert renewer.turn(now()) == 0, "not at once again"
    assert renewer.turn(now(minutes=2)) == 1


def test_what_failed_by_a_clock_that_was_ahead_is_tried_again_once_it_is_set_right(door: Door) -> None:
    make_due()
    door.next = ["503"]
    renewer = Renewer()
    assert renewer.turn(now(days=2_000)) == 0 and renewer.turn(now()) == 0
    renewer.forget_pauses()
    assert renewer.turn(now()) == 1


def test_somebody_who_saves_the_form_meanwhile_does_not_bring_back_the_old_key(door: Door, admin_browser) -> None:
    page = f"/settings/channels/{account().pk}/"
    typed = {"client_id": clear()["client_id"], "most_read": "77", "most_written": "5", "base": door.address}
    typed |= {"price_read": "5", "price_written": "15"}
    make_due()
    read = accounts.settings_of

    def late(row: Account) -> dict[str, Any]:
        """The form is read, and only then the access is renewed."""
        found = read(row)
        accounts.settings_of = read
        assert Renewer().turn(now()) == 1
        return found

    accounts.settings_of = late
    try:
        assert admin_browser.post(page, {**typed, "save": "1"}).status_code == 302
    finally:
        accounts.settings_of = read
    assert clear()["most_read"] == 77 and clear()["refresh_token"] in door.sign_in.refreshing


def test_who_signs_in_again_meanwhile_has_the_newer_access(door: Door) -> None:
    make_due()
    [row] = accounts.claim_renewals(due=lambda row: row.address == CITY, now=now(), limit=8)
    changed = XRenewal().renew(accounts.settings_of(row))
    newest = connected(door)
    connect(newest)
    accounts.store_renewed_settings(account=row, changed=changed, secret=SECRETS, now=now())
    assert clear()["refresh_token"] == newest["refresh_token"] and account().leased_until is None
    accounts.record_trouble(account=row, error=Refused("No.", pause=True), again_at=None, now=now())
    assert account().state == "active", "the refusal was the older access's"


def test_a_reply_on_its_way_while_the_access_is_replaced_leaves_once_and_pauses_nothing(door: Door, host) -> None:
    mention(door, ago=AGO)
    received()
    conversation = Conversation.objects.get(account__address=CITY)
    do.answer(conversation=conversation.pk, text="Demain.", by=host, now=now(), seen=conversation.version)
    make_due()
    answer = XRenewal().renew(clear())  # X has taken the old access back, and the new one is not stored yet
    deliver_due(now=now())
    delivery = Delivery.objects.latest("pk")
    assert delivery.state == Delivery.State.DUE and account().state == "active"
    accounts.store_renewed_settings(account=account(), changed=answer, secret=SECRETS, now=now())
    deliver_due(now=now(hours=2))
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT and len(door.network.of(door.me)) == 1


@pytest.fixture
def admin_browser(client, administrator):
    client.force_login(administrator)
    return client
