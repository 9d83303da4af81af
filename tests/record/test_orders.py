"""Whatever the order in which messages arrive, one by one or together, the record comes to say the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.kernel.messages import Addressed, Batch, Direction, Incoming, ReplyKind, Writer
from portevoix.record import operations as do
from portevoix.record.models import Conversation, Event, Fact, Message, Policy, Promise
from portevoix.record.operations import Labelled, accounts, envelopes, receive
from portevoix.record.operations import city as operations
from portevoix.record.replay_differences import differences
from tests.conftest import NOW, POLICY, incoming

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
EXAMPLES = 40 if connection.vendor == "sqlite" else 10  # what orders there are is no matter of the database


@st.composite
def threads(draw: st.DrawFn) -> list[Incoming]:
    """A few threads in the order of time. Each names parents, the network's thread, or both."""
    said: list[Incoming] = []
    for number in range(draw(st.integers(1, 3))):
        named, parented = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
        mine: list[Incoming] = []
        for step in range(draw(st.integers(1, 6))):
            parent = draw(st.sampled_from(mine)).external_id if mine else ""
            mine.append(draw(_messages(f"{number}-{step}", f"T{number}" if named else "", parent if parented else "")))
        said += mine
    # A minute apart, so that no two are said at the same time.
    return [replace(m, sent_at=NOW - (len(said) - n) * 200 * MINUTE) for n, m in enumerate(said)]


@st.composite
def _messages(draw: st.DrawFn, external_id: str, thread: str, parent: str) -> Incoming:
    opens = external_id.endswith("-0")
    out = not opens and draw(st.booleans())
    holding = out and draw(st.booleans())
    return incoming(
        external_id,
        thread=thread,
        in_reply_to=parent,
        direction=Direction.OUT if out else Direction.IN,
        author=Writer("@testville") if out else Writer("citizen-1", "c", "Ana"),
        addressed=Addressed.COPY if not out and draw(st.integers(0, 4)) == 0 else Addressed.DIRECT,
        automatic=draw(st.integers(0, 6)) == 0,
        reply_kind=ReplyKind.HOLDING if holding else None,
        promised_at=NOW + draw(st.integers(-900, 900)) * MINUTE if holding else None,
    )


def take(messages: list[Incoming], sizes: list[int]) -> None:
    """In batches of these sizes, again and again."""
    account = accounts.get_or_create(channel="x", address="@testville")
    number = 0
    while messages:
        size = sizes[number % len(sizes)]
        batch, messages, number = messages[:size], messages[size:], number + 1
        stored = envelopes.store(account, Batch(tuple(batch)), now=NOW)
        receive([Labelled(pk, m) for pk, m in envelopes.read(stored.waiting)], now=NOW)


def told() -> dict[frozenset[str], tuple]:
    """What the record says of each conversation, which is known by its messages."""
    found = {}
    for row in Conversation.objects.filter(merged_into=None):
        messages = frozenset(row.messages.values_list("external_id", flat=True))
        facts = Fact.objects.filter(conversation=row).order_by("ordinal")
        promises = Promise.objects.filter(conversation=row).order_by("made_at")
        found[messages] = (
            row.state,
            row.due_at,
            row.promised_at,
            row.opened_at,
            row.last_message_at,
            [(f.ordinal, f.opened_at, f.first_due_at, f.first_reply_at, f.answer_at) for f in facts],
            [(p.message.external_id, p.ordinal, p.promised_at, p.answered_at) for p in promises],
        )
    assert Message.objects.count() == Event.objects.exclude(what="merged").count()
    assert Fact.objects.filter(conversation__merged_into__isnull=False).count() == 0, "no thread was ever apart"
    return found


@given(threads(), st.randoms(use_true_random=False), st.lists(st.integers(1, 5), min_size=1, max_size=4))
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_messages_may_arrive_in_any_order(city, said: list[Incoming], random, sizes: list[int]) -> None:
    outcomes = []
    shuffled = list(said)
    random.shuffle(shuffled)
    for messages, batches in ((said, [1]), (shuffled, sizes), (shuffled[::-1], [len(said)])):
        with transaction.atomic():
            take(messages, batches)
            outcomes.append(told())
            assert differences(Conversation.objects.values_list("pk", flat=True)) == []
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_a_wait_is_reckoned_by_the_policy_under_which_it_opened_however_late_it_comes(city) -> None:
    """A policy that gives more time does not give it to those who had been waiting before."""
    hours = 60 * MINUTE
    operations.save_policy(text=POLICY.replace('"8h"', '"30h"'), by=None, now=NOW - hours)
    before, since, ancient = (
        incoming("before", sent_at=NOW - 2 * hours),
        incoming("since", sent_at=NOW - hours),
        incoming("ancient", sent_at=NOW - 5000 * hours),
    )
    take([since, before, ancient], [1])
    versions = dict(Event.objects.filter(what="received").values_list("message__external_id", "policy"))
    first, default, longer = Policy.objects.order_by("version").values_list("version", flat=True)
    assert versions == {"before": default, "since": longer, "ancient": longer}
    assert first < default


def test_a_clock_that_is_ahead_of_ours_moves_no_deadline_and_follows_no_reply(city, host) -> None:
    """A citizen's device claims tomorrow: the message was there when it came, and a reply to it is one."""
    take([incoming("m1", sent_at=NOW + 1440 * MINUTE)], [1])
    fact = Fact.objects.get()
    assert (fact.opened_at, Message.objects.get().sent_at) == (NOW, NOW + 1440 * MINUTE)
    row = Conversation.objects.get()
    do.answer(conversation=row.pk, text="Oui.", by=host, now=NOW + MINUTE, seen=row.version)
    row.refresh_from_db()
    assert (row.state, Fact.objects.get().first_reply_at) == ("answered", NOW + MINUTE)
