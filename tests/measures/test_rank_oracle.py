"""Rank sets beside those of `multiple-inference` 1.2.0 (MIT), another implementation by other people.

Its answers lie in `rank_oracle.json`, with what was asked; where the package is installed (it brings pandas,
statsmodels and matplotlib, so the project's own tools do not ask for it), it is asked again. To write the file anew:

    pip install multiple-inference==1.2.0 && python -W ignore -m tests.measures.test_rank_oracle

Both reckon the critical value from normal draws. 20,000 of them tell the level 0.05 to within 0.0015, twice over: its
sets must lie between ours at the levels 0.044 and 0.056.
"""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from portevoix.measures.ranks import rank_sets
from portevoix.measures.resample import generator, normal_replicates

ANSWERS = Path(__file__).with_name("rank_oracle.json")
PACKAGE = "multiple_inference.confidence_set"
SAMPLES = 20_000
CASES = {
    "five": (5, False),
    "twelve": (12, False),
    "twenty-five": (25, False),
    "forty": (40, False),
    "twelve that vary together": (12, True),
    "thirty with ties": (30, False),
}


def case(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Scores and their covariance."""
    cities, together = CASES[name]
    rng = np.random.default_rng(list(name.encode()))
    scores = np.round(rng.normal(50, 15, cities), -1 if "ties" in name else 2)
    covariance = np.diag(np.round(rng.uniform(1, 5, cities), 2) ** 2)
    return scores, covariance + (9.0 if together else 0.0)


def asked(package: Any, name: str) -> dict[str, list[int]]:
    model = package.SimultaneousRanking(*case(name), random_state=0)
    low, high = model.fit(n_samples=SAMPLES).conf_int(0.05).T
    return {"low": low.astype(int).tolist(), "high": high.astype(int).tolist()}


def compare(name: str, theirs: dict[str, list[int]]) -> None:
    scores, covariance = case(name)
    draws = normal_replicates(scores, covariance, SAMPLES, generator(2013, name))
    wide, narrow = (rank_sets(scores, draws, alpha=alpha) for alpha in (0.044, 0.056))
    assert (wide.low <= theirs["low"]).all() and (theirs["low"] <= narrow.low).all()
    assert (wide.high >= theirs["high"]).all() and (theirs["high"] >= narrow.high).all()
    assert abs(wide.low - narrow.low).sum() + abs(wide.high - narrow.high).sum() <= len(scores) / 4, "nothing is tested"


@pytest.mark.parametrize("name", CASES)
def test_sets_are_those_that_the_package_gave(name: str) -> None:
    told = json.loads(ANSWERS.read_text(encoding="utf-8"))["cases"][name]
    scores, covariance = case(name)
    assert (told["scores"], told["covariance"]) == (scores.tolist(), covariance.tolist())
    compare(name, told)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_sets_are_those_that_the_package_gives(name: str) -> None:
    compare(
        name,
        asked(
            pytest.importorskip(PACKAGE, reason="missing: multiple-inference (pip install multiple-inference)"), name
        ),
    )


def write() -> None:
    package = importlib.import_module(PACKAGE)
    cases = {}
    for name in CASES:
        scores, covariance = case(name)
        cases[name] = {"scores": scores.tolist(), "covariance": covariance.tolist()} | asked(package, name)
    made = f"multiple-inference 1.2.0, SimultaneousRanking(scores, covariance).fit({SAMPLES}).conf_int(0.05)"
    ANSWERS.write_text(json.dumps({"made": made, "cases": cases}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
