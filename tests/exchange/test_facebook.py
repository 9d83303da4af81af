"""A conversation on Facebook and on Instagram through the whole house: what Meta pushes and what is read is one."""

from datetime import UTC, datetime

import pytest

from portevoix.channels.facebook import FacebookConnector, InstagramConnector
from portevoix.exchange import connectors
from portevoix.exchange.inbound import enrich, webhooks
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.kernel.states import EventType
from portevoix.record import operations as do
from portevoix.record.models import Account, Delivery, Envelope, Event, Message
from portevoix.record.operations import accounts, envelopes
from tests.channels.meta import ACCOUNT, both, connector, meta
from tests.exchange import polled
from tests.servers.meta_emulator import DAY, Meta

pytestmark = pytest.mark.django_db
__all__ = ["meta"]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def account(city, on, meta, monkeypatch) -> Account:
    served = {"facebook": FacebookConnector, "instagram": InstagramConnector}
    monkeypatch.setattr(connectors, "installed_channels", lambda: served)
    told = connector(meta, on).settings
    names = ("me", "access_token", "app_secret", "verify_token", "graph_base")
    stored = {name: getattr(told, name) for name in names}
    return accounts.connect(
        channel=on, address=ACCOUNT, connector=on, settings=stored, secret=names[1:4], by=None, now=now()
    )


def poll(account: Account) -> None:
    """Two readings: what is missed is believed in the second."""
    for _ in range(2):
        more = True
        while more:
            polled.poll(Account.objects.get(pk=account.pk), now=now())
            row = Account.objects.get(pk=account.pk)
            assert row.trouble is None, row.trouble
            more = '"todo":[]' not in (row.cursor or "")


def push(meta: Meta, account: Account) -> None:
    """What Meta tells: on Instagram neither edits nor removals."""
    if not meta.events:
        return
    webhooks.take_request(meta.on, account.pk, meta.push(meta.events), client="meta", now=now())
    meta.events.clear()
    enrich.enrich_envelopes(envelopes.claim(now=now()), now=now())


@both
@pytest.mark.parametrize("first", ["pushed", "read"])
def test_an_edit_and_a_removal_are_each_one_whoever_tells_of_them_first(on, first, meta, account, host) -> None:
    post = meta.post("La piscine rouvre.", ago=DAY)
    asked, other = meta.comment(post, "Quand ?", ago=3600), meta.comment(post, "Enfin !", by="502", ago=3600)
    meta.events = meta.events[-2:]
    ways = {"pushed": lambda: push(meta, account), "read": lambda: poll(account)}
    order = [ways[first], *(way for name, way in ways.items() if name != first)]

    def told() -> Message:
        for way in order:
            way()
        return Message.objects.get(external_id=asked.id)

    assert told().text == "Quand ?"
    meta.edit(asked, "Quand exactement ?")
    assert told().text == "Quand exactement ?"
    [amended] = Event.objects.filter(what=EventType.AMENDED)
    assert amended.data["before"] == "Quand ?"
    meta.remove(asked)
    gone = told()
    assert gone.text == "" and gone.retracted_at
    assert Event.objects.filter(what=EventType.RETRACTED).count() == 1
    assert Message.objects.get(external_id=other.id).text == "Enfin !" and Message.objects.count() == 2
    assert not Envelope.objects.exclude(state="taken").exists()


@both
def test_a_reply_is_taken_back_and_stays_to_be_read(on, meta, account, host) -> None:
    asked = meta.comment(meta.post("La piscine rouvre.", ago=DAY), "Quand ?", ago=3600)
    poll(account)
    pk = Message.objects.get(external_id=asked.id).conversation_id
    do.answer(conversation=pk, text="Lundi à midi.", by=host, now=now(), seen=1)
    assert deliver_due(now=now()) == 1
    reply = Message.objects.get(direction="out")
    do.withdraw(conversation=pk, message=reply.pk, by=host, now=now())
    meta.line.next = ["reset after"]
    assert deliver_due(now=now()) == 0 and reply.external_id not in meta.said
    Delivery.objects.update(next_attempt_at=now())
    assert deliver_due(now=now()) == 1 and Delivery.objects.get().state == "sent"
    meta.events = meta.events[-1:] if on == "facebook" else meta.events
    push(meta, account)
    poll(account)
    reply.refresh_from_db()
    assert (reply.text, reply.retracted_at) == ("Lundi à midi.", None)
