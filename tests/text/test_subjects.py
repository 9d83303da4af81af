"""Parts of subjects: whose voice a message is, names of places, terms, demands."""

from collections import Counter

import numpy as np
import pytest

from portevoix.text.subjects.corpus import read_corpus
from portevoix.text.subjects.demands import find_demand, gather_demands
from portevoix.text.subjects.naming import name_rows
from portevoix.text.subjects.place_names import learn_places
from portevoix.text.subjects.terms import TermReader, choose_spelling
from portevoix.text.subjects.utterances import Utterance, find_copies, voice_keys

PETITION = "Nous demandons le retour du marché place aux Herbes, car les personnes âgées ne peuvent plus s'y rendre."


def read(text: str, *others: str) -> list[str]:
    return list(TermReader(learn_places([text, *others])).read(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("On paie pour se garer au Port-Neuf ?", "=port neuf"),
        ("Grève aux Trois-Îles", "=trois iles"),
        ("Porte close #TroisÎles", "=trois iles"),
        ("Un trou rue Haute ce matin", "=rue haute"),
        ("Le carrefour de la rue de la Gare est bloqué", "=rue gare"),
        ("les soignants à St-Clair", "=saint clair"),
        ("bravo pour la #FêteDesGabares", "=fete gabares"),
    ],
)
def test_names_of_places_stay_whole(text: str, name: str) -> None:
    assert name in read(text)


def test_a_name_is_known_in_small_letters_once_it_was_written_as_one() -> None:
    assert "=port neuf" in read("toujours rien au port neuf", "Le Port-Neuf est beau")
    assert not [term for term in read("il a porté neuf sacs", "Le Port-Neuf est beau") if term.startswith("=")]


def test_pairs_of_words_reach_over_little_words_and_not_over_a_full_stop() -> None:
    terms = read("La piscine des Trois-Îles. Fermée")
    assert "piscin =trois iles" in terms and "=trois iles ferm" not in terms


def test_a_spelling_is_a_written_form_and_small_where_anybody_wrote_it_so() -> None:
    assert choose_spelling(Counter({"Grève": 5, "grève": 1})) == "grève"
    assert choose_spelling(Counter({"Trois-Îles": 2})) == "Trois-Îles"
    assert choose_spelling(Counter({"PAYANT": 2})) == "Payant"


def utterances(*texts: str, author: str = "") -> list[Utterance]:
    return [Utterance(f"u{n}", text, author, 0) for n, text in enumerate(texts)]


def test_near_copies_are_found_and_other_texts_are_not() -> None:
    texts = [
        PETITION,
        f"Bonjour, {PETITION} Merci.",
        "Le marché me plaît là où il est, aux Herbes ou non.",
        "Oui",
    ]
    assert find_copies(utterances(*texts)) == [[0, 1]]
    assert find_copies(utterances("", "", "Oui", "oui !")) == [[2, 3]]


def test_a_campaign_and_an_author_are_one_voice_each() -> None:
    rows = [
        Utterance("a", PETITION, "one", 0),
        Utterance("b", f"{PETITION} Merci", "two", 0),
        Utterance("c", "Tout autre chose, un lampadaire éteint", "one", 0),
        Utterance("d", "Encore le lampadaire de la rue", "one", 0),
        Utterance("e", PETITION, "three", 1),
        Utterance("f", "Bonsoir, le lampadaire fonctionne", "", 0),
        Utterance("g", "Une question sur la carte grise", "", 0),
    ]
    keys = dict(zip("abcdefg", voice_keys(rows), strict=True))
    assert keys["a"] == keys["b"] != keys["c"] and keys["c"] == keys["d"]
    assert len({keys[id] for id in "acefg"}) == 5


def test_a_subject_is_named_as_citizens_write_it() -> None:
    texts = ["La piscine des Trois-Îles est en grève", "Grève à la piscine des Trois-Îles !", "piscine fermée, grève"]
    rows = [*utterances(*texts), *(Utterance(f"x{n}", f"Le trottoir numéro {n} est sale", "", 1) for n in range(9))]
    corpus = read_corpus(rows)
    naming = name_rows(corpus, np.flatnonzero(corpus.weeks == 0))
    assert naming.title in ("Piscine des Trois-Îles, grève", "Grève", "Piscine", "Piscine des Trois-Îles")


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Est-ce que ça rouvre lundi ?", "know"),
        ("Quand rouvre la médiathèque ?", "when"),
        ("Nous demandons dix stands dans le centre.", "ask"),
        ("L'abonnement sera-t-il remboursé ?", "refund"),
        ("When will the road be plowed?", "when"),
        ("La médiathèque est fermée.", None),
        ("Merci aux agents.", None),
    ],
)
def test_what_a_sentence_demands(sentence: str, kind: str | None) -> None:
    assert find_demand(sentence) == kind


def test_demands_are_counted_in_people() -> None:
    texts = [
        "Fermée ! Quand rouvre la piscine ?",
        "La piscine rouvre quand ? Quand rouvre la piscine ?",
        "Remboursez-nous l'abonnement.",
        "Je demande le remboursement de mes entrées.",
        "Belle journée.",
    ]
    demands = gather_demands(texts, [1, 2, 3, 3, 4])
    assert [(each.kind, each.people) for each in demands] == [("when", 2), ("refund", 1)]
    assert demands[0].phrase in ("Quand rouvre la piscine ?", "La piscine rouvre quand ?")
    assert gather_demands([], []) == ()


def test_a_demand_of_texts_that_are_not_quoted_is_counted_and_has_the_words_of_another_or_none() -> None:
    texts = [
        "Mon fils attend, quand rouvre la piscine ?",
        "Quand rouvre enfin la piscine ?",
        "Prolongez mon abonnement !",
    ]
    demands = gather_demands(texts, [1, 2, 3], unquoted={0, 2})
    assert [(each.phrase, each.people) for each in demands] == [("Quand rouvre enfin la piscine ?", 2), ("", 1)]
