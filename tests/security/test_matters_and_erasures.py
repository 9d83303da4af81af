"""What matters keep of who is erased: one that was joined with another, left by a conversation, or proposed late."""

import pytest

from portevoix.kernel.messages import Change, Writer
from portevoix.record.models import Author, Matter, MatterEvent
from portevoix.record.operations import erase
from portevoix.record.operations.editions import count_removals
from portevoix.record.operations.matters import (
    confirm_matter,
    merge_matters,
    propose_matter,
    remove_conversation,
    rename_matter,
)
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
TEXT = "Le lampadaire zqword de Madame Zqname ne marche plus."


def proposed(conversation: int, title: str = "lampadaire zqword de Madame Zqname") -> int:
    return propose_matter(
        title=title, department="", phrases=["zqword"], conversations=[conversation], now=NOW, removals=count_removals()
    )


def words_kept() -> list[str]:
    rows = [f"{row.title} {row.phrases}" for row in Matter.objects.all()]
    texts = rows + [str(event.data) for event in MatterEvent.objects.all()]
    return [text for text in texts if "zq" in text.lower()]


def test_a_matter_of_nobody_else_is_emptied(take, host) -> None:
    [conversation] = take(incoming(text=TEXT))
    rename_matter(matter=proposed(conversation), title="Zqname et son lampadaire", by=host, now=NOW)
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    assert not words_kept()


def test_a_matter_that_was_joined_keeps_no_words_of_its_own(take, host) -> None:
    [conversation] = take(incoming(text=TEXT))
    [another] = take(incoming("m2", "Bonjour."))
    home = propose_matter(
        title="Éclairage", department="", phrases=[], conversations=[another], now=NOW, removals=count_removals()
    )
    merge_matters(matter=proposed(conversation), into=home, by=host, now=NOW)
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    assert not words_kept()


def test_a_matter_that_a_conversation_left_keeps_none_of_its_words(take, host) -> None:
    [conversation] = take(incoming(text=TEXT))
    matter = proposed(conversation)
    remove_conversation(matter=matter, conversation=conversation, by=host, now=NOW)
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    assert not words_kept()


def test_nothing_is_proposed_of_a_conversation_that_was_erased_meanwhile(take) -> None:
    [conversation] = take(incoming(text=TEXT))
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    proposed(conversation)
    assert not words_kept()


def test_a_matter_that_two_share_loses_who_is_erased(take, host) -> None:
    one, other = take(
        incoming(text=TEXT), incoming("m2", "Le lampadaire est cassé.", author=Writer("c2", "bob", "Bob"))
    )
    matter = propose_matter(
        title="Lampadaire de Zqname",
        department="",
        phrases=["zqname"],
        conversations=[one, other],
        now=NOW,
        removals=count_removals(),
    )
    confirm_matter(matter=matter, by=host, now=NOW)
    erase(author=Author.objects.get(external_id="citizen-1").pk, by=None, now=NOW)
    assert not words_kept()


def test_a_part_keeps_no_title_that_it_had_before(take, host) -> None:
    [conversation] = take(incoming(text=TEXT))
    [another] = take(incoming("m2", "Bonjour.", author=Writer("c2", "bob", "Bob")))
    part, home = proposed(conversation), proposed(another, "Éclairage")
    rename_matter(matter=part, title="Lampadaire", by=host, now=NOW)
    merge_matters(matter=part, into=home, by=host, now=NOW)
    erase(author=Author.objects.get(external_id="citizen-1").pk, by=None, now=NOW)
    assert not [event.data for event in MatterEvent.objects.filter(matter=part) if "zq" in str(event.data).lower()]


@pytest.mark.parametrize("is_said_elsewhere", [True, False])
def test_what_its_author_deletes_names_no_matter(take, host, is_said_elsewhere) -> None:
    [conversation] = take(incoming(text=TEXT))
    if is_said_elsewhere:
        take(incoming("m2", "Le lampadaire zqword est cassé.", in_reply_to="m1"))
    proposed(conversation, "lampadaire zqword")
    take(incoming("m1", "", revision=1, change=Change.RETRACT))
    assert bool(words_kept()) is is_said_elsewhere


def test_a_shared_matter_keeps_no_words_that_nobody_else_said(take) -> None:
    one, other = take(
        incoming(text=TEXT), incoming("m2", "Le lampadaire est cassé.", author=Writer("c2", "bob", "Bob"))
    )
    matter = propose_matter(
        title="lampadaire zqword",
        department="",
        phrases=["zqword", "lampadaire"],
        conversations=[one, other],
        now=NOW,
        removals=count_removals(),
    )
    erase(author=Author.objects.get(external_id="citizen-1").pk, by=None, now=NOW)
    assert not words_kept()
    assert Matter.objects.get(pk=matter).phrases == ["lampadaire"]
