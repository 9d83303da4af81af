"""Erasing a person: nothing of theirs is left anywhere, and nothing that is measured changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.desk.composer import drafts
from portevoix.journal.composition.compose import compose
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.kernel.errors import NotAllowed, NotPossible
from portevoix.kernel.messages import About, Batch, Change, File, Incoming, Media, Place, Unreadable, Writer
from portevoix.record import operations as do
from portevoix.record.export import export
from portevoix.record.models import (
    Account,
    Attachment,
    Author,
    Conversation,
    Delivery,
    Edition,
    Envelope,
    Event,
    Fact,
    Inquiry,
    Mark,
    Message,
    Person,
    Promise,
)
from portevoix.record.operations import deliveries, envelopes, erase
from portevoix.record.operations import persons as people
from portevoix.record.queries.conversation import inquiries_for
from portevoix.record.reply_facts import reply_report
from tests.conftest import NOW, incoming
from tests.dump import dump, found

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
WEEK = "2026-W46"
ZOE = Writer("did:plc:zqzoeid9", "zqzoe", "Zoé Zqléveque")
MAIL = Writer("zq.mail@poste.example", "zq.mail@poste.example", "Zoé Zqleveque")
SECRETS = [
    "zqzoe", "zqleveque", "zq.mail", "zqid", "zqword", "zqsubject", "zqquoted", "zqhtml", "zqmedia", "zqabout",
    "zqfile", "zqcontent", "zqbefore", "zqnote", "zqdraft", "zqquestion", "zqwhy", "zqheld", "zqlabel", "12.34.56.78",
]  # fmt: skip


def mine(
    external_id: str = "zqid1",
    text: str = "La piscine zqword est fermée depuis lundi, zqbefore ! 06.12.34.56.78",
    **more,
) -> Incoming:
    return incoming(
        external_id,
        text,
        **{
            "author": ZOE,
            "sent_at": NOW - timedelta(days=5),
            "url": "https://x.example/zqzoe/1",
            "media": (Media("https://x.example/zqmedia.png", "image/png", "zqmedia"),),
            "place": Place(48.85123, 2.35),
            "about": About("https://ville.example/zqabout", "zqabout"),
            "labels": {"place": "zqlabel"},
            **more,
        },
    )


def mail(external_id: str = "zqid-mail@poste.example", **more) -> Incoming:
    return mine(
        external_id,
        "Bonjour, la zqword au 12 rue des Lilas.\nMarthe Zqcoquelin",
        channel="email",
        account="contact@testville.example",
        author=MAIL,
        subject="zqsubject",
        quoted="zqquoted",
        html="<p>zqhtml</p>",
        files=(File("zqfile.txt", "text/plain", 9, b"zqcontent"),),
        references=("zqid-old@poste.example",),
        **more,
    )


@pytest.fixture
def zoe(take, host, contact_of) -> Callable[[], Author]:
    """Zoé wrote on X and by e-mail, was answered, spoken about, quoted; one of her messages waits, one reply too."""
    first, second = take(mine(), mail(), department="sports")
    take(replace(mine(text="La piscine zqword est encore fermée depuis lundi matin"), revision=1, change=Change.AMEND))
    account = Account.objects.get(channel="x")
    envelopes.store(
        account,
        Batch(
            (mine("zqid-held", "zqheld", held="No proof."),),
            unreadable=(Unreadable("zqid-raw", "Broken.", "From @zqzoe: zqheld"),),
        ),
        now=NOW,
    )
    do.route(conversation=first, department="voirie", by=host, now=NOW)
    do.label(conversation=first, kind="complaint", valence="wrong", by=host, now=NOW)
    do.note(conversation=first, text="Appelée, zqnote", by=host, now=NOW)
    do.inquire(
        conversation=first, department="voirie", question="Que dire à Zoé Zqleveque ? zqquestion", by=host, now=NOW
    )
    do.inform(
        inquiry=Inquiry.objects.get().pk, answer="Dites à Mme Zqléveque que lundi.", ruling="may_say", by=host, now=NOW
    )
    text = "@zqzoe Bonjour Madame Zqleveque, la piscine rouvre lundi. Claire"
    do.answer(conversation=first, text=text, by=host, now=NOW, seen=99)
    deliveries.record_refusal(deliveries.claim(now=NOW)[0], NotPossible("zq.mail@poste.example is unknown."))
    do.hold(conversation=second, text="Bonjour Madame Zqcoquelin, on cherche.", promised_at=NOW + timedelta(days=9),
            by=host, now=NOW, seen=99)  # fmt: skip
    do.close(conversation=first, by=host, now=NOW, why="zqwhy")
    drafts.save_draft(host, second, "Chère Zoé zqdraft", now=NOW)
    take(incoming("other", "Bonjour, la piscine sent mauvais, dit @zqzoe", author=Writer("o", "o", "Luc")))
    assert compose_and_store(week=WEEK, now=NOW).final
    whole = dump()
    assert [word for word in SECRETS if word not in whole] == []

    def author() -> Author:
        return Author.objects.get(external_id=ZOE.id)

    x, email = author(), Author.objects.get(external_id=MAIL.id)
    people.join(authors=[x.pk, email.pk], by=None, now=NOW)
    return author


def measured() -> list:
    """Facts, promises, reports, the journal's figures, and what happened when."""
    facts = [row for model in (Fact, Promise) for row in model.objects.order_by("pk").values()]
    events = list(Event.objects.exclude(what="erased").order_by("pk").values_list("conversation", "what", "at"))
    reports = [reply_report(week=week, now=LATER) for week in (WEEK, "2026-W47")]
    volumes = [
        compose(week=week, now=LATER).section(kind) for week in (WEEK, "2026-W47") for kind in ("volume", "replies")
    ]
    kept = [row.content for row in Edition.objects.order_by("pk")]
    return [facts, events, reports, volumes, [figures_of(content["sections"]) for content in kept]]


