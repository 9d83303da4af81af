"""How good the first labellers are on a city's messages: floors, some way below what was measured."""

import json
import random
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.evaluation import evaluate
from portevoix.text.labels.predictor import TrainedLabeller
from portevoix.text.similarity.keywords import find_keywords
from portevoix.text.starter import DepartmentText
from portevoix.text.training.from_labels import department_labeller

VALMONT = Path(__file__).resolve().parents[3] / "shared" / "data" / "valmont"
DEPARTMENTS = Path(__file__).resolve().parents[2] / "src" / "portevoix" / "demo" / "departments.toml"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not VALMONT.exists(), reason="missing: the development data, beside the checkout"),
]


@pytest.fixture(scope="module")
def messages() -> list[dict]:
    found = [json.loads(line) for line in (VALMONT / "messages.jsonl").read_text("utf-8").splitlines()]
    random.Random(1).shuffle(found)
    return found


def departments() -> list[DepartmentText]:
    rows = tomllib.loads(DEPARTMENTS.read_text("utf-8"))["department"]
    return [DepartmentText(d["slug"], d["name"], d["description"], tuple(d["competences"])) for d in rows]


def test_departments_own_words_alone(messages: list[dict]) -> None:
    """Measured: 0.66; sure of 0.34, of which 0.96 are right."""
    report = evaluate(
        department_labeller(departments(), ()), [(m["text"], m["labels"]["department"]) for m in messages]
    )
    assert report.accuracy > 0.60 and report.ece < 0.14
    assert report.coverage > 0.25 and report.accuracy_when_sure is not None and report.accuracy_when_sure >= 0.95


@pytest.mark.parametrize(("task", "floor"), [("department", 0.64), ("kind", 0.70), ("valence", 0.72)])
def test_what_ships_on_another_city(messages: list[dict], task: str, floor: float) -> None:
    """Macro-F1 of the words alone. Measured: department 0.69, kind 0.75, valence 0.78."""
    report = evaluate(TrainedLabeller(load_bundled(task)), [(m["text"], m["labels"][task]) for m in messages])
    assert report.macro_f1 > floor and report.ece < 0.10
    assert report.accuracy_when_sure is not None and report.accuracy_when_sure >= 0.95, (
        "its thresholds are of this city"
    )


def test_a_city_s_own_labels_help(messages: list[dict]) -> None:
    """Learnt on two thirds, tried on the rest. Measured: 0.72."""
    examples = [(m["text"], m["labels"]["department"]) for m in messages]
    learnt = [example for i, example in enumerate(examples) if i % 3]
    assert evaluate(department_labeller(departments(), learnt), examples[::3]).accuracy > 0.65


@pytest.mark.parametrize(
    ("week", "department", "words"),
    [
        ("2026-W46", "sports", {"grève", "piscine"}),
        ("2026-W42", "education-enfance", {"poulet", "Jules Verne"}),
        ("2026-W40", "mobilites", {"payante", "Saint Clair"}),
        ("2026-W38", "eau-energie", {"Tuileries"}),
    ],
)
def test_the_week_s_subject_is_told(messages: list[dict], week: str, department: str, words: set[str]) -> None:
    mine = [m for m in messages if m["labels"]["department"] == department]

    def code(message: dict) -> str:
        year, number, _ = datetime.fromisoformat(message["sent_at"]).isocalendar()
        return f"{year}-W{number:02}"

    telling = find_keywords([m["text"] for m in mine if code(m) == week], [m["text"] for m in mine if code(m) < week])
    assert words <= {word.word for word in telling.words}
