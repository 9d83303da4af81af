"""Matters that two hands change at once: nothing is put where nobody looks."""

import pytest

from portevoix.record.models import Author, Conversation, Matter, MatterConversation
from portevoix.record.operations import erase, matters, merge
from portevoix.record.operations.matters import extend_matter, merge_matters, propose_matter
from portevoix.record.queries.matters import find_matter
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def matter(title: str, *conversations: int) -> int:
    return propose_matter(title=title, department="", phrases=[title], conversations=conversations, now=NOW)


@pytest.mark.xfail(strict=True, reason="a matter that became a part takes conversations that nobody sees")
def test_what_the_journal_adds_to_a_matter_that_was_joined_comes_to_its_home(take, host) -> None:
    one, other = take(incoming("m1"), incoming("m2"))
    part, home = matter("lampadaire", one), matter("éclairage")
    merge_matters(matter=part, into=home, by=host, now=NOW)
    extend_matter(matter=part, phrases=[], conversations=[other], now=NOW)  # composed before, stored after
    assert other in find_matter(host, home).visible


@pytest.mark.xfail(strict=True, reason="the conversation is not locked while it is put into a matter")
def test_a_conversation_that_is_merged_meanwhile_leaves_no_words_in_a_matter(take, host, monkeypatch) -> None:
    one, other = take(incoming("m1"), incoming("m2"))
    create = MatterConversation.objects.bulk_create

    def merge_first(rows):
        monkeypatch.undo()
        rows, seen = list(rows), Conversation.objects.get(pk=one).version
        merge(conversation=one, into=other, by=host, now=NOW, seen=seen)
        return create(rows)

    monkeypatch.setattr(matters.MatterConversation.objects, "bulk_create", merge_first)
    matter("zqword", one)
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    assert "zqword" not in Matter.objects.get().title
