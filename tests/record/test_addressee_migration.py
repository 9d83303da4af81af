"""Replies from before their addressee was stored get one, so that those that have not left can leave."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps

from portevoix.kernel.messages import Visibility, Writer
from portevoix.record import operations
from portevoix.record.models import Conversation, Message
from portevoix.record.operations import accounts
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
ADA, BEA = Writer("ada", "@ada", "Ada"), Writer("bea", "@bea", "Bea")
NO_EDITOR = SimpleNamespace(connection=SimpleNamespace(vendor="none"))


def addressee_after(reply: int) -> str | None:
    """Return the name of a reply's addressee, as if it had been written before there was one."""
    Message.objects.update(addressee=None)
    import_module("portevoix.record.migrations.0024_addressee").fill(apps, NO_EDITOR)
    to = Message.objects.get(pk=reply).addressee
    return to.name if to else None


def answer(conversation: int, host) -> int:
    seen = Conversation.objects.get(pk=conversation).version
    return operations.answer(conversation=conversation, text="Voici.", by=host, now=NOW, seen=seen)


def ask(take, key: str, author: Writer, visibility: Visibility, **more) -> int:
    [pk] = take(incoming(key, author=author, thread="1", visibility=visibility, **more))
    return pk


@pytest.mark.parametrize(("visibility", "name"), [(Visibility.PRIVATE, "Bea"), (Visibility.PUBLIC, "Ada")])
def test_who_is_answered_in_private_wrote_last_and_in_public_began(take, host, visibility, name) -> None:
    pk = ask(take, "1", ADA, Visibility.PUBLIC)
    ask(take, "2", BEA, visibility, in_reply_to="1", sent_at=NOW + timedelta(minutes=1))
    assert addressee_after(answer(pk, host)) == name


def test_what_was_asked_in_another_mailbox_is_answered(take, host) -> None:
    """Two conversations of one citizen were joined."""
    pk = ask(take, "1", ADA, Visibility.PRIVATE)
    reply = answer(pk, host)
    other = accounts.get_or_create(channel="email", address="mairie@ville.example")
    Message.objects.filter(external_id="1").update(account=other)
    assert addressee_after(reply) == "Ada"


@pytest.mark.parametrize("also", [False, True])
def test_what_does_not_say_what_it_answers_goes_to_who_alone_wrote(take, host, also) -> None:
    """As after an erasure of somebody else in the same conversation, which took the id away."""
    pk = ask(take, "1", ADA, Visibility.PRIVATE)
    if also:
        ask(take, "2", BEA, Visibility.PRIVATE, in_reply_to="1", sent_at=NOW + timedelta(minutes=1))
    reply = answer(pk, host)
    Message.objects.filter(pk=reply).update(in_reply_to="")
    assert addressee_after(reply) == (None if also else "Ada")