def figures_of(value: Any) -> Any:
    """A stored edition without what citizens wrote: quotations, gists, phrases."""
    if isinstance(value, list):
        return [figures_of(each) for each in value if not (isinstance(each, dict) and "text" in each)]
    if not isinstance(value, dict):
        return value
    return {key: figures_of(each) for key, each in value.items() if key not in ("gist", "phrase", "words")}


def test_nothing_of_her_is_left_anywhere_and_nothing_that_is_measured_changes(zoe, administrator) -> None:
    before = measured()
    gone = erase(author=zoe().pk, by=administrator, now=LATER)
    assert found(SECRETS) == []
    assert measured() == before
    assert gone["conversations"] == 2 and gone["messages"] == 2 and gone["files"] == 1 and gone["aside"] == 2
    assert gone["deliveries"] == 2 and gone["notes"] == 1 and gone["drafts"] == 1 and gone["mentions"] == 1
    assert not Author.objects.filter(person__isnull=False).exists() and not Person.objects.exists()
    assert [event.contact for event in Event.objects.filter(what="erased")] == [administrator] * 2


def test_editions_of_the_journal_lose_her_quotation_and_words_that_only_she_used(zoe, administrator) -> None:
    [row] = Edition.objects.all()
    kept = {section["kind"]: section for section in row.content["sections"]}
    assert [voice["text"][:18] for voice in kept["voices"]["wrong"]["voices"]] == ["La piscine zqword "]
    gone = erase(author=zoe().pk, by=administrator, now=LATER)
    edition = compose_and_store(week=WEEK, now=LATER)
    assert edition.section("voices").wrong.voices == () and edition.section("voices").wrong.count.now == 1
    assert "zqword" not in str(edition) and gone["editions"] == 1


def test_editions_lose_words_that_stood_in_a_message_before_its_edits(take, administrator) -> None:
    take(mine(text="La zqpiscine est fermée"))
    take(mine(text="La patinoire est fermée", revision=1, change=Change.AMEND))
    content = {"sections": [{"kind": "words", "words": [{"word": "zqpiscine"}, {"word": "stade"}]}]}
    Edition.objects.create(week=WEEK, department="", cut_off=NOW, made_at=NOW, content=content)
    do.erase(author=Author.objects.get().pk, by=administrator, now=LATER)
    assert Edition.objects.get().content["sections"][0]["words"] == [{"word": "stade"}]


def test_editions_lose_titles_and_demands_that_only_they_wrote(take, administrator) -> None:
    [pk] = take(mine(text="Quand rouvre la zqpiscine ?"))
    [other] = take(incoming("other", "Le stade est fermé", author=Writer("o", "o", "Luc")))
    subject = {"phrase": "Zqpiscine", "conversations": [pk, other], "voices": []}
    shared = {"phrase": "Stade", "conversations": [pk, other]}
    demand = {"phrase": "Quand rouvre-t-elle ?", "conversations": [pk]}
    content = {"sections": [{"kind": "findings", "subjects": [subject | {"demands": [demand]}, shared]}]}
    Edition.objects.create(week=WEEK, department="", cut_off=NOW, made_at=NOW, content=content)
    do.erase(author=Author.objects.get(external_id=ZOE.id).pk, by=administrator, now=LATER)
    first, second = Edition.objects.get().content["sections"][0]["subjects"]
    assert (first["phrase"], first["demands"][0]["phrase"], second["phrase"]) == ("", "", "Stade")


