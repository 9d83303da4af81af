"""What hosts do: each verb, who may, and what happens when two do it at once."""

from datetime import date, timedelta

import pytest
from django.db import connection

from portevoix.kernel.errors import BadInput, Conflict, NotAllowed, NotPossible
from portevoix.record import operations as do
from portevoix.record.clocks import Clocks
from portevoix.record.facts import cut_off, facts_of_week
from portevoix.record.models import Conversation, Delivery, Event, Fact, Inquiry, Message, Promise
from portevoix.record.queries.conversation import thread
from portevoix.record.queries.inbox import Wanted, counts, inbox
from portevoix.record.search import matching
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def asked(take) -> int:
    [pk] = take(incoming(), department="sports")
    return pk


def seen(pk: int) -> int:
    return Conversation.objects.get(pk=pk).version


def test_an_answer_and_its_delivery_are_written_together(asked, host) -> None:
    do.answer(conversation=asked, text="Oui, jusqu'à 20 h.", by=host, now=SOON, seen=seen(asked))
    row = Conversation.objects.get(pk=asked)
    assert (row.state, row.due_at) == ("answered", None)
    reply = Message.objects.get(direction="out")
    assert reply.in_reply_to == "m1" and reply.contact == host and reply.external_id is None
    assert Delivery.objects.get().message == reply
    assert Fact.objects.get().first_reply_at == SOON


def test_a_holding_reply_opens_a_promise_and_takes_the_conversation(asked, host) -> None:
    promised = NOW + timedelta(days=2)
    do.hold(conversation=asked, text="Vendredi.", promised_at=promised, by=host, now=SOON, seen=seen(asked))
    row = Conversation.objects.get(pk=asked)
    assert (row.state, row.assignee, row.due_at, row.promised_at) == ("assigned", host, promised, promised)
    assert Promise.objects.get().promised_at == promised
    with pytest.raises(BadInput, match="past"):
        do.hold(conversation=asked, text="Hier.", promised_at=NOW, by=host, now=SOON, seen=seen(asked))


def test_the_second_to_send_is_told(asked, host, other_host) -> None:
    both_saw = seen(asked)
    do.answer(conversation=asked, text="Oui.", by=host, now=SOON, seen=both_saw)
    with pytest.raises(Conflict, match="Claire"):
        do.answer(conversation=asked, text="Oui !", by=other_host, now=SOON, seen=both_saw)
    do.answer(conversation=asked, text="Oui, bonne baignade.", by=other_host, now=SOON, seen=seen(asked))
    assert Message.objects.filter(direction="out").count() == 2


def test_a_citizen_s_new_message_must_be_read_but_a_note_need_not(asked, host, take) -> None:
    before = seen(asked)
    do.note(conversation=asked, text="Vu avec le service.", by=host, now=SOON)
    take(incoming("m2", "Et le stade ?", in_reply_to="m1"))
    with pytest.raises(Conflict, match="new message"):
        do.answer(conversation=asked, text="Oui.", by=host, now=SOON, seen=before)


def test_departments_are_asked_and_their_ruling_holds(asked, host, contact_of) -> None:
    do.inquire(conversation=asked, department="voirie", question="La rue rouvre quand ?", by=host, now=SOON)
    assert Conversation.objects.get(pk=asked).state == "awaiting"
    inquiry, stranger, contact = Inquiry.objects.get(), contact_of("sports"), contact_of("voirie")
    told = {"inquiry": inquiry.pk, "answer": "Lundi.", "ruling": "not_before", "now": SOON}
    with pytest.raises(NotAllowed):
        do.inform(**told, not_before=date(2026, 11, 20), by=stranger)
    with pytest.raises(BadInput, match="date"):
        do.inform(**told, by=contact)
    do.inform(**told, not_before=date(2026, 11, 20), by=contact)
    assert Conversation.objects.get(pk=asked).state == "open"
    with pytest.raises(BadInput, match="20/11/2026"):
        do.answer(conversation=asked, text="Lundi.", by=host, now=SOON, seen=seen(asked))
    do.answer(conversation=asked, text="Lundi.", by=host, now=NOW + timedelta(days=2), seen=seen(asked))


def test_the_ruling_of_each_department_holds(asked, host, contact_of) -> None:
    for slug, ruling in (("voirie", "not_before"), ("sports", "may_say")):
        do.inquire(conversation=asked, department=slug, question="Et vous ?", by=host, now=SOON)
        day = date(2026, 11, 20) if ruling == "not_before" else None
        inquiry = Inquiry.objects.get(department__slug=slug).pk
        do.inform(inquiry=inquiry, answer="Oui.", ruling=ruling, not_before=day, by=contact_of(slug), now=SOON)
        with pytest.raises(BadInput, match="Voirie"):
            do.answer(conversation=asked, text="Oui.", by=host, now=SOON, seen=seen(asked))


def test_who_replies_to_what_a_colleague_closed_meanwhile_is_told_so(asked, host, other_host) -> None:
    before = seen(asked)
    do.close(conversation=asked, by=other_host, now=SOON)
    with pytest.raises(NotPossible, match="closed"):
        do.answer(conversation=asked, text="Oui.", by=host, now=SOON, seen=before)


