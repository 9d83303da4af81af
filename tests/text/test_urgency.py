"""Danger is heard in many words, and what only sounds like it is left alone."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from portevoix.text.urgency.detector import urgency

HELD = Path(__file__).with_name("held") / "urgency.jsonl"
ROWS = [json.loads(line) for line in HELD.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:60])
def test_what_is_a_danger_and_what_is_none(row: dict[str, Any]) -> None:
    assert urgency(row["text"]).level == row["level"], urgency(row["text"]).words


def test_the_table_is_long_enough() -> None:
    assert sum(row["level"] > 0 for row in ROWS) >= 60 and sum(row["level"] == 0 for row in ROWS) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "fils " * 1000,
        "fils" + " " * 4000,
        "femme a " * 600,
        "je vais " * 600,
        "film « " * 600,
        "enfant inondé bébé " * 250,
        "l'année dernière " * 250,
        "exercice de la prévention du risque " * 120,
        "s'" * 2000,
        "fils " + "x" * 4000,
        "@" * 4000,
        "@a " * 1300 + "help",
        "help! " * 660 + "x",
        "bloqué dans " * 330,
        "SOS" + "!" * 3990 + "x",
        "film d'horreur " * 260,
    ],
)
def test_hostile_messages_cost_little(text: str) -> None:
    urgency(text)  # patterns are made when first needed
    begun = time.process_time()
    urgency(text)
    assert time.process_time() - begun < 0.1


def test_a_cry_for_help_is_one_only_as_the_whole_message() -> None:
    assert [urgency(f"{said}à l'aide !!").level for said in ("", "@ville@social.example ", "… ")] == [2, 2, 2]
    assert [urgency(f"{said} help").level for said in ("The bins are full.", "I need", "Ask @city for")] == [0, 0, 0]


def test_words_are_told_as_they_stand_in_the_text() -> None:
    assert urgency("Le mur s'écroule sur la cour !").words == ("mur s'ecroule",)
    assert urgency("Ma mère,\nelle est tombée au sol").level == 2, "over commas and lines"
