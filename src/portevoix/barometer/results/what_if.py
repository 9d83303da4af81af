"""Computes which single indicator would move a city up a tier, all else being equal."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from portevoix.barometer.results.contents import City, RankedCity, Results
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.score import Goalpost, points, shrink, weighted_geometric, weighted_mean

_STEPS = 40
_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """The change of one indicator. `to` is None when even its best value does not reach the target."""

    code: str
    value: float
    to: float | None


@dataclass(frozen=True, slots=True)
class NextTier:
    """`target` is the lowest score of the next better `tier`; levers that need the smallest change come first."""

    tier: int
    target: float
    levers: tuple[IndicatorChange, ...]


def find_next_tier(results: Results, code: str) -> NextTier | None:
    """Return what would move a city up; None for a city in the first tier, or in none."""
    city = next((one for one in results.cities if one.code == code), None)
    if not isinstance(city, RankedCity) or city.tier == 1:
        return None
    tier = city.tier - 1
    target = min(one.score for one in results.cities if isinstance(one, RankedCity) and one.tier == tier)
    rules = Rules(results)
    levers = [
        _lever(rules, city, code, cell.value, target)
        for members in results.pillars.values()
        for code in members
        if code in INDICATORS and (cell := city.measured_cell(code))
    ]
    return NextTier(
        tier, target, tuple(sorted(levers, key=lambda lever: (lever.to is None, rules.way(lever), lever.code)))
    )


class Rules:
    """The study's rules, as given in its results."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self.goalposts = {code: Goalpost(*ends) for code, ends in results.goalposts.items()}

    def score(self, city: City, changed: Mapping[str, float]) -> float:
        """Return the city's score if these indicators had these values."""
        weights = self._results.weights
        pillars = [self._pillar(name, city, changed) for name in weights]
        return float(weighted_geometric(pillars, list(weights.values())))

    def way(self, lever: IndicatorChange) -> float:
        """Return the share of the whole scale that a change covers, 0 to 1."""
        if lever.to is None:
            return 1.0
        return abs(float(np.diff(points([lever.value, lever.to], self.goalposts[lever.code]))[0])) / 100

    def _pillar(self, name: str, city: City, changed: Mapping[str, float]) -> float:
        members, rule = self._results.pillars[name], self._results.shrinkage
        cells = {code: cell for code in members if (cell := city.measured_cell(code))}
        values = [
            shrink(points(changed.get(code, cell.value), self.goalposts[code]), cell.n, rule.prior, rule.strength)
            for code, cell in cells.items()
        ]
        return float(weighted_mean(values, [members[code] for code in cells])) if values else float("nan")


def _lever(rules: Rules, city: City, code: str, value: float, target: float) -> IndicatorChange:
    """Find the least value that reaches the target, by bisection from `value`: a score never falls when an indicator
    gets better.
    """
    best = rules.goalposts[code].high
    if rules.score(city, {code: best}) < target:
        return IndicatorChange(code, value, None)
    short, enough = value, best
    for _ in range(_STEPS):
        middle = (short + enough) / 2
        if rules.score(city, {code: middle}) < target:
            short = middle
        else:
            enough = middle
    return IndicatorChange(
        code, value, _round_percent(enough, better=best > value) if INDICATORS[code].unit == "share" else enough
    )


def _round_percent(share: float, *, better: bool) -> float:
    """Round to the next whole percent that is enough, as it is shown without decimals. `better`: larger is better."""
    percent = 100 * share
    return (ceil(percent - _NEARLY) if better else floor(percent + _NEARLY)) / 100
