"""A matter: one subject of many citizens, curated by colleagues, that never widens who may read a conversation."""

from datetime import timedelta

import pytest

from portevoix.kernel.errors import BadInput, Conflict, NotAllowed, NotThere
from portevoix.kernel.matter_codes import JoinedBy, MatterState
from portevoix.kernel.messages import Writer
from portevoix.record import operations
from portevoix.record.models import Author, Matter, MatterConversation
from portevoix.record.operations import matters
from portevoix.record.operations.erase import erase
from portevoix.record.queries import conversation as conversations
from portevoix.record.queries.matters import find_matter, history, known_matters, matters_of, titles, visible_matters
from tests.conftest import NOW, incoming

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def pks(take) -> list[int]:
    zoe = Writer("c9", "zoe", "Zoé Zqlefevre")
    return take(incoming("1"), incoming("2"), incoming("3", "La piscine de Mme Zqlefevre est fermée", author=zoe))


@pytest.fixture
def matter(pks) -> int:
    return matters.propose_matter(
        title="Piscine fermée",
        department="sports",
        phrases=["piscine", "piscine fermée"],
        conversations=pks[:2],
        now=NOW,
        removals=0,
    )


def whats(pk: int) -> list[str]:
    return [event.what for event in history(pk)]


def test_the_journal_proposes_and_colleagues_decide(matter, pks, host):
    view = find_matter(host, matter)
    assert (view.title, view.state, view.count, view.department) == ("Piscine fermée", "proposed", 2, "sports")
    assert list(view.visible) == pks[:2]
    for _ in range(2):
        matters.confirm_matter(matter=matter, by=host, now=NOW)
    matters.rename_matter(matter=matter, title="  Piscine des  Trois-Îles ", by=host, now=NOW)
    matters.close_matter(matter=matter, by=host, now=LATER)
    assert known_matters("sports") == []
    matters.reopen_matter(matter=matter, by=host, now=LATER)
    matters.reject_matter(matter=matter, by=host, now=LATER)
    assert whats(matter) == ["proposed", "joined", "confirmed", "renamed", "closed", "reopened", "rejected"]
    [known] = known_matters("sports")
    assert (known.title, known.state, known.conversations) == (
        "Piscine des Trois-Îles", MatterState.REJECTED, frozenset(pks[:2]),
    )  # fmt: skip
    assert history(matter)[3].data == {"before": "Piscine fermée"} and history(matter)[3].contact == host


def test_to_name_one_confirms_it(matter, host):
    matters.rename_matter(matter=matter, title="Piscine", by=host, now=NOW)
    assert find_matter(host, matter).state == MatterState.CONFIRMED
    for wrong in (" ", "a" * 201):
        with pytest.raises(BadInput):
            matters.rename_matter(matter=matter, title=wrong, by=host, now=NOW)


def test_a_later_week_adds_each_conversation_once(matter, pks):
    for _ in range(2):
        matters.extend_matter(matter=matter, phrases=["grève"], conversations=pks, now=LATER, removals=0)
    assert MatterConversation.objects.filter(matter=matter).count() == 3
    assert Matter.objects.get().phrases == ["grève", "piscine", "piscine fermée"]
    assert whats(matter) == ["proposed", "joined", "joined"]


def test_two_become_one_with_all_that_is_in_them(matter, pks, host):
    other = matters.propose_matter(
        title="Grève", department="", phrases=["grève"], conversations=pks[1:], now=LATER, removals=0
    )
    matters.merge_matters(matter=other, into=matter, by=host, now=LATER)
    assert find_matter(host, matter).count == 3
    assert titles([matter, other]) == {matter: "Piscine fermée", other: "Piscine fermée"}
    assert [known.pk for known in known_matters("")] == []
    with pytest.raises(NotThere):
        find_matter(host, other)
    with pytest.raises(Conflict, match=f"no. {matter}"):
        matters.confirm_matter(matter=other, by=host, now=LATER)
    with pytest.raises(BadInput):
        matters.merge_matters(matter=matter, into=matter, by=host, now=LATER)


def test_a_colleague_puts_conversations_in_and_takes_them_out(matter, pks, host):
    for _ in range(2):
        matters.add_conversation(matter=matter, conversation=pks[2], by=host, now=NOW, joined_by=JoinedBy.PROPOSAL)
    assert matters_of(pks) == {pk: {matter} for pk in pks}
    for _ in range(2):
        matters.remove_conversation(matter=matter, conversation=pks[0], by=host, now=NOW)
    assert matters_of(pks) == {pk: {matter} for pk in pks[1:]}
    assert whats(matter) == ["proposed", "joined", "joined", "left"]


def test_conversations_that_become_one_stay_in_their_matters(matter, pks, host):
    operations.merge(conversation=pks[0], into=pks[1], by=host, now=LATER, seen=1)
    assert matters_of(pks) == {pks[1]: {matter}}
    matters.extend_matter(matter=matter, phrases=[], conversations=[pks[0]], now=LATER, removals=0)
    assert matters_of(pks) == {pks[1]: {matter}}, "a part counts as what it became part of"


def test_a_contact_sees_the_number_and_only_their_own_conversations(matter, pks, contact_of, host):
    operations.route(conversation=pks[0], department="sports", by=host, now=NOW)
    operations.route(conversation=pks[1], department="voirie", by=host, now=NOW)
    sports, roads = contact_of("sports"), contact_of("voirie")
    view = find_matter(sports, matter)
    assert (view.count, view.visible) == (2, (pks[0],))
    assert find_matter(roads, matter).visible == (pks[1],), "one of its conversations is theirs"
    operations.route(conversation=pks[1], department="sports", by=host, now=NOW)
    assert not visible_matters(roads).exists()
    with pytest.raises(NotThere):
        find_matter(roads, matter)
    assert not conversations.sees(roads, pks[0])
    for change in (matters.confirm_matter, matters.reject_matter, matters.close_matter, matters.reopen_matter):
        with pytest.raises(NotAllowed):
            change(matter=matter, by=sports, now=NOW)


def test_who_is_erased_is_out_of_titles_phrases_and_history(pks, host, administrator):
    zoe = Author.objects.get(external_id="c9").pk
    alone, shared = (
        matters.propose_matter(
            title="Piscine de Mme Zqlefevre",
            department="",
            phrases=["zqlefevre", "piscine"],
            conversations=of,
            now=NOW,
            removals=0,
        )
        for of in (pks[2:], pks)
    )
    matters.rename_matter(matter=shared, title="La piscine de Mme Zqlefevre", by=host, now=NOW)
    erase(author=zoe, by=administrator, now=LATER)
    rows = Matter.objects.in_bulk()
    assert "lefevre" not in str([(row.title, row.phrases) for row in rows.values()]).lower()
    assert "lefevre" not in str([event.data for pk in (shared, alone) for event in history(pk)]).lower()
    assert rows[shared].title.startswith("La piscine") and rows[shared].phrases == ["piscine"]
    assert rows[alone].title == "…" and find_matter(host, shared).count == 3
