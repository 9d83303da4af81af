"""The citizens' form of Testville, open, and a browser that solves its puzzles."""

import base64
import json
from datetime import datetime, timedelta

import altcha
import pytest
from django.utils import timezone

from portevoix.channels import proof_of_work
from portevoix.record.operations import accounts

SECRET = "a secret of the tests, long enough"


@pytest.fixture(autouse=True)
def easy_puzzles(monkeypatch):
    """As signed and checked as the real ones, and solved in a blink."""
    monkeypatch.setattr(proof_of_work, "COST", 1)


@pytest.fixture
def form(city):
    """The account of the form."""
    return accounts.connect(
        channel="webform",
        address="testville.example",
        connector="webform",
        settings={"secret": SECRET},
        secret=["secret"],
        by=None,
        now=timezone.now() - timedelta(days=1),
    )


def solved(challenge: dict) -> str:
    """What the widget sends for a puzzle."""
    puzzle = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(puzzle)
    payload = {"challenge": challenge, "solution": solution.to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def new_proof(now: datetime) -> str:
    return solved(proof_of_work.new_challenge(SECRET, now))
