"""Two conversations become one: nothing is lost, nothing is answered by it, and nothing is late no more."""

from datetime import timedelta

import pytest

from portevoix.kernel.errors import BadInput, Conflict, NotAllowed
from portevoix.kernel.messages import Direction, Writer
from portevoix.record import operations as do
from portevoix.record.export import export
from portevoix.record.facts import facts
from portevoix.record.models import Author, Conversation, Event, Fact, Inquiry, Message, Person, Promise
from portevoix.record.queries.conversation import inquiries_for, merged_into, thread
from portevoix.record.queries.inbox import Inbox, InboxFilter
from portevoix.record.queries.journal import visible_conversations
from portevoix.record.queries.live import events_since, latest_event
from portevoix.record.queries.merge_candidates import merge_candidates
from tests.conftest import NOW, house_now, incoming

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def two(take) -> tuple[int, int]:
    """Ana asks on Tuesday, and again on Wednesday morning without replying to herself."""
    first = incoming("a1", "La piscine est-elle ouverte ?", sent_at=NOW - DAY)
    second = incoming("b1", "Personne ne me répond pour la piscine !", sent_at=NOW - 20 * HOUR)
    return tuple(take(first, second, department="sports"))


def row(pk: int) -> Conversation:
    return Conversation.objects.get(pk=pk)


def join(conversation: int, into: int, host, now=NOW) -> None:
    do.merge(conversation=conversation, into=into, by=host, now=now, seen=row(conversation).version)


def listed(host, wanted: InboxFilter) -> list[int]:
    return [one.pk for one in Inbox(host, wanted, house=house_now(), now=NOW).page().rows]


def waits() -> list[tuple]:
    rows = Fact.objects.order_by("opened_at", "pk")
    return [(f.conversation_id, f.ordinal, f.opened_at, f.first_due_at, f.first_reply_at) for f in rows]


def test_both_questions_stay_as_late_as_they_were(two, host) -> None:
    first, second = two
    before = waits()
    due = row(first).due_at
    join(second, first, host)
    assert waits() == before and len(before) == 2
    assert (row(first).state, row(first).due_at) == ("open", due)
    assert [m.external_id for m in row(first).messages.order_by("sent_at")] == ["a1", "b1"]
    assert row(second).merged_into_id == first and row(second).messages.count() == 0
    told = facts(since=NOW - 9 * DAY, until=NOW, cut_off=NOW)
    assert [(f.thread, f.ordinal) for f in told] == [(str(first), 1), (str(second), 1)]


def test_one_reply_answers_both_from_then_on(two, host) -> None:
    first, second = two
    do.answer(conversation=first, text="Oui.", by=host, now=NOW, seen=row(first).version)
    join(second, first, host, NOW + HOUR)
    assert row(first).state == "open", "the second question has no reply yet"
    assert [at for *_, at in waits()] == [NOW, None]
    do.answer(conversation=first, text="Encore oui.", by=host, now=NOW + 2 * HOUR, seen=row(first).version)
    assert [at for *_, at in waits()] == [NOW, NOW + 2 * HOUR]
    assert row(first).state == "answered" and row(first).due_at is None
    assert Message.objects.filter(direction="out").latest("pk").in_reply_to == "b1"


def test_what_comes_to_the_part_arrives_in_the_whole(two, host, take) -> None:
    first, second = two
    join(second, first, host)
    reference = row(second).reference
    later = incoming("b2", "Alors ?", in_reply_to="b1", sent_at=NOW + HOUR)
    by_mail = incoming("b3", "Alors ??", conversation=reference, sent_at=NOW + 2 * HOUR)
    assert take(later, by_mail, now=NOW + 3 * HOUR) == [first, first]
    assert row(first).last_message_at == NOW + 2 * HOUR
    assert len(waits()) == 2, "both still wait for the same reply"


def test_what_was_said_before_and_comes_late_falls_into_its_place(two, host, take) -> None:
    """An earlier beginning of the second question: it waited for longer than one knew, and is no less late."""
    first, second = two
    join(second, first, host)
    early = NOW - 30 * HOUR
    take(incoming("b0", "Et la piscine ?", conversation=row(second).reference, sent_at=early), now=NOW + HOUR)
    assert [(pk, opened) for pk, _, opened, *_ in waits()] == [(second, early), (first, NOW - DAY)]


def test_a_late_reply_of_ours_answers_the_question_it_was_sent_to(two, host, take) -> None:
    first, second = two
    join(second, first, host)
    at = NOW - 10 * HOUR
    ours = incoming("o1", "Oui.", direction=Direction.OUT, author=Writer("@testville"), in_reply_to="b1", sent_at=at)
    assert take(ours, now=NOW + HOUR) == [first]
    assert [(pk, reply) for pk, *_, reply in waits()] == [(first, None), (second, at)]


def test_promises_and_questions_to_departments_come_along(two, host, contact_of) -> None:
    first, second = two
    do.hold(conversation=second, text="Vendredi.", promised_at=NOW + DAY, by=host, now=NOW, seen=row(second).version)
    asked = do.inquire(conversation=second, department="voirie", question="?", by=host, now=NOW)
    join(second, first, host)
    assert (row(first).promised_at, row(first).assignee, row(first).state) == (NOW + DAY, host, "awaiting")
    assert Promise.objects.get().conversation_id == first
    roads = contact_of("voirie")
    assert [list(i.conversations.all()) for i in inquiries_for(roads)] == [[row(first)]]
    do.inform(inquiry=asked, answer="Oui.", ruling="may_say", by=roads, now=NOW + HOUR)
    assert (row(first).state, row(first).inquiries_open, row(second).state) == ("assigned", 0, "closed")
    assert Inquiry.objects.get().conversations.get().pk == first