def test_a_line_about_who_waits_goes_from_later_editions_too_when_the_message_is_deleted(take) -> None:
    [pk] = take(mine(text="La zqpiscine est fermée"))
    content = {"sections": [{"kind": "attention", "lists": [{"rows": [{"conversation": pk, "gist": "La zqpiscine"}]}]}]}
    Edition.objects.create(week="2026-W49", department="", cut_off=LATER, made_at=LATER, content=content)
    take(replace(mine(), revision=1, change=Change.RETRACT))
    assert "zqpiscine" not in str(Edition.objects.get().content)


def test_a_promise_stays_in_the_edition_without_what_it_was_about(take, administrator, host) -> None:
    [pk] = take(mine(subject="zqsubject"))
    do.hold(conversation=pk, text="Lundi.", promised_at=NOW + timedelta(days=1), by=host, now=NOW, seen=99)
    later = NOW + timedelta(days=30)
    assert [pledge.gist for pledge in compose_and_store(week="2026-W47", now=later).section("promises").listed] == [
        "zqsubject"
    ]
    erase(author=Author.objects.get(external_id=ZOE.id).pk, by=administrator, now=later)
    assert [pledge.gist for pledge in compose_and_store(week="2026-W47", now=later).section("promises").listed] == [""]


def test_what_the_city_said_stays_without_her_name_unless_it_is_to_go_too(zoe, administrator) -> None:
    with transaction.atomic():
        erase(author=zoe().pk, by=administrator, now=LATER)
        said = list(Message.objects.filter(direction="out").order_by("pk").values_list("text", flat=True))
        assert said == [
            "[compte] Bonjour Madame [nom], la piscine rouvre lundi. Claire",
            "Bonjour Madame [nom], on cherche.",
        ]
        assert Inquiry.objects.get().answer == "Dites à Mme [nom] que lundi."
        transaction.set_rollback(True)
    before = measured()
    erase(author=zoe().pk, by=administrator, now=LATER, replies=True)
    assert set(Message.objects.filter(direction="out").values_list("text", "search")) == {("", "")}
    assert Inquiry.objects.get().answer == "" and measured() == before


def test_what_was_erased_never_comes_back(zoe, administrator, take) -> None:
    erase(author=zoe().pk, by=administrator, now=LATER)
    whole = dump()
    again = [mine(), replace(mine(text="zqnew"), revision=2, change=Change.AMEND), mine("zqid-held", "zqheld")]
    x, email = Account.objects.get(channel="x"), Account.objects.get(channel="email")
    assert (
        envelopes.store(
            x, Batch(tuple(again), unreadable=(Unreadable("zqid-raw", "Broken.", "zqheld"),)), now=LATER
        ).new
        == 0
    )
    assert envelopes.store(email, Batch((mail(),)), now=LATER).new == 0
    assert dump() == whole
    assert (
        set(Mark.objects.values_list("mark", flat=True).distinct()) and Mark.objects.count() == 6
    )  # of the mail three


def test_who_writes_again_is_somebody_new(zoe, administrator, take) -> None:
    """Also when she answers a mail that the city sent her before."""
    old = zoe().pk
    reply = Message.objects.get(direction="out", conversation__account__channel="email")
    Message.objects.filter(pk=reply.pk).update(external_id="ours@testville.example")
    erase(author=old, by=administrator, now=LATER)
    erased = set(Conversation.objects.exclude(erased_at=None).values_list("pk", flat=True))
    new = take(
        mine("zqid2"),
        mail("zqid2@poste.example", in_reply_to="ours@testville.example", thread="zqid-mail@poste.example"),
    )
    assert not erased & set(new) and len(set(new)) == 2
    assert not Author.objects.filter(pk=old).exists() and Author.objects.filter(external_id=ZOE.id).exists()


