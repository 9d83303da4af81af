"""Computes which single indicator would move a city up a tier, all else being equal."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np

from portevoix.measures.indicators import INDICATORS
from portevoix.measures.score import Goalpost, points, shrink, weighted_geometric, weighted_mean

_STEPS = 40
_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Lever:
    """The change of one indicator. `to` is None when even its best value does not reach the target."""

    code: str
    value: float
    to: float | None


@dataclass(frozen=True, slots=True)
class Ascent:
    """`target` is the lowest score of the next better `tier`; levers that need the smallest change come first."""

    tier: int
    target: float
    levers: tuple[Lever, ...]


def ascent(results: Mapping[str, Any], code: str) -> Ascent | None:
    """Return what would move a city up; None for a city in the first tier, or in none."""
    city = next((one for one in results["cities"] if one["code"] == code), None)
    if city is None or not city["tier"] or city["tier"] == 1:
        return None
    tier = city["tier"] - 1
    target = min(one["score"] for one in results["cities"] if one["tier"] == tier)
    rules = Rules(results)
    levers = [
        _lever(rules, city, code, target)
        for members in results["pillars"].values()
        for code in members
        if code in INDICATORS and _counts(city, code)
    ]
    return Ascent(
        tier, target, tuple(sorted(levers, key=lambda lever: (lever.to is None, rules.way(lever), lever.code)))
    )


class Rules:
    """The study's rules, as given in its results."""

    def __init__(self, results: Mapping[str, Any]) -> None:
        self._results = results
        self.goalposts = {code: Goalpost(*ends) for code, ends in results["goalposts"].items()}

    def score(self, city: Mapping[str, Any], changed: Mapping[str, float]) -> float:
        """Return the city's score if these indicators had these values."""
        weights = self._results["weights"]
        pillars = [self._pillar(name, city, changed) for name in weights]
        return float(weighted_geometric(pillars, list(weights.values())))

    def way(self, lever: Lever) -> float:
        """Return the share of the whole scale that a change covers, 0 to 1."""
        if lever.to is None:
            return 1.0
        return abs(float(np.diff(points([lever.value, lever.to], self.goalposts[lever.code]))[0])) / 100

    def _pillar(self, name: str, city: Mapping[str, Any], changed: Mapping[str, float]) -> float:
        members = {code: w for code, w in self._results["pillars"][name].items() if _counts(city, code)}
        rule = self._results["shrinkage"]
        values = [
            shrink(
                points(changed.get(code, city["indicators"][code]["value"]), self.goalposts[code]),
                city["indicators"][code]["n"],
                rule["prior"],
                rule["strength"],
            )
            for code in members
        ]
        return float(weighted_mean(values, list(members.values()))) if values else float("nan")


def _counts(city: Mapping[str, Any], code: str) -> bool:
    cell = city["indicators"].get(code)
    return bool(cell and cell["enough"])


def _lever(rules: Rules, city: Mapping[str, Any], code: str, target: float) -> Lever:
    """Find the least value that reaches the target by bisection: a score never falls when an indicator gets better."""
    value, best = city["indicators"][code]["value"], rules.goalposts[code].high
    if rules.score(city, {code: best}) < target:
        return Lever(code, value, None)
    short, enough = value, best
    for _ in range(_STEPS):
        middle = (short + enough) / 2
        if rules.score(city, {code: middle}) < target:
            short = middle
        else:
            enough = middle
    return Lever(
        code, value, _round_percent(enough, better=best > value) if INDICATORS[code].unit == "share" else enough
    )


def _round_percent(share: float, *, better: bool) -> float:
    """Round to the next whole percent that is enough, as it is shown without decimals. `better`: larger is better."""
    percent = 100 * share
    return (ceil(percent - _NEARLY) if better else floor(percent + _NEARLY)) / 100
