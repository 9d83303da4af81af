"""What hosts do: each verb, who may, and what happens when two do it at once."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from portevoix.kernel.errors import BadInput, Conflict, NotAllowed, NotPossible
from portevoix.record import operations as do
from portevoix.record.facts import cut_off, facts_of_week
from portevoix.record.models import Conversation, Delivery, Department, Event, Fact, Inquiry, Message, Promise
from portevoix.record.queries.conversation import thread
from portevoix.record.queries.inbox import Inbox, InboxFilter
from portevoix.record.search import statement_of
from tests.conftest import NOW, house_now, incoming

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
    assert (fact.department, fact.message.kind, fact.message.valence) == ("voirie", "report", "wrong")
    with pytest.raises(BadInput, match="nowhere"):
        do.route(conversation=asked, department="nowhere", by=host, now=SOON)


def test_who_may_do_what(asked, editor, contact_of, host) -> None:
    outsider, insider = contact_of("voirie"), contact_of("sports")
    assert thread(outsider, asked, house=house_now(), now=NOW) is None
    assert thread(insider, asked, house=house_now(), now=NOW)
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
        page = Inbox(host, InboxFilter(), house=house_now(), now=NOW).page(after=after)
        rows += page.rows
        if not (after := page.after):
            break
    assert len(rows) == 121 and len({row.pk for row in rows}) == 121
    assert [row.queue_at for row in rows] == sorted(row.queue_at for row in rows)
    assert rows[-1].due_at is None
    back = Inbox(host, InboxFilter(), house=house_now(), now=NOW).page(before=page.before)
    assert [row.pk for row in back.rows] == [row.pk for row in rows[50:100]]
    assert Inbox(host, InboxFilter(), house=house_now(), now=NOW).counts().open == 121
    assert Inbox(contact_of("sports"), InboxFilter(), house=house_now(), now=NOW).counts().open == 0


@pytest.mark.parametrize("key", ["nonsense", "0001-01-01T00:00:00+23:59_1", "9999-12-31T23:59:59-12:00_1", "_"])
def test_a_page_of_the_inbox_that_cannot_be_is_refused(host, key) -> None:
    with pytest.raises(BadInput):
        Inbox(host, InboxFilter(), house=house_now(), now=NOW).page(after=key)


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
        assert (
            len(Inbox(host, InboxFilter(view="all", query=query), house=house_now(), now=NOW).page().rows) == found
        ), query


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
    statement, values = statement_of(["lampadaire"], Q())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off; SET enable_indexscan = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN'} {statement}", values)
        plan = str(cursor.fetchall())
    assert ("record_message_search" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX") in plan


def test_search_looks_at_the_newest_messages_and_says_that_there_are_more(take, host, monkeypatch) -> None:
    monkeypatch.setattr("portevoix.record.search.MOST_MESSAGES", 3)
    take(*(incoming(f"l{n}", f"Lampadaire {n}") for n in range(4)), incoming("p", "La piscine"))
    page = Inbox(host, InboxFilter(view="all", query="lampadaire"), house=house_now(), now=NOW).page()
    assert len(page.rows) == 3 and page.searched == 3
    assert not Inbox(host, InboxFilter(view="all", query="piscine"), house=house_now(), now=NOW).page().searched


def test_a_contact_searches_among_what_they_may_see(take, contact_of, monkeypatch) -> None:
    monkeypatch.setattr("portevoix.record.search.MOST_MESSAGES", 2)
    take(*(incoming(f"l{n}", f"Lampadaire {n}") for n in range(4)))
    first = Conversation.objects.order_by("pk").first()
    Conversation.objects.update(department=None)
    Conversation.objects.filter(pk=first.pk).update(department=Department.objects.get(slug="sports"))
    page = Inbox(contact_of("sports"), InboxFilter(view="all", query="lampadaire"), house=house_now(), now=NOW).page()
    assert [row.pk for row in page.rows] == [first.pk] and not page.searched


@pytest.mark.parametrize(
    "view", ["open", "urgent", "late", "soon", "promised", "awaiting", "mine", "answered", "closed", "all"]
)
def test_every_view_is_cut_from_an_index_in_its_order(take, host, view) -> None:
    """No page may cost what the whole record costs: nothing is scanned whole, nothing but the page itself is sorted."""
    take(*(incoming(f"v{n}", f"Question {n}") for n in range(60)))
    inbox = Inbox(host, InboxFilter(view=view), house=house_now(), now=NOW)
    with CaptureQueriesContext(connection) as captured:
        inbox.page()
        inbox.counts()
    plans = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        for statement in captured.captured_queries:
            cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN'} {statement['sql']}")
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    plan = "\n".join(plan for plan in plans if "record_conversation" in plan)
    assert "record_conversation" in plan
    if connection.vendor == "postgresql":
        assert not re.search(r"Seq Scan on record_conversation|Limit .*\n *-> +Sort", plan), plan
    else:
        assert not re.search(r"^SCAN (record_conversation|U0)$", plan, re.MULTILINE), plan
        assert plan.count("TEMP B-TREE") == 1, plan


def test_counting_stops_at_a_thousand(take, host, monkeypatch) -> None:
    monkeypatch.setattr("portevoix.record.queries.inbox.MOST", 2)
    take(*(incoming(f"m{n}", f"Question {n}") for n in range(5)))
    assert Inbox(host, InboxFilter(), house=house_now(), now=NOW).counts().open == 3
