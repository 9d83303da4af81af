"""Computes a city's pillars and score from its indicators, by the rules of the study."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from portevoix.barometer.scoring.replicates import Replicates
from portevoix.barometer.studies.loader import Study
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import MeasuredValue
from portevoix.measures.resample import interval_around
from portevoix.measures.score import Floats, Goalpost, points, shrink, weighted_geometric, weighted_mean

_REGULARITY = "content.regularity"
DECIMALS = 4
"""Of a score, also where it is compared: the last bits of two processors differ."""
DRAW_DECIMALS = 2
"""Decimals of the replicates of a pillar: those that are published are those that were reckoned with."""


@dataclass(frozen=True, slots=True)
class CityScores:
    """`pillars` and `score`: 0 to 100, shrunk. `score` is None where no pillar has data.

    `draws` (B, pillars) are replicates of the observations, with `DRAW_DECIMALS` decimals, nan for a missing pillar:
    they are published, and all statements on certainty are computed from them.
    """

    pillars: Mapping[str, float]
    pillar_ci: Mapping[str, tuple[float, float]]
    score: float | None
    score_ci: tuple[float, float] | None
    draws: Floats


class Scoring:
    """The rules of one study, applied to one city after the other."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self.pillars = tuple(name for name, weight in study.weights.items() if weight > 0)
        self.weights = np.array([study.weights[name] for name in self.pillars])
        self._goalposts = {code: Goalpost(*ends) for code, ends in study.goalposts.items()}

    def enough(self, code: str, measured: MeasuredValue) -> bool:
        """Return whether an indicator rests on as many observations as the study requires in its pillar."""
        pillar = next((name for name, members in self._study.indicators.items() if code in members), None)
        minimum = INDICATORS[code].minimum if pillar is None else self._study.minimum[pillar]
        return measured.value is not None and measured.n >= minimum

    def has_observations(self, pillar: str, measured: Mapping[str, MeasuredValue]) -> bool:
        """Return whether anything was observed for a pillar, even if too little; regularity alone does not count."""
        members = (code for code in self._study.indicators[pillar] if code != _REGULARITY)
        return any(code in measured and measured[code].n > 0 for code in members)

    def of(self, measured: Mapping[str, MeasuredValue], replicates: Replicates) -> CityScores:
        """Return a city's pillars and score."""
        means = np.full(len(self.pillars), np.nan)
        columns = []
        for place, pillar in enumerate(self.pillars):
            pillar_points = self._pillar(pillar, measured, replicates)
            if pillar_points is not None:
                means[place] = pillar_points[0]
            columns.append(np.nan if pillar_points is None else pillar_points[1])
        draws = np.column_stack(np.broadcast_arrays(*columns)) if columns else np.zeros((1, 0))
        return self._build_scores(means, np.round(draws, DRAW_DECIMALS))

    def score(self, pillars: Mapping[str, float]) -> float:
        """Return the score of these pillars; nan for none."""
        return float(weighted_geometric([pillars.get(name, np.nan) for name in self.pillars], self.weights))

    def shrunk_points(self, code: str, value: float, n: int) -> float:
        """Return the points of a value, shrunk towards the prior."""
        rule = self._study.shrinkage
        return float(shrink(points(value, self._goalposts[code]), n, rule.prior, rule.strength))

    def _pillar(
        self, pillar: str, measured: Mapping[str, MeasuredValue], replicates: Replicates
    ) -> tuple[float, Floats] | None:
        """Return a pillar's points and their replicates; None when none of its indicators has enough data."""
        members = self._study.indicators[pillar]
        codes = [code for code in members if code in measured and self.enough(code, measured[code])]
        if not codes:
            return None
        weights = [members[code] for code in codes]
        values = [self.shrunk_points(code, measured[code].value or 0.0, measured[code].n) for code in codes]
        draws = np.column_stack([points(replicates.of(code), self._goalposts[code]) for code in codes])
        return float(weighted_mean(values, weights)), weighted_mean(draws, weights)

    def _build_scores(self, means: Floats, draws: Floats) -> CityScores:
        present = [place for place in range(len(self.pillars)) if np.isfinite(means[place])]
        pillars = {self.pillars[place]: float(means[place]) for place in present}
        around = {self.pillars[place]: interval_around(float(means[place]), draws[:, place]) for place in present}
        if not present:
            return CityScores({}, {}, None, None, draws)
        score = round(float(weighted_geometric(means, self.weights)), DECIMALS)
        replicates = weighted_geometric(draws, self.weights)
        return CityScores(pillars, around, score, interval_around(score, replicates), draws)
