"""The page on time tells the truth: its examples are read from it and run."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.history import Happening, stand
from portevoix.kernel.policy import ServicePolicy, parse_policy
from portevoix.kernel.states import What

PAGE = (Path(__file__).parents[2] / "docs/en/explanation/time.md").read_text(encoding="utf-8")
POLICY = parse_policy(re.search(r"```toml\n(.*?)```", PAGE, re.S)[1])
ALWAYS = ServiceClock(ServicePolicy("Europe/Paris", first_contact=8 * 3600, substance=40 * 3600))
START = datetime(2026, 11, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column is so headed."""
    lines = PAGE[PAGE.index(f"| {first} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(("asked", "due", "_why"), table("asked"))
def test_a_question_is_due_when_the_page_says(asked: str, due: str, _why: str) -> None:
    given = datetime.fromisoformat(asked)
    assert ServiceClock(POLICY).due_at(given, POLICY.first_contact) == datetime.fromisoformat(due)


@pytest.mark.parametrize(("start", "end", "hours"), table("from"))
def test_the_night_of_the_change_has_the_hours_that_the_page_says(start: str, end: str, hours: str) -> None:
    elapsed = ALWAYS.elapsed(datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert elapsed == int(hours) * 3600


@pytest.mark.parametrize(("history", "due", "first", "answer", "missed"), table("history"))
def test_a_history_comes_to_what_the_page_says(history: str, due: str, first: str, answer: str, missed: str) -> None:
    told = [
        Happening(id=number, what=What(what), at=START + int(hours) * HOUR, policy=1)
        for number, (what, hours) in enumerate(step.split() for step in history.split(", "))
    ]
    [wait] = stand(told, lambda version: ALWAYS).waits
    assert wait.first_due_at == START + int(due) * HOUR
    assert (wait.first_reply_at, wait.answer_at) == (_at(first), _at(answer))
    assert ((wait.first_reply_at or START + 99 * HOUR) > wait.first_due_at) is (missed == "yes")


def _at(hours: str) -> datetime | None:
    return None if hours == "–" else START + int(hours) * HOUR


def test_the_tables_are_all_read() -> None:
    assert (len(table("asked")), len(table("from")), len(table("history"))) == (4, 2, 8)