def test_replies_that_have_not_left_are_cancelled_in_plain_sight(zoe, administrator) -> None:
    erase(author=zoe().pk, by=administrator, now=LATER)
    assert {row.state for row in Delivery.objects.all()} == {"cancelled"}
    assert all("erased" in row.reason["text"] for row in Delivery.objects.all())
    assert deliveries.claim(now=LATER + timedelta(days=1)) == []
    with pytest.raises(Exception, match="way to the citizen"):
        do.answer(conversation=Conversation.objects.exclude(erased_at=None).last().pk, text="x", by=administrator,
                  now=LATER, seen=999)  # fmt: skip


def test_nothing_is_erased_while_a_reply_is_leaving(zoe, administrator) -> None:
    [leaving] = deliveries.claim(now=LATER)
    whole = dump()
    with pytest.raises(NotPossible, match="leaving"):
        erase(author=zoe().pk, by=administrator, now=LATER)
    assert dump() == whole
    erase(author=zoe().pk, by=administrator, now=LATER + deliveries.LEASE)  # whoever was sending it has vanished
    assert Delivery.objects.get(pk=leaving.pk).state == "cancelled"


def test_a_reply_of_which_nobody_can_tell_whether_it_left_holds_nothing_up(zoe, administrator) -> None:
    [delivery] = deliveries.claim(now=LATER)
    deliveries.record_doubt(delivery, NotPossible("The network does not answer."), again_at=LATER + timedelta(hours=1))
    assert erase(author=zoe().pk, by=administrator, now=LATER)
    assert Delivery.objects.get(pk=delivery.pk).state == "cancelled"


def test_a_second_time_changes_nothing(zoe, administrator) -> None:
    pk = zoe().pk
    erase(author=pk, by=administrator, now=LATER)
    whole = dump()
    assert not erase(author=pk, by=administrator, now=LATER + timedelta(hours=1))
    assert dump() == whole


def test_all_goes_or_nothing(zoe, administrator, monkeypatch) -> None:
    def fail(authors) -> None:
        raise RuntimeError

    module = __import__("sys").modules["portevoix.record.operations.erase"]
    monkeypatch.setattr(module, "_forget", fail)
    whole = dump()
    with pytest.raises(RuntimeError), transaction.atomic():
        erase(author=zoe().pk, by=administrator, now=LATER)
    assert dump() == whole


def test_only_administrators_erase(zoe, host, editor, contact_of) -> None:
    whole = dump()
    for by in (host, editor, contact_of("sports")):
        with pytest.raises(NotAllowed):
            erase(author=zoe().pk, by=by, now=LATER)
    assert dump().replace("contact-sports", "").count("zqword") == whole.count("zqword")


def test_of_a_conversation_of_several_only_hers_goes(take, administrator, host) -> None:
    other = Writer("other", "other", "Luc Autrui")
    [pk] = take(mine(subject="zqsubject"))
    take(incoming("b", "Moi aussi, et Zoé Zqleveque a raison", author=other, in_reply_to="zqid1", quoted="zqquoted"))
    do.note(conversation=pk, text="Zoé et Luc se plaignent", by=host, now=NOW)
    before = measured()
    erase(author=Author.objects.get(external_id=ZOE.id).pk, by=administrator, now=LATER)
    assert found(SECRETS) == [] and measured() == before
    row = Conversation.objects.get(pk=pk)
    assert (row.author.name, row.erased_at, row.subject) == ("Luc Autrui", None, "")
    assert set(row.messages.values_list("text", flat=True)) == {
        "",
        "Moi aussi, et [nom] a raison",
        "[nom] et Luc se plaignent",
    }
    erase(author=row.author_id, by=administrator, now=LATER)
    assert found(["autrui", "raison", "plaignent"]) == []
    row.refresh_from_db()
    assert row.author is None and row.erased_at


def test_what_has_become_part_of_another_conversation_goes_with_it(take, administrator, host) -> None:
    first, second = take(mine(subject="zqsubject"), mine("zqid2", "La zqword aussi", subject="zqsubject"))
    do.merge(conversation=second, into=first, by=host, now=NOW, seen=99)
    before = measured()
    erase(author=Author.objects.get(external_id=ZOE.id).pk, by=administrator, now=LATER)
    assert found(SECRETS) == [] and measured() == before
    assert {row.erased_at for row in Conversation.objects.all()} == {LATER}
    assert [line.thread for line in export()] == [f"gone:thread-{pk}" for pk in (first, second)]


