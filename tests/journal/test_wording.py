"""The sentences of the journal, each in both languages: with nobody, one, many, and a name that begins with a vowel."""

from typing import Any

import pytest
from django.utils.translation import override

from portevoix.journal.editions.finding_sections import FindingRow
from portevoix.journal.words.wording import (
    Part,
    count_messages,
    count_people,
    describe_finding,
    join,
    link_numbers,
    plain,
)

TITLE = "école d’Orvillers"
SENTENCES: list[tuple[str, int, dict[str, Any], str, str]] = [
    ("emerging", 9, {"expected": 3.24}, "École d’Orvillers: 9 people wrote about it this week; usually 3.2 do.",
     "École d’Orvillers : 9 personnes en parlent cette semaine, contre 3,2 d’ordinaire."),
    ("emerging", 12, {"expected": 0.01}, "École d’Orvillers: 12 people wrote about it this week; usually nobody does.",
     "École d’Orvillers : 12 personnes en parlent cette semaine ; d’ordinaire, personne."),
    ("emerging", 12, {"expected": 0.4, "what": "volume", "of": 13, "usual": 3.2, "names": ("Sports",)},
     "École d’Orvillers: 12 people wrote about it this week; 13 wrote to Sports, instead of the usual 3.2.",
     "École d’Orvillers : 12 personnes en parlent cette semaine ; 13 ont écrit au service Sports, "
     "au lieu de 3,2 d’ordinaire."),
    ("persistent", 4, {"weeks": 5},
     "École d’Orvillers: it has lasted for 5 weeks in a row; 4 people wrote about it this week.",
     "École d’Orvillers : le sujet dure depuis 5 semaines ; 4 personnes en parlent cette semaine."),
    ("gone", 0, {"expected": 6.4}, "École d’Orvillers: nobody writes about it any more; usually 6.4 people do.",
     "École d’Orvillers : plus personne n’en parle, contre 6,4 d’ordinaire."),
    ("gone", 1, {"expected": 6.4}, "École d’Orvillers: only 1 person still writes about it; usually 6.4 do.",
     "École d’Orvillers : 1 personne seulement en parle encore, contre 6,4 d’ordinaire."),
    ("gone", 3, {"expected": 12.6}, "École d’Orvillers: only 3 people still write about it; usually 13 do.",
     "École d’Orvillers : 3 personnes seulement en parlent encore, contre 13 d’ordinaire."),
    ("gone", 0, {"subject": "", "what": "wrong", "expected": 6},
     "Fewer complaints than usual: from nobody, instead of 6.",
     "Moins de réclamations que d’ordinaire : aucune personne, au lieu de 6."),
    ("gone", 1, {"subject": "", "what": "well", "expected": 6.5},
     "Fewer thanks than usual: from 1 person, instead of 6.5.",
     "Moins de remerciements que d’ordinaire : 1 personne, au lieu de 6,5."),
    ("wrong", 3, {"of": 4}, "École d’Orvillers: for 3 of 4 people, something goes wrong.",
     "École d’Orvillers : pour 3 personnes sur 4, quelque chose ne va pas."),
    ("wrong", 12, {"subject": "", "expected": 5.2},
     "More complaints than usual: from 12 people, instead of 5.2.",
     "Plus de réclamations que d’ordinaire : 12 personnes, au lieu de 5,2."),
    ("well", 3, {"of": 3}, "École d’Orvillers: 3 of 3 people say that it goes well.",
     "École d’Orvillers : 3 personnes sur 3 disent que cela va bien."),
    ("well", 12, {"subject": "", "expected": 5.0}, "More thanks than usual: from 12 people, instead of 5.",
     "Plus de remerciements que d’ordinaire : 12 personnes, au lieu de 5."),
    ("suggested", 1, {}, "1 person suggests an improvement.", "1 personne propose une amélioration."),
    ("suggested", 2, {}, "2 people suggest improvements.", "2 personnes proposent des améliorations."),
    ("unanswered", 1, {}, "1 person who wrote this week is waiting for a reply.",
     "1 personne qui a écrit cette semaine attend une réponse."),
    ("unanswered", 5, {}, "5 people who wrote this week are waiting for a reply.",
     "5 personnes qui ont écrit cette semaine attendent une réponse."),
    ("broken_promise", 1, {}, "1 person did not get the answer that was promised for this week.",
     "1 personne n’a pas reçu la réponse promise pour cette semaine."),
    ("broken_promise", 2, {}, "2 people did not get the answers that were promised for this week.",
     "2 personnes n’ont pas reçu les réponses promises pour cette semaine."),
    ("several_districts", 7, {"names": ("Les Halles", "Orvillers", "Port-Neuf")},
     "École d’Orvillers: it concerns 3 districts: Les Halles, Orvillers and Port-Neuf.",
     "École d’Orvillers : 3 quartiers sont concernés : Les Halles, Orvillers et Port-Neuf."),
]  # fmt: skip


def finding(kind: str, people: int, more: dict[str, Any]) -> FindingRow:
    known = {"subject": "x", "phrase": TITLE, "messages": (), "conversations": (), "compared": 8}
    return FindingRow(id=f"{kind}-x", finding=kind, people=people, **{**known, **more})


def spaced(text: str) -> str:
    """French text with the no-break spaces that it has on the page."""
    return text.replace(" :", "\N{NO-BREAK SPACE}:").replace(" ;", "\N{NO-BREAK SPACE};")


@pytest.mark.parametrize(("kind", "people", "more", "english", "french"), SENTENCES)
def test_a_finding_is_a_sentence_in_both_languages(kind, people, more, english, french) -> None:
    row = finding(kind, people, more)
    with override("en"):
        assert plain(describe_finding(row)) == english
    with override("fr"):
        assert plain(describe_finding(row)) == spaced(french)


def test_every_number_of_people_leads_to_the_finding(kinds=tuple(each[:3] for each in SENTENCES)) -> None:
    for kind, people, more in kinds:
        if people:
            behind = {part.behind for part in describe_finding(finding(kind, people, more)) if part.behind}
            assert behind == {f"finding-{kind}-x"}


def test_a_subject_that_lost_its_name_is_still_a_sentence() -> None:
    with override("fr"):
        assert plain(describe_finding(finding("emerging", 9, {"phrase": "", "expected": 1.0}))).startswith(
            "Un sujet sans nom"
        )


@pytest.mark.parametrize(
    ("number", "english", "french"), [(1, "1 person", "1 personne"), (2, "2 people", "2 personnes")]
)
def test_people_agree_with_their_number(number, english, french) -> None:
    with override("en"):
        assert plain(count_people(number, "")) == english and plain(count_messages(1, "")) == "1 message"
    with override("fr"):
        assert plain(count_people(number, "")) == french


def test_lists_have_an_and_before_the_last() -> None:
    with override("fr"):
        assert [plain(join([(Part(each),) for each in "abc"[:n]])) for n in (0, 1, 2, 3)] == [
            "",
            "a",
            "a et b",
            "a, b et c",
        ]


def test_numbers_of_a_reworded_line_lead_where_they_did_each_once() -> None:
    sentence = (Part("12", "a"), Part(" people of "), Part("13", "b"), Part(", again "), Part("12", "c"))
    parts = link_numbers("Of 13, 12 and 12, not 14.", sentence)
    assert [(part.text, part.behind) for part in parts if part.behind] == [("13", "b"), ("12", "a"), ("12", "c")]
    assert plain(parts) == "Of 13, 12 and 12, not 14."
