"""Matters that two hands change at once: nothing is put where nobody looks."""

import pytest

from portevoix.record.operations.editions import count_removals
from portevoix.record.operations.matters import extend_matter, merge_matters, propose_matter
from portevoix.record.queries.matters import find_matter
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def matter(title: str, *conversations: int) -> int:
    return propose_matter(
        title=title, department="", phrases=[title], conversations=conversations, now=NOW, removals=count_removals()
    )


def test_what_the_journal_adds_to_a_matter_that_was_joined_comes_to_its_home(take, host) -> None:
    one, other, third = take(incoming("m1"), incoming("m2"), incoming("m3"))
    part, home = matter("lampadaire", one), matter("éclairage", third)
    merge_matters(matter=part, into=home, by=host, now=NOW)
    extend_matter(
        matter=part, phrases=[], conversations=[other], now=NOW, removals=count_removals()
    )  # composed before, stored after
    assert other in find_matter(host, home).visible
