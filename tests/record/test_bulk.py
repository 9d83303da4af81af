"""Rows written many at a time are those that Django would have made and written one by one."""

from datetime import timedelta

import pytest
from django.apps import apps

from portevoix.record.db import bulk
from portevoix.record.models import Contact, Conversation, Envelope, Event, Message
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
HARD = 'Une "citation", une barre \\ et {des, accolades}\n\tNULL'


@pytest.mark.parametrize("model", list(apps.get_app_config("record").get_models()), ids=lambda model: model.__name__)
def test_a_row_made_fast_is_the_row_that_django_makes(model) -> None:
    slow, fast = model(), bulk.build_row(model)
    for field in model._meta.concrete_fields:
        here, there = getattr(slow, field.attname), getattr(fast, field.attname)
        assert type(here) is type(there) and (callable(field.default) or here == there), field.name
    assert fast._state.adding and fast._state.db is None
    with pytest.raises(TypeError, match="nowhere"):
        bulk.build_row(model, nowhere=1)


def test_it_knows_its_relations_by_row_or_by_id(take) -> None:
    [pk] = take(incoming())
    row = Conversation.objects.get(pk=pk)
    by_row = bulk.build_row(Event, conversation=row, what="noted", at=NOW, data={})
    by_id = bulk.build_row(Event, conversation_id=pk, what="noted", at=NOW, data={}, contact=None)
    assert by_row.conversation is row and by_row.conversation_id == by_id.conversation_id == pk
    assert by_id.conversation == row and by_id.contact is None
    bulk.insert([by_row, by_id])
    assert Event.objects.filter(what="noted", conversation=pk).count() == 2


def test_many_rows_are_changed_each_in_its_own_way(take) -> None:
    """Texts with what an array's own signs are, empty values, moments, JSON; other rows stay."""
    take(*(incoming(f"m{n}") for n in range(4)))
    rows = list(Message.objects.order_by("pk"))
    for n, row in enumerate(rows[:3]):
        row.text, row.subject = (HARD, "", "x" * 500)[n], "" if n else HARD
        row.labels = ({}, {"département": [1, None, HARD]}, {"a": {"b": 0.5}})[n]
        row.promised_at = None if n else NOW + timedelta(microseconds=1)
    changing = ["text", "subject", "labels", "promised_at"]
    bulk.update(rows[:3], changing=changing)
    stored = list(Message.objects.order_by("pk"))
    for row, kept in zip(rows, stored, strict=True):
        assert [getattr(row, name) for name in changing] == [getattr(kept, name) for name in changing]


def test_a_foreign_key_and_a_flag_are_changed_too(take, host) -> None:
    take(incoming())
    envelope, contact = Envelope.objects.get(), Contact.objects.get(pk=host.pk)
    envelope.message, envelope.reason, envelope.leased_until = None, {"text": "Why", "values": {}}, None
    envelope.state = Envelope.State.QUARANTINED
    bulk.update([envelope], changing=["message", "reason", "leased_until", "state"])
    contact.is_active = False
    bulk.update([contact], changing=["is_active"])
    kept = Envelope.objects.get()
    assert (kept.message_id, kept.reason, kept.leased_until) == (None, {"text": "Why", "values": {}}, None)
    assert not Contact.objects.get(pk=host.pk).is_active