def test_the_part_is_in_no_list_and_leads_to_the_whole(two, host) -> None:
    first, second = two
    join(second, first, host)
    for view in ("open", "closed", "all"):
        assert second not in listed(host, InboxFilter(view=view)), view
    assert listed(host, InboxFilter(view="all", query="personne répond")) == [first]
    assert Inbox(host, InboxFilter(), house=house_now(), now=NOW).counts().open == 1
    assert merged_into(host, second) == first and merged_into(host, first) is None
    assert visible_conversations(host, [first, second]) == {first, second}


def test_its_history_says_who_joined_it(two, host) -> None:
    first, second = two
    last = latest_event()
    join(second, first, host)
    seen = thread(host, first, house=house_now(), now=NOW)
    [event] = [event for event in seen.events if event.what == "merged"]
    assert (event.contact, event.data["joins"]) == (host, second)
    assert [event.what for event in seen.events] == ["received", "routed", "received", "routed", "merged"]
    assert thread(host, second, house=house_now(), now=NOW) is None
    assert events_since(last)[1] == {first, second}, "pages that show either are told"


def test_a_chain_of_joins_ends_in_one_place(two, host, take) -> None:
    first, second = two
    [third] = take(incoming("c1", sent_at=NOW - 3 * HOUR))
    before = waits()
    join(third, second, host)
    join(second, first, host, NOW + HOUR)
    assert waits() == before
    assert {row(second).merged_into_id, row(third).merged_into_id} == {first}
    assert take(incoming("c2", in_reply_to="c1", sent_at=NOW + 2 * HOUR), now=NOW + 2 * HOUR) == [first]
    do.answer(conversation=first, text="Oui.", by=host, now=NOW + 3 * HOUR, seen=row(first).version)
    assert {reply for *_, reply in waits()} == {NOW + 3 * HOUR}


def test_what_is_not_the_same_citizens_or_channels_stays_apart(two, host, take) -> None:
    first, _ = two
    other, mail = take(
        incoming("z", author=Writer("citizen-2", "bob", "Bob")),
        incoming("m", channel="email", account="contact@testville.example"),
    )
    for conversation, told in ((other, "another citizen's"), (mail, "another channel"), (first, "itself")):
        with pytest.raises(BadInput, match=told):
            join(conversation, first, host)
    assert not Event.objects.filter(what="merged").exists()


def test_two_accounts_of_one_person_are_one_citizen(two, host, take) -> None:
    first, _ = two
    [other] = take(incoming("z", author=Writer("citizen-2", "ana2", "Ana")))
    Author.objects.update(person=Person.objects.create())
    assert other in [one.pk for one in merge_candidates(host, first, "").others]
    join(other, first, host)
    assert row(first).messages.count() == 2


def test_who_may_not_reply_may_not_join(two, contact_of) -> None:
    first, second = two
    with pytest.raises(NotAllowed):
        join(second, first, contact_of("sports"))


def test_the_slower_of_two_is_told(two, host, other_host, take) -> None:
    first, second = two
    seen = row(second).version
    take(incoming("b2", "Alors ?", in_reply_to="b1", sent_at=NOW))
    with pytest.raises(Conflict, match="in the meantime"):
        do.merge(conversation=second, into=first, by=host, now=NOW, seen=seen)
    seen = row(first).version
    join(second, first, other_host)
    with pytest.raises(Conflict, match=f"No. {second} has become part of no. {first}"):
        do.note(conversation=second, text="Vu.", by=host, now=NOW)
    with pytest.raises(Conflict, match="became part of this one"):
        do.answer(conversation=first, text="Oui.", by=host, now=NOW, seen=seen)
    with pytest.raises(Conflict, match="has become part"):
        join(first, second, host)


def test_a_beginning_that_comes_last_makes_one_question_of_what_a_host_had_joined(take, host) -> None:
    """Two answers to one absent message were two threads to the network's eyes; then the message comes."""
    first, second = take(
        incoming("s1", thread="T1", in_reply_to="root", sent_at=NOW - 5 * HOUR),
        incoming("s2", thread="root", sent_at=NOW - 4 * HOUR),
    )
    assert first != second
    join(second, first, host)
    assert take(incoming("root", thread="T1", sent_at=NOW - 6 * HOUR)) == [first]
    assert [(ordinal, opened) for _, ordinal, opened, *_ in waits()] == [(1, NOW - 6 * HOUR)]


def test_a_beginning_that_comes_last_keeps_the_way_to_what_answers_began(take, host) -> None:
    [answers] = take(incoming("s2", thread="root", sent_at=NOW - 4 * HOUR))
    do.note(conversation=answers, text="Vu.", by=host, now=NOW - HOUR)
    [begun] = take(incoming("s0", thread="T", sent_at=NOW - 7 * HOUR))
    assert take(incoming("root", thread="T", sent_at=NOW - 6 * HOUR)) == [begun]
    assert merged_into(host, answers) == begun
    assert [(pk, opened) for pk, _, opened, *_ in waits()] == [(begun, NOW - 7 * HOUR)]
    assert take(incoming("s3", thread="root", sent_at=NOW - HOUR)) == [begun]


def test_what_a_host_joined_is_apart_in_an_export(two, host) -> None:
    """Taken in elsewhere, they are two questions again, as they are on the network: none of them is forgotten."""
    first, second = two
    join(second, first, host)
    do.answer(conversation=first, text="Oui.", by=host, now=NOW, seen=row(first).version)
    Message.objects.filter(direction="out").update(external_id="o1")
    assert [(m.external_id, m.thread, m.in_reply_to) for m in export()] == [
        ("a1", "", ""), ("b1", "", ""), ("o1", "", "b1"),
    ]  # fmt: skip
