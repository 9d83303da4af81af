"""Messages become conversations: once, in the right thread, in any order."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from portevoix.kernel.clock import week_of
from portevoix.kernel.messages import About, Addressed, Batch, Change, Direction, File, ReplyKind, Writer
from portevoix.kernel.states import OPEN_STATES
from portevoix.record import operations
from portevoix.record.export import export
from portevoix.record.models import Attachment, Conversation, Edition, Envelope, Event, Fact, Message, Promise
from portevoix.record.operations import Labelled, accounts, envelopes, receive
from portevoix.record.operations.apply_edit import MOST_BEFORE, MOST_EDITS
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def test_one_message_opens_one_conversation_with_its_deadline(take) -> None:
    [pk] = take(incoming(about=About("https://ville.example/a", "Un article")), department="sports")
    row = Conversation.objects.get(pk=pk)
    assert (row.state, row.department.slug, row.about_title) == ("open", "sports", "Un article")
    # Received at 9:45 on a Wednesday: 2 h 45 + 4 h 30 that day, 45 minutes of the next.
    assert row.due_at.isoformat() == "2026-11-19T08:15:00+00:00"
    assert row.queue_at == row.due_at
    assert [event.what for event in row.events.order_by("pk")] == ["received", "routed"]
    assert Envelope.objects.get().state == "taken" and Envelope.objects.get().message == Message.objects.get()


def test_the_same_message_is_taken_once(city) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    first = envelopes.store(account, Batch((incoming(), incoming())), now=NOW)
    again = envelopes.store(account, Batch((incoming(text="other words"),)), now=NOW)
    assert (first.new, first.duplicates, again.new, again.duplicates) == (1, 1, 0, 1)


def test_the_database_itself_refuses_a_second_one(take) -> None:
    take(incoming())
    message = Message.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            conversation=message.conversation, account=message.account, external_id="m1", direction="in",
            sent_at=NOW, received_at=NOW,
        )  # fmt: skip


def thread():
    """A question, a holding reply, a reminder, an answer: each names its parent."""
    asked = incoming("q", sent_at=NOW - timedelta(hours=40))
    held = incoming(
        "h", "Nous revenons vers vous demain.", direction=Direction.OUT, author=Writer("@testville"), in_reply_to="q",
        reply_kind=ReplyKind.HOLDING, promised_at=NOW - timedelta(hours=10), sent_at=NOW - timedelta(hours=39),
    )  # fmt: skip
    reminded = incoming("r", "Alors ?", in_reply_to="h", sent_at=NOW - timedelta(hours=5))
    answered = incoming(
        "a", "Elle rouvre lundi.", direction=Direction.OUT, author=Writer("@testville"), in_reply_to="r",
        reply_kind=ReplyKind.ANSWER, sent_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    return [asked, held, reminded, answered]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]])
def test_a_thread_comes_together_in_any_order_and_says_the_same(take, order) -> None:
    messages = thread()
    take(*[messages[i] for i in order])
    roots = Conversation.objects.filter(messages__external_id="q")
    row = roots.get()
    assert row.messages.count() == 4, "all four in one conversation"
    assert row.state == "answered" and row.due_at is None
    facts = list(Fact.objects.order_by("ordinal"))
    assert [f.answer_at for f in facts] == [NOW - timedelta(hours=1)] * 2
    assert facts[0].first_reply_at == NOW - timedelta(hours=39)
    assert Promise.objects.get().answered_at == NOW - timedelta(hours=1)


def test_all_orders_in_one_batch(city) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    for number, order in enumerate(permutations(range(4))):
        batch = [
            replace(
                m,
                external_id=f"{number}-{m.external_id}",
                in_reply_to=f"{number}-{m.in_reply_to}" if m.in_reply_to else "",
            )
            for m in thread()
        ]
        stored = envelopes.store(account, Batch(tuple(batch[i] for i in order)), now=NOW)
        receive([Labelled(i, m) for i, m in envelopes.read(stored.waiting)], now=NOW)
        rows = Conversation.objects.filter(messages__external_id__startswith=f"{number}-").distinct()
        assert rows.get().messages.count() == 4


def test_siblings_of_a_missing_parent_belong_together(take) -> None:
    ids = take(incoming("s1", in_reply_to="gone"), incoming("s2", in_reply_to="gone"), incoming("gone"))
    assert len(set(ids)) == 1


def test_the_network_s_thread_and_our_reference_find_the_conversation(take) -> None:
    [first] = take(incoming("t1", thread="T"))
    reference = Conversation.objects.get(pk=first).reference
    assert take(incoming("t2", thread="T"), incoming("t3", conversation=reference)) == [first, first]
    [other] = take(incoming("t4", conversation="nonsense"))
    assert other != first


def test_another_account_is_another_thread(take) -> None:
    mine, theirs = take(incoming("q"), incoming("z", account="@other", in_reply_to="q"))
    assert mine != theirs


def test_a_copy_is_in_the_inbox_without_a_deadline(take) -> None:
    [pk] = take(incoming(addressed=Addressed.COPY))
    row = Conversation.objects.get(pk=pk)
    assert row.due_at is None and row.addressed == "copy" and Fact.objects.get().addressed == "copy"


def test_a_late_message_that_shows_two_waits_to_be_one_leaves_no_stale_one_behind(take) -> None:
    """Named in copy, then spoken to: two waits. Then it turns out that the citizen had spoken to the city before."""
    take(
        incoming("1", addressed=Addressed.COPY, sent_at=NOW - timedelta(hours=3)),
        incoming("2", in_reply_to="1", sent_at=NOW - timedelta(hours=2)),
    )
    assert Fact.objects.count() == 2
    take(incoming("0", in_reply_to="1", sent_at=NOW - timedelta(hours=4)))
    assert [(f.ordinal, f.opened_at) for f in Fact.objects.all()] == [(1, NOW - timedelta(hours=4))]


def test_an_edit_keeps_the_former_words_in_the_history(take) -> None:
    [pk] = take(incoming())
    take(incoming(text="Je voulais dire le stade.", revision=1, change=Change.AMEND))
    message = Message.objects.get()
    assert message.text == "Je voulais dire le stade."
    Message.objects.update(media=[{"url": "https://images.example/1"}], place={"lat": 48.0, "lon": 2.0})
    assert Event.objects.get(what="amended").data["before"] == "Bonjour, la piscine est-elle ouverte ?"
    take(incoming(revision=2, change=Change.RETRACT))
    message.refresh_from_db()
    assert message.text == "" and message.retracted_at and (message.media, message.place) == ([], None)
    assert Event.objects.get(what="amended").data == {} and not Envelope.objects.filter(revision__lt=2).exists()
    assert Conversation.objects.get(pk=pk).due_at, "something was asked all the same"


def test_what_a_citizen_deletes_is_quoted_in_no_edition_any_more(take) -> None:
    [pk] = take(incoming())
    quoted = {"conversation": pk, "text": "Bonjour, la piscine"}
    other = {"conversation": pk + 1, "text": "Le stade"}
    week = week_of(Message.objects.get().sent_at, "Europe/Paris")
    content = {"sections": [{"kind": "voices", "wrong": [quoted, other]}]}
    for each in (week, "2020-W01"):
        Edition.objects.create(week=each, department="", cut_off=NOW, made_at=NOW, content=content)
    take(incoming(revision=1, change=Change.RETRACT))
    assert Edition.objects.get(week=week).content["sections"][0]["wrong"] == [other]
    assert Edition.objects.get(week="2020-W01").content == content


def test_words_of_a_message_from_before_its_edits_leave_the_edition_with_it(take) -> None:
    take(incoming(text="La chamoiserie est fermée"))
    take(incoming(text="La patinoire est fermée", revision=1, change=Change.AMEND))
    week = week_of(Message.objects.get().sent_at, "Europe/Paris")
    words = [{"word": word} for word in ("chamoiserie", "patinoire", "stade")]
    content = {"sections": [{"kind": "words", "words": words}]}
    Edition.objects.create(week=week, department="", cut_off=NOW, made_at=NOW, content=content)
    take(incoming(revision=2, change=Change.RETRACT))
    assert Edition.objects.get().content["sections"][0]["words"] == [{"word": "stade"}]


def test_a_message_that_is_edited_without_end_fills_no_page(take) -> None:
    take(incoming(text="0" * (MOST_BEFORE + 1)))
    for edit in range(1, MOST_EDITS + 3):
        take(incoming(text=str(edit) * 5_000, revision=edit, change=Change.AMEND))
    befores = [event.data["before"] for event in Event.objects.filter(what="amended")]
    assert len(befores) == MOST_EDITS and max(map(len, befores)) == MOST_BEFORE
    assert Message.objects.get().text.startswith(str(MOST_EDITS + 2))


def test_an_edit_that_is_told_twice_is_one_in_the_history(take) -> None:
    """As when it is pushed, and then seen by reading: the revisions are two, the edit is one."""
    take(incoming())
    for revision in (1, 2):
        take(incoming(text="Je voulais dire le stade.", revision=revision, change=Change.AMEND))
    assert Event.objects.filter(what="amended").count() == 1
    message = Message.objects.get()
    assert (message.text, message.revision) == ("Je voulais dire le stade.", 2)


def test_attachments_are_kept_and_refused_ones_say_why(take) -> None:
    take(
        incoming(files=(File("a.png", "image/png", 3, b"abc"), File("b.exe", "application/x-dosexec", 9, None, "type")))
    )
    assert [(a.name, bytes(a.content or b""), a.refused) for a in Attachment.objects.order_by("pk")] == [
        ("a.png", b"abc", ""),
        ("b.exe", b"", "type"),
    ]


def test_export_is_what_intake_took(take) -> None:
    messages = [*thread(), incoming("c", addressed=Addressed.COPY, about=About("https://v.example", "T"), lang="fr")]
    take(*messages)
    told = {m.external_id: m for m in export()}
    assert [m.external_id for m in export()] == ["q", "h", "r", "a", "c"]
    for message in messages:
        assert replace(told[message.external_id], thread=message.thread) == message


def test_whatever_the_interchange_format_allows_the_record_keeps(take) -> None:
    """Databases differ in what they refuse; the longest tag, address and offset are taken by all."""
    said = incoming(
        "o",
        direction=Direction.OUT,
        lang="-".join(["abcdefgh"] * 7),
        url="https://ville.example/".ljust(4000, "x"),
        sent_at=datetime.fromisoformat("2026-11-17T10:00:00+23:59"),
    )
    take(said)
    [told] = export()
    assert (told.lang, told.url, told.sent_at, told.reply_kind) == (said.lang, said.url, said.sent_at, None)
    assert told.sent_at.utcoffset() == said.sent_at.utcoffset()


def test_export_keeps_what_only_our_reference_brought_home(take) -> None:
    [pk] = take(incoming("root"))
    reference = Conversation.objects.get(pk=pk).reference
    take(incoming("by-reference", in_reply_to="a mail that never came here", conversation=reference))
    assert [m.thread for m in export()] == ["", "root"]


def test_the_words_that_spoke_for_a_department_go_with_a_deleted_message(take, host):
    [pk] = take(incoming("1", "Ma piscine"))
    Conversation.objects.update(suggestions={"department": [{"label": "sports", "words": ["piscine"]}]})
    words = {"department": "sports", "words": ["piscine"]}
    Event.objects.create(conversation_id=pk, what="routed", at=NOW, data=words)
    take(incoming("1", "", revision=1, change=Change.RETRACT))
    assert Conversation.objects.get().suggestions == {}
    assert Event.objects.get(what="routed").data == {"department": "sports"}


@pytest.mark.parametrize("decide", ["answer", "hold", "close"])
def test_what_was_written_before_a_decision_and_came_in_after_it_waits_for_somebody(take, host, decide):
    """Nobody can have read it: it was answered at birth, and no list had it."""
    minutes = [NOW + timedelta(minutes=number) for number in range(6)]
    [pk] = take(incoming("1", sent_at=minutes[0]))
    how = {"conversation": pk, "by": host, "now": minutes[2]}
    if decide == "close":
        operations.close(**how, why="Réglé")
    elif decide == "hold":
        operations.hold(**how, text="Lundi.", promised_at=NOW + timedelta(days=3), seen=1)
    else:
        operations.answer(**how, text="Voici.", seen=1)
    take(incoming("2", "PS : ça sent le gaz !", in_reply_to="1", sent_at=minutes[1]), now=minutes[3])
    row = Conversation.objects.get(pk=pk)
    assert row.state in OPEN_STATES and row.due_at and row.queue_at
    late = Fact.objects.get(conversation=pk, ordinal=2)
    assert (late.opened_at, late.first_reply_at, late.answer_at) == (minutes[1], None, None)
    operations.answer(conversation=pk, text="Sortez, appelez le 18.", by=host, now=minutes[5], seen=99)
    assert Fact.objects.get(conversation=pk, ordinal=2).first_reply_at == minutes[5]
    assert Conversation.objects.get(pk=pk).due_at is None


def test_a_reply_by_a_clock_that_was_ahead_swallows_nothing_and_hides_no_answer(take, host):
    [pk] = take(incoming("1"))
    ahead = NOW + timedelta(days=30)
    operations.answer(conversation=pk, text="Voici.", by=host, now=ahead, seen=1)
    soon = NOW + timedelta(hours=1)
    take(incoming("2", "Et la fuite de gaz ?", in_reply_to="1", sent_at=soon), now=soon)
    assert Conversation.objects.get(pk=pk).due_at
    operations.answer(conversation=pk, text="Sortez !", by=host, now=soon, seen=99)
    assert Conversation.objects.get(pk=pk).due_at is None
    take(incoming("3", "D'une archive", in_reply_to="1", sent_at=NOW - timedelta(days=30)), now=soon)
    assert Conversation.objects.get(pk=pk).due_at is None
