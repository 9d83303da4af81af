"""What the database itself refuses, whoever writes: a state without what it needs, a second of what there is one of."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from portevoix.kernel.errors import BadInput
from portevoix.kernel.messages import Batch, Direction
from portevoix.record import operations as do
from portevoix.record.models import Account, Conversation, Delivery, Envelope, Event, Message
from portevoix.record.operations import accounts, envelopes
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
WHY = {"text": "Because.", "values": {}}


@pytest.fixture
def answered(take, host) -> int:
    """A conversation with a note and an answer that is due; each table has a row of it."""
    [pk] = take(incoming())
    do.note(conversation=pk, text="Vu.", by=host, now=NOW)
    do.answer(conversation=pk, text="Oui.", by=host, now=NOW, seen=1)
    return pk


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Account, {"state": "active", "next_poll_at": None}),
        (Account, {"state": "paused", "trouble": None}),
        (Account, {"state": "asleep"}),
        (Conversation, {"state": "open", "due_at": NOW, "queue_at": NOW + timedelta(days=1)}),
        (Conversation, {"state": "closed", "due_at": NOW, "queue_at": NOW}),
        (Conversation, {"state": "lost"}),
        (Conversation, {"version": -1}),
        (Delivery, {"key": ""}),
        (Delivery, {"state": "sent", "sent_at": None}),
        (Delivery, {"state": "sent", "sent_at": NOW, "leased_until": NOW}),
        (Delivery, {"state": "sending", "leased_until": None}),
        (Delivery, {"state": "due", "leased_until": NOW}),
        (Delivery, {"state": "due", "sent_at": NOW}),
        (Delivery, {"state": "uncertain", "reason": None}),
        (Delivery, {"state": "refused", "reason": None}),
        (Delivery, {"state": "lost"}),
        (Envelope, {"message": None}),
        (Envelope, {"state": "waiting"}),
        (Envelope, {"state": "quarantined", "message": None, "reason": None}),
        (Envelope, {"state": "quarantined", "reason": WHY}),
        (Envelope, {"state": "held", "message": None, "reason": WHY, "leased_until": NOW}),
        (Envelope, {"state": "rejected", "message": None, "reason": None}),
        (Envelope, {"state": "lost"}),
        (Envelope, {"revision": -1}),
        (Event, {"policy": None}),
        (Message, {"external_id": ""}),
        (Message, {"external_id": None}),
        (Message, {"direction": "note", "external_id": None}),
        (Message, {"reply_kind": "answer"}),
        (Message, {"direction": "lost"}),
    ],
)
def test_a_state_has_what_it_needs(answered, model, changes) -> None:
    row = model.objects.filter(**{"channel": "x"} if model is Account else {}).order_by("pk")[:1]
    with pytest.raises(IntegrityError), transaction.atomic():
        assert model.objects.filter(pk__in=[one.pk for one in row]).update(**changes)


def test_there_is_one_of_each(answered) -> None:
    conversation = Conversation.objects.get(pk=answered)
    message = Message.objects.get(direction=Direction.IN)
    note = Message.objects.get(direction=Direction.NOTE)
    delivery, envelope = Delivery.objects.get(), Envelope.objects.get()
    same = {"account": message.account, "external_id": "m1"}
    said = {"conversation": conversation, "direction": "in", "sent_at": NOW, "received_at": NOW}
    seconds = (
        Message(**same, **said),
        Envelope(**same, raw={}, received_at=NOW),
        Envelope(
            account=message.account, external_id="m2", raw={}, received_at=NOW, state="taken", message=envelope.message
        ),
        Delivery(message=note, key=delivery.key, next_attempt_at=NOW),
        Delivery(message=delivery.message, key="another", next_attempt_at=NOW),
        Event(conversation=conversation, what="received", at=NOW, message=message, policy_id=1),
        Event(conversation=conversation, what="held", at=NOW, message=delivery.message),
        Conversation(
            account=message.account, thread="m1", reference="r", opened_at=NOW, last_message_at=NOW, queue_at=NOW
        ),
    )
    for second in seconds:
        with pytest.raises(IntegrityError), transaction.atomic():
            second.save(force_insert=True)


def test_what_came_in_and_what_goes_out_is_not_deleted_from_under_its_message(answered) -> None:
    for message in Message.objects.exclude(direction=Direction.NOTE):
        with pytest.raises(ProtectedError):
            message.delete()


def test_what_the_operations_do_is_always_allowed(city, host) -> None:
    """Held, admitted, set aside, tried again, kept out; an account paused and mended."""
    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming("1", held="No proof."), incoming("2"))), now=NOW)
    held, waiting = Envelope.objects.order_by("external_id")
    envelopes.quarantine(waiting.pk, error=BadInput("Because."))
    for row in (held, waiting):
        assert envelopes.admit(envelope=row.pk, by=host)
        assert envelopes.claim(now=NOW) == [row.pk]
        envelopes.quarantine(row.pk, error=BadInput("Because."))
        assert envelopes.reject(envelope=row.pk, by=host)
    accounts.record_trouble(account=account, error=BadInput("Because."), again_at=None, now=NOW)
    accounts.record_trouble(account=account, error=BadInput("Because."), again_at=NOW, now=NOW)
    accounts.record_poll(account=account, again_at=NOW, now=NOW)
    assert set(Envelope.objects.values_list("state", flat=True)) == {"rejected"}
