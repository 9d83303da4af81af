"""What is stored is compared with what the events say, and mended."""

from datetime import timedelta

import pytest

from portevoix.record import operations as do
from portevoix.record.models import Conversation, Fact, Policy, Promise
from portevoix.record.operations.replay import replay
from portevoix.record.replay_differences import conversation_batches, differences, latest_conversations
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(take, host) -> list[int]:
    """Two that were joined, the first of which has a promise, and a third."""
    pks = take(incoming("a", sent_at=NOW - timedelta(hours=9)), incoming("b"), incoming("c"))
    promised = NOW + timedelta(days=1)
    do.hold(conversation=pks[0], text="Demain.", promised_at=promised, by=host, now=NOW, seen=9)
    do.merge(conversation=pks[1], into=pks[0], by=host, now=NOW, seen=9)
    return pks


def test_nothing_differs_until_somebody_writes_past_the_events(three) -> None:
    first, second, third = three
    assert differences(three) == [] == replay(three)
    Conversation.objects.filter(pk=first).update(due_at=None, state="assigned")
    Fact.objects.filter(conversation=second).update(first_due_at=NOW + timedelta(days=9))
    Fact.objects.filter(conversation=third).delete()
    Fact.objects.create(
        conversation_id=third, ordinal=7, policy=Policy.objects.latest("version"), addressed="direct", channel="x",
        account="@testville", opened_at=NOW, first_due_at=NOW, substance_due_at=NOW,
    )  # fmt: skip
    Promise.objects.update(promised_at=NOW)
    found = differences(three)
    assert [(one.conversation, one.what) for one in found] == [
        (first, "due_at"),
        (first, "fact"),
        (third, "fact"),
        (third, "fact"),
        (first, "promise"),
    ]
    assert found[1].stored == {"first_due_at": NOW + timedelta(days=9)}
    assert {one.stored and one.stored["ordinal"] for one in found[2:4]} == {None, 7}
    assert replay(three) == found
    assert differences(three) == []
    assert Conversation.objects.get(pk=first).due_at == Conversation.objects.get(pk=first).queue_at


def test_every_conversation_is_looked_at_once_and_parts_with_what_they_are_part_of(three, take) -> None:
    first, _, third = three
    assert (
        [pk for batch in conversation_batches(1) for pk in batch] == [first, third] == sorted(latest_conversations(9))
    )
    assert [len(batch) for batch in conversation_batches(2)] == [2]
