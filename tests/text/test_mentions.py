"""A message that speaks of several things: its passages, and what goes wrong or well in each."""

import json
import time
from importlib.resources import files
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.text.analysis import analyse
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.passages import Mention, clauses, likeliest, mentions
from portevoix.text.labels.predictor import TrainedLabeller
from portevoix.text.starter import TASKS

HELD = Path(__file__).with_name("held") / "subjects.jsonl"
LABELLERS = {task: TrainedLabeller(load_bundled(task)) for task in TASKS}
SAME = {
    "roads": {"voirie", "eau-energie"}, "cleanliness": {"proprete"}, "green-spaces": {"espaces-verts"},
    "transport": {"mobilites", "voirie"}, "schools": {"education-enfance"}, "registry": {"etat-civil"},
    "urban-planning": {"urbanisme-habitat"}, "sports": {"sports"}, "culture": {"culture-evenements"},
    "social": {"solidarites-sante"}, "police": {"tranquillite"}, "digital": {"numerique-communication"},
    "town-hall": {"democratie", "etat-civil", "numerique-communication"},
    "economy": {"tranquillite", "culture-evenements", "urbanisme-habitat", "democratie", "voirie"},
}  # fmt: skip
"""The writer's departments, and the starter's that do such things."""


def told(text: str) -> tuple[Mention, ...]:
    return analyse([text], LABELLERS, ("fr", "en"))[0].topics


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Bravo pour la piscine, les vestiaires sont superbes. Par contre les poubelles de la rue débordent !",
            [("sports", "well"), ("proprete", "wrong")],
        ),
        ("Les poubelles débordent. Personne ne passe. Les rats sont là.", [("proprete", "wrong")]),
    ],
)
def test_each_passage_has_its_department_and_says_whether_it_goes_well(text: str, expected: list) -> None:
    assert [(topic.department, topic.valence) for topic in told(text)] == expected


def test_messages_written_by_another_hand() -> None:
    """Of 80 about several things 35 % told, of 30 about one none. Where told: department right .98, valence .83 (by the
    message as a whole .70)."""
    rows = [json.loads(line) for line in HELD.read_text("utf-8").splitlines()]
    readings = analyse([row["text"] for row in rows], LABELLERS, ("fr", "en"))
    told_of = {several: [] for several in (True, False)}
    departments, apart, whole = [], [], []
    valence = LABELLERS["valence"]
    together = valence.probabilities([row["text"] for row in rows]).argmax(axis=1)
    for row, reading, one in zip(rows, readings, together, strict=True):
        told_of[len(row["topics"]) > 1].append(len(reading.topics) > 1)
        for topic in row["topics"] if len(reading.topics) > 1 else ():
            start = row["text"].index(topic["text"])
            end = start + len(topic["text"])
            best = max(reading.topics, key=lambda found: min(end, found.end) - max(start, found.start))
            departments.append(best.department in SAME[topic["department"]])
            apart.append(best.valence == topic["valence"])
            whole.append(valence.labels[one] == topic["valence"])
    assert np.mean(told_of[True]) > 0.30 and np.mean(told_of[False]) < 0.05
    assert np.mean(departments) > 0.92 and np.mean(apart) > 0.76 > np.mean(whole)


def test_few_messages_of_a_city_are_cut() -> None:
    """Of Valmont's messages few speak of several things: 2 % are cut, half of them rightly."""
    lines = files("portevoix.demo").joinpath("messages.jsonl").read_text("utf-8").splitlines()
    readings = analyse([json.loads(line)["text"] for line in lines], LABELLERS, ("fr", "en"))
    assert np.mean([len(reading.topics) > 1 for reading in readings]) < 0.04


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour,\n\nNotre association organise un vide-greniers rue des Hirondelles dimanche.",
        "Le toboggan du square est cassé, il y a un trou avec des bords coupants. Square Colette. @VilleValmont",
        "Motif de la réclamation : suppression de l'arrêt Lavoir (ligne 3).",
        "Les bacs de verre débordent devant l'école depuis une semaine.\n\nBien à vous,\nOlivier Rambourg",
    ],
)
def test_a_greeting_a_place_a_heading_and_a_signature_are_no_subjects(text: str) -> None:
    assert len(told(text)) == 1


@given(st.text(max_size=400))
def test_passages_follow_one_another_inside_the_message(text: str) -> None:
    [found] = mentions([text], LABELLERS["department"], LABELLERS["valence"])
    spans = [(one.start, one.end) for one in found]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert len(found) != 1, "one passage says no more than the message"
    assert all(start < end for start, end in clauses(text))


@pytest.mark.parametrize("piece", [".", ".)", "a, ", "Non. ", " ", "é"])
def test_awkward_messages_take_no_time(piece: str) -> None:
    began = time.process_time()
    mentions([(piece * 4000)[:3999] + "a"], LABELLERS["department"], LABELLERS["valence"])
    assert time.process_time() - began < 0.3


@given(
    st.lists(st.lists(st.floats(-5, 0), min_size=3, max_size=3), min_size=1, max_size=5),
    st.floats(0, 6),
)
def test_the_likeliest_path_is_the_best_of_all(rows: list[list[float]], change: float) -> None:
    scores = np.array(rows)

    def worth(path) -> float:
        return sum(scores[n, state] for n, state in enumerate(path)) - change * sum(a != b for a, b in pairwise(path))

    best = max(worth(path) for path in product(range(3), repeat=len(rows)))
    assert worth(likeliest(scores, change)) == pytest.approx(best)