def test_a_question_that_others_share_stays_without_her(take, administrator, host, contact_of) -> None:
    sports = contact_of("sports")
    mine_, other = take(mine(), incoming("b", author=Writer("other", "", "Luc")))
    do.inquire(conversation=mine_, department="sports", question="Zoé Zqleveque et Luc attendent", by=host, now=NOW)
    Inquiry.objects.get().conversations.add(other)
    erase(author=Author.objects.get(external_id=ZOE.id).pk, by=administrator, now=LATER)
    assert [row.question for row in inquiries_for(sports)] == ["[nom] et Luc attendent"]
    erase(author=Author.objects.get(external_id="other").pk, by=administrator, now=LATER)
    assert inquiries_for(sports) == [] and Inquiry.objects.get().question == ""


def test_the_city_itself_is_nobody_to_erase(take, administrator) -> None:
    take(incoming("a"), incoming("b", direction="out", author=Writer("@testville", "", "Testville"), in_reply_to="a"))
    assert not erase(author=Author.objects.get(external_id="@testville").pk, by=administrator, now=LATER)
    assert Message.objects.filter(author__name="Testville").exists()


def test_the_record_is_exported_with_its_waits_and_without_her(zoe, administrator) -> None:
    before = list(export())
    erase(author=zoe().pk, by=administrator, now=LATER)
    after = list(export())
    assert [(m.direction, m.sent_at, m.reply_kind) for m in after] == [
        (m.direction, m.sent_at, m.reply_kind) for m in before
    ]
    assert all(m.author.id and m.author.id != m.account for m in after if m.direction == "in")
    x = Account.objects.get(channel="x")
    assert envelopes.store(x, Batch(tuple(m for m in after if m.channel == "x")), now=LATER).new == 0


LETTERS = st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x17F), min_size=3, max_size=8)
NAMES = st.lists(LETTERS.map(lambda word: f"Zq{word}"), min_size=1, max_size=3)
EXAMPLES = 30 if connection.vendor == "sqlite" else 15
GREETINGS = ("Bonjour Madame {last},", "Chère {first} {last},", "@{handle} merci", "M. {LAST}", "{first}, {mail}")


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=NAMES,
    handle=st.from_regex(r"zq[a-z0-9_]{3,12}", fullmatch=True),
    words=st.lists(LETTERS.map(lambda word: f"zqw{word}"), min_size=1, max_size=6),
    greetings=st.lists(st.sampled_from(GREETINGS), max_size=3),
    joint=st.sampled_from([" ", "-", "’", ", "]),
)
def test_whatever_she_is_called_and_says_no_byte_is_left(
    take, host, administrator, names, handle, words, greetings, joint
):
    with transaction.atomic():
        first, last, mail_ = names[0], names[-1], f"{handle}@zqposte.example"
        author = Writer(mail_, mail_, " ".join(names))
        [pk] = take(mine(f"zqid{handle}", joint.join(words), author=author, subject=" ".join(words)))
        told = {"first": first, "last": last, "LAST": last.upper(), "handle": handle, "mail": mail_}
        text = " ".join(["La piscine rouvre.", *greetings]).format(**told)
        do.answer(conversation=pk, text=text, by=host, now=NOW, seen=99)
        erase(author=Author.objects.get(external_id=mail_).pk, by=administrator, now=LATER)
        secrets = [*names, *words, f"zqid{handle}", f"{handle}@", "zqposte"]
        assert found(secrets) == []
        assert "La piscine rouvre." in Message.objects.get(direction="out").text
        transaction.set_rollback(True)


def test_attachments_of_others_stay(take, administrator) -> None:
    take(mail(), incoming("b", author=Writer("o"), files=(File("a.txt", "text/plain", 1, b"a"),)))
    erase(author=Author.objects.get(external_id=MAIL.id).pk, by=administrator, now=LATER)
    assert [file.name for file in Attachment.objects.all()] == ["a.txt"]
    assert Envelope.objects.count() == 1


def test_who_wrote_very_much_is_erased_in_seconds(take, administrator, monkeypatch) -> None:
    module = import_module("portevoix.record.operations.erase")
    read: list[int] = []
    monkeypatch.setattr(module, "identify", lambda **given: read.extend(map(len, given["texts"])) or module.NOBODY)
    take(*(incoming(f"n{n}", "Bonjour. " * 100_000 + "Ana Perdreau, 06 12 34 56 78") for n in range(3)))
    module.erase(author=Author.objects.get().pk, by=administrator, now=NOW)
    assert read and max(read) <= module.BEGINNING and sum(read) <= module.MOST_IDENTIFYING
    assert not Message.objects.exclude(text="").exists()