def test_close_and_reopen_leave_the_deadline_where_it_was(asked, host) -> None:
    due = Conversation.objects.get(pk=asked).due_at
    do.close(conversation=asked, by=host, now=due + timedelta(hours=1))
    assert Conversation.objects.get(pk=asked).due_at is None
    with pytest.raises(NotPossible, match="closed"):
        do.answer(conversation=asked, text="Oui.", by=host, now=due, seen=99)
    do.reopen(conversation=asked, by=host, now=due + timedelta(hours=2))
    assert Conversation.objects.get(pk=asked).due_at == due
    assert Fact.objects.get().first_reply_at is None


def test_assign_release_route_label(asked, host, other_host, editor) -> None:
    do.assign(conversation=asked, to=other_host.pk, by=host, now=SOON)
    assert Conversation.objects.get(pk=asked).state == "assigned"
    with pytest.raises(BadInput, match="host"):
        do.assign(conversation=asked, to=editor.pk, by=host, now=SOON)
    do.release(conversation=asked, by=host, now=SOON)
    do.route(conversation=asked, department="voirie", by=host, now=SOON)
    do.label(conversation=asked, kind="report", valence="wrong", by=host, now=SOON)
    fact = Fact.objects.get()
    assert (fact.department, fact.kind, fact.valence) == ("voirie", "report", "wrong")
    with pytest.raises(BadInput, match="nowhere"):
        do.route(conversation=asked, department="nowhere", by=host, now=SOON)


def test_who_may_do_what(asked, editor, contact_of, host) -> None:
    outsider, insider = contact_of("voirie"), contact_of("sports")
    assert thread(outsider, asked, clocks=Clocks(), now=NOW) is None
    assert thread(insider, asked, clocks=Clocks(), now=NOW)
    for by in (editor, insider, outsider):
        with pytest.raises(NotAllowed):
            do.answer(conversation=asked, text="Oui.", by=by, now=SOON, seen=seen(asked))
        with pytest.raises(NotAllowed):
            do.close(conversation=asked, by=by, now=SOON)
    do.note(conversation=asked, text="Nous vérifions.", by=insider, now=SOON)
    with pytest.raises(NotAllowed):
        do.note(conversation=asked, text="…", by=outsider, now=SOON)
    host.is_active = False
    with pytest.raises(NotAllowed):
        do.close(conversation=asked, by=host, now=SOON)


def test_an_unconnected_account_says_so(take, host) -> None:
    [pk] = take(incoming(account="@elsewhere"))
    with pytest.raises(BadInput, match="@elsewhere is not connected"):
        do.answer(conversation=pk, text="Oui.", by=host, now=SOON, seen=seen(pk))
    assert not Message.objects.filter(direction="out").exists()


def test_history_is_only_added_to(asked, host) -> None:
    before = list(Event.objects.order_by("pk").values_list("pk", "what", "at"))
    do.answer(conversation=asked, text="Oui.", by=host, now=SOON, seen=seen(asked))
    do.close(conversation=asked, by=host, now=SOON)
    assert list(Event.objects.order_by("pk").values_list("pk", "what", "at"))[: len(before)] == before


def test_the_inbox_is_by_deadline_page_after_page(take, host, contact_of) -> None:
    take(*[incoming(f"p{n}", f"Question {n}", sent_at=NOW - timedelta(minutes=n * 7 % 120)) for n in range(120)])
    take(incoming("copy", addressed="copy"))
    rows, after = [], ""
    while True:
        page = inbox(host, Wanted(), now=NOW, after=after)
        rows += page.rows
        if not (after := page.after):
            break
    assert len(rows) == 121 and len({row.pk for row in rows}) == 121
    assert [row.queue_at for row in rows] == sorted(row.queue_at for row in rows)
    assert rows[-1].due_at is None
    back = inbox(host, Wanted(), now=NOW, before=page.before)
    assert [row.pk for row in back.rows] == [row.pk for row in rows[50:100]]
    assert counts(host, now=NOW).open == 121 and counts(contact_of("sports"), now=NOW).open == 0
    with pytest.raises(BadInput):
        inbox(host, Wanted(), now=NOW, after="nonsense")


def test_search_finds_words_without_accents_and_beginnings(take, host) -> None:
    take(incoming("s1", "Le lampadaire de l'ÉCOLE est cassé"), incoming("s2", "La piscine"))
    for query, found in (
        ("ecole", 1),
        ("école lampad", 1),
        ("lampadaire piscine", 0),
        ('"; DROP', 0),
        ("*", 0),
        ("la", 2),
    ):
        assert len(inbox(host, Wanted(view="all", query=query), now=NOW).rows) == found, query


def test_a_week_s_cut_off_is_fixed_once_it_is_over(asked, host) -> None:
    monday = cut_off("2026-W47", now=NOW + timedelta(days=9))
    assert monday.isoformat() == "2026-11-23T07:00:00+00:00"
    assert cut_off("2026-W47", now=NOW) == NOW, "a week that is running is read now"
    do.answer(conversation=asked, text="Enfin.", by=host, now=monday + timedelta(hours=1), seen=seen(asked))
    [fact] = facts_of_week("2026-W47", cut_off=monday)
    assert fact.first_reply_at is None and fact.first_elapsed_s is None
    assert fact.week == "2026-W47" and fact.censored_elapsed_s == (monday - fact.opened_at).total_seconds()


def test_search_uses_the_index_of_the_database(take) -> None:
    take(incoming("i1", "Le lampadaire"))
    plan = matching("lampadaire").explain()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
        plan = matching("lampadaire").explain()
        assert "record_message_search" in plan
    else:
        assert "VIRTUAL TABLE INDEX" in plan
