"""Each message has its own kind and sentiment; what a host decides is that of the message that began it."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps

from portevoix.exchange.unlabelled import LABEL_MESSAGES
from portevoix.kernel.messages import Batch
from portevoix.record.export import export
from portevoix.record.models import Conversation, Fact, Message
from portevoix.record.operations import Labelled, accounts, answer, envelopes, label, receive
from portevoix.record.queries.training import examples
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
migration = import_module("portevoix.record.migrations.0022_message_labels")
HOUR = timedelta(hours=1)


@pytest.fixture
def complaint(take, host) -> int:
    """A complaint, and the thanks that followed its answer."""
    first = incoming("c1", text="Toujours rien.", sent_at=NOW - 3 * HOUR)
    account = accounts.known(channel=first.channel, address=first.account)

    def taken(message, **labels) -> None:
        stored = envelopes.store(account, Batch((message,)), now=NOW)
        receive([Labelled(pk, m, lang="fr", **labels) for pk, m in envelopes.read(stored.waiting)], now=NOW)

    taken(first, kind="report", valence="neutral")
    row = Conversation.objects.get()
    answer(conversation=row.pk, text="C'est fait.", by=host, now=NOW - 2 * HOUR, seen=row.version)
    taken(
        incoming(
            "c2", text="Merci beaucoup, c'est parfait, bravo à toute l'équipe !", in_reply_to="c1", sent_at=NOW - HOUR
        ),
        kind="praise",
        valence="well",
    )
    return row.pk


def told() -> list[tuple[str | None, str | None]]:
    rows = Message.objects.filter(direction="in").order_by("sent_at")
    return list(rows.values_list("kind", "valence"))


def test_a_host_decides_what_the_first_message_is(complaint, host) -> None:
    assert told() == [("report", "neutral"), ("praise", "well")]
    label(conversation=complaint, kind="complaint", valence="wrong", by=host, now=NOW)
    assert told() == [("complaint", "wrong"), ("praise", "well")]
    assert [fact.message.kind for fact in Fact.objects.order_by("ordinal")] == ["complaint", "praise"]
    assert Conversation.objects.get().kind == "complaint"
    assert examples("kind") == [("Toujours rien.", "complaint")], "nobody has said what the thanks are"


def test_an_export_tells_what_is_known_and_not_what_is_likely(complaint, host) -> None:
    assert [line.labels for line in export()] == [{}, {}]
    label(conversation=complaint, kind="complaint", by=host, now=NOW)
    assert [dict(line.labels) for line in export()] == [{"kind": "complaint"}, {}]


def test_the_migration_labels_what_began_each_conversation_and_leaves_the_rest_to_be_read(complaint, host) -> None:
    label(conversation=complaint, kind="complaint", valence="wrong", by=host, now=NOW)
    Message.objects.update(kind=None, valence=None, labels={})
    Fact.objects.update(message=None)
    migration.label_messages(apps, SimpleNamespace(connection=SimpleNamespace(vendor="sqlite")))
    assert told() == [("complaint", "wrong"), (None, None)]
    assert Message.objects.get(direction="out").kind == ""
    assert Message.objects.get(external_id="c1").labels == {"kind": "complaint", "valence": "wrong"}
    facts = Fact.objects.order_by("ordinal")
    assert [fact.message.external_id for fact in facts] == ["c1", "c2"]


def test_a_worker_reads_what_was_left_to_be_read(complaint) -> None:
    Message.objects.update(kind=None, valence=None)
    Message.objects.filter(external_id="c1").update(text="")
    Message.objects.filter(direction="out").update(kind="", valence="")
    assert LABEL_MESSAGES.apart_if(NOW) and LABEL_MESSAGES.run(NOW) == 2
    assert told() == [("", ""), ("praise", "well")]
    assert not LABEL_MESSAGES.apart_if(NOW) and LABEL_MESSAGES.run(NOW) is None
