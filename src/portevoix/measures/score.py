"""Scores between 0 and 100 from measured values, by rules that the study fixes in advance.

    points       x = 100 · (value − low) / (high − low), kept within 0 and 100: *goalposts*
    shrinkage    x' = (n · x + strength · prior) / (n + strength)
    a pillar     y = Σ w_i x'_i / Σ w_i       arithmetic mean: within a pillar, indicators compensate one another
    a score      Π max(y_k, 1)^(w_k / Σ w)    geometric mean: pillars compensate one another less and less

Goalposts, prior, strength and weights belong to the study, not to the cities: a city's score does not move when another
joins. (Goalposts drawn from the best and the worst city, as many indices do, move every score with every newcomer.)

Sources: OECD and JRC, *Handbook on Constructing Composite Indicators* (2008), steps 5 and 6; the geometric mean between
fixed goalposts is that of the Human Development Index since 2010.

All functions take arrays with any number of leading axes, so that replicates are scored like the value itself. Missing
values are nan: they are left out, and the weights of the rest are scaled up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]

FLOOR = 1.0
"""Minimum points of a pillar in the product of pillars: one zero must not annul the others."""


@dataclass(frozen=True, slots=True)
class Goalpost:
    """The values worth 0 and 100 points, in the indicator's unit. `low` exceeds `high` where less is better."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.low) or not np.isfinite(self.high) or self.low == self.high:
            raise ValueError("goalposts are two different finite numbers")


def points(value: ArrayLike, goalpost: Goalpost) -> Floats:
    """Return points between 0 and 100, of the shape of `value`; nan stays nan."""
    share = (np.asarray(value, np.float64) - goalpost.low) / (goalpost.high - goalpost.low)
    return np.clip(100 * share, 0, 100)


def shrink(value: ArrayLike, n: ArrayLike, prior: float, strength: float) -> Floats:
    """Return `value`, measured on `n` observations, shrunk towards `prior` as if `strength` more had been seen there.

    A missing value stays missing: the prior alone never makes a score.
    """
    observations = np.asarray(n, np.float64)
    weight = np.divide(
        observations, observations + strength, out=np.zeros(observations.shape), where=observations + strength > 0
    )
    return weight * np.asarray(value, np.float64) + (1 - weight) * prior


def weighted_mean(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the arithmetic mean over the last axis of `values` (…, k) under `weights`, which broadcast to it.

    The result is (…): nan where no value with a weight is known.
    """
    floats = np.asarray(values, np.float64)
    is_finite = np.isfinite(floats)
    weight = np.where(is_finite, np.asarray(weights, np.float64), 0)
    total = weight.sum(axis=-1)
    weighted_sum = (weight * np.where(is_finite, floats, 0)).sum(axis=-1)
    mean = np.full(np.shape(total), np.nan)
    np.divide(weighted_sum, total, out=mean, where=total > 0)
    return mean


def weighted_geometric(pillars: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the geometric mean over the last axis of `pillars` (…, k), each counted as `FLOOR` at least.

    The result is (…), between `FLOOR` and 100 where pillars are between 0 and 100.
    """
    return np.asarray(np.exp(weighted_mean(np.log(np.maximum(pillars, FLOOR)), weights)))


def stabilised(scores: ArrayLike) -> Floats:
    """Return scores on a scale where their error hardly depends on their size, for tests only: arcsin √(score / 100).

    Near 0 and 100 a small sample shows little spread by chance, which a test would take for precision. The order stays.
    Source: Bartlett, "The use of transformations", Biometrics 3 (1947).
    """
    return np.arcsin(np.sqrt(np.asarray(scores, np.float64) / 100))
