"""Replicates of the figures by resampling, from which intervals and rank sets are computed.

The bootstrap is Rubin's ("The Bayesian bootstrap", Annals of Statistics 9, 1981): each observation is given a random
weight of mean 1 instead of being drawn 0, 1, 2… times. It keeps every observation in every replicate, so that no
denominator vanishes. The units drawn are the independent ones: *conversations* for waits, *citizens* for shares of
citizens answered, *days* for counts of posts, which come in bursts and are not independent of one another.

An event that was never seen may still happen: with 10 of 10 questions answered, resampling those ten would give 100 %
every time. So two imaginary observations of either kind are added to each share: two conversations answered at once
and two never (Agresti and Coull, "Approximate is better than 'exact' for interval estimation of binomial proportions",
The American Statistician 52, 1998). Among hundreds they do not matter. Where nothing was observed at all, replicates
are nan, as the value is missing.

Randomness comes from `generator(seed, name)`: the same seed and name give the same bytes, and the draws of one city do
not depend on the others. Two calls with generators of the same name resample the same conversations (or days): use
this for the indicators of one city, which then vary together as they do in reality.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from portevoix.measures.score import Floats
from portevoix.measures.survival import Curve

UNSEEN = 2.0
"""Number of imaginary observations of either kind."""

_AT_ONCE = 2**20
"""Weights held in memory at once: 8 MB each for some five arrays."""


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the random generator of `name` under the study's seed.

    The name states the city and the units drawn ("49007 waits", "49007 days"): the same name gives the same numbers.
    """
    key = int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key])))


def curve_replicates(curve: Curve, seconds: Sequence[int], replicates: int, rng: np.random.Generator) -> Floats:
    """Return F at each of `seconds`, (replicates, len(seconds)), from resampled conversations, open ones included."""
    step = np.searchsorted(curve.duration, np.asarray(seconds), side="right")
    return np.concatenate([1 - survival[:, step] for survival in _survivals(curve, replicates, rng)])


def mean_replicates(curve: Curve, horizon: int, replicates: int, rng: np.random.Generator) -> Floats:
    """Return the mean wait restricted to `horizon`, in seconds, (replicates,): the area under S up to there."""
    edges = np.minimum(np.concatenate([[0], curve.duration, [horizon]]), horizon)
    return np.concatenate([survival @ np.diff(edges) for survival in _survivals(curve, replicates, rng)])


def share_replicates(successes: int, n: int, replicates: int, rng: np.random.Generator) -> Floats:
    """Return replicates (replicates,) of a share of `n` independent units, such as citizens."""
    if not n:
        return np.full(replicates, np.nan)
    return rng.beta(successes + UNSEEN, n - successes + UNSEEN, replicates)


def ratio_replicates(
    numerator: ArrayLike, denominator: ArrayLike, replicates: int, rng: np.random.Generator, *, share: bool = True
) -> Floats:
    """Return Σ numerator / Σ denominator over resampled days, (replicates,).

    `numerator` and `denominator` hold one count per day; for a `share`, no numerator exceeds its denominator. With d
    days that have a denominator, the spread is known with d − 1 degrees of freedom: each replicate's deviation is
    multiplied by √(d / χ²), which turns a normal distribution into Student's, wide for few days. The replicates never
    vary less than if all counts were independent (Beta for a share, else Gamma). With a single day hardly more than
    the figure itself is known: a share may be anything from 0 to 1, another ratio anything with about that mean.
    """
    above, below = (np.asarray(counts, np.float64) for counts in (numerator, denominator))
    total, among, days = float(above.sum()), float(below.sum()), int((below > 0).sum())
    weights = rng.standard_exponential((replicates, len(below)))
    if days == 0:
        return np.full(replicates, np.nan)
    if days == 1:
        return rng.random(replicates) if share else (total + 0.5) / among * rng.standard_exponential(replicates)
    stretch = np.sqrt(days / rng.chisquare(days - 1, replicates))
    ratios = total / among + ((weights @ above) / (weights @ below) - total / among) * stretch
    bounded_ratios = np.clip(ratios, 0, 1 if share else np.inf)
    if share:
        return max(bounded_ratios, share_replicates(int(total), int(among), replicates, rng), key=np.std)
    return max(bounded_ratios, rng.standard_gamma(total + 0.5, replicates) / among, key=np.std)


def normal_replicates(scores: ArrayLike, covariance: ArrayLike, replicates: int, rng: np.random.Generator) -> Floats:
    """Return normal replicates (replicates, p) of scores (p,) with covariance (p, p), their mean exactly the scores."""
    centre = np.asarray(scores, np.float64)
    noise = rng.multivariate_normal(np.zeros(len(centre)), np.asarray(covariance), replicates, method="eigh")
    return centre + noise - noise.mean(axis=0)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Accuracy of a coder on posts coded by people.

    It found `true_positives` of `positives`, and left `true_negatives` of `negatives`.
    """

    true_positives: int
    positives: int
    true_negatives: int
    negatives: int


def corrected_replicates(shares: ArrayLike, accuracy: Accuracy, rng: np.random.Generator) -> Floats:
    """Return replicates (B,) of an observed share, corrected for the coder's errors.

    The correction is (share + sp − 1) / (se + sp − 1), within 0..1. Rogan and Gladen, "Estimating prevalence from the
    results of a screening test", American Journal of Epidemiology 107 (1978). Sensitivity `se` and specificity `sp` are
    drawn from their Beta posteriors (uniform priors). Where a draw makes the coder no better than chance, the share is
    uninformative: anything from 0 to 1. Errors of the coder are the same for all cities: name the generator after the
    coder, not after the city, and they move all scores together instead of separating cities.
    """
    observed_shares = np.asarray(shares, np.float64)
    count = len(observed_shares)
    sensitivity = rng.beta(accuracy.true_positives + 1, accuracy.positives - accuracy.true_positives + 1, count)
    specificity = rng.beta(accuracy.true_negatives + 1, accuracy.negatives - accuracy.true_negatives + 1, count)
    informedness = sensitivity + specificity - 1
    anything = np.where(np.isnan(observed_shares), np.nan, rng.random(count))
    np.divide(observed_shares + specificity - 1, informedness, out=anything, where=informedness > 0)
    return np.clip(anything, 0, 1)


def interval(replicates: ArrayLike, value: float, level: float = 0.95) -> tuple[float, float]:
    """Return the middle `level` of replicates (B,), widened to include `value`."""
    low, high = np.quantile(np.asarray(replicates), [(1 - level) / 2, (1 + level) / 2])
    return min(float(low), value), max(float(high), value)


def interval_around(value: float, replicates: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Return the interval around a score `value` that holds `level` of the replicates (B,), within 0 and 100.

    It is for a score that was shrunk, while replicates are of what was observed: its margin covers the noise and the
    distance by which shrinkage moved the score. It holds the true score as often as `level` says, wherever the score
    was moved to, and the score is in its middle.
    """
    margin = float(np.quantile(np.abs(np.asarray(replicates) - value), level))
    return max(0.0, value - margin), min(100.0, value + margin)


def _weights(
    curve: Curve, replicates: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats, Floats, Floats]]:
    """Yield random weights, some replicates at a time: of events and censorings, (b, m), and of imaginary observations.

    The sum of k weights of single conversations has the distribution Gamma(k).
    """
    censorings = curve.total - curve.events
    several = max(1, _AT_ONCE // max(1, len(curve.total)))
    for first in range(0, replicates, several):
        count = min(several, replicates - first)
        at_once, never = rng.standard_gamma(UNSEEN, (2, count)) if curve.n else np.full((2, count), np.nan)
        yield _gamma(curve.events, count, rng), _gamma(censorings, count, rng), at_once, never


def _gamma(cells: NDArray[np.int64], count: int, rng: np.random.Generator) -> Floats:
    """Return weights (count, m) of cells (m,), each the number of conversations it holds; most hold none."""
    weights = np.zeros((count, len(cells)))
    weights[:, cells > 0] = rng.standard_gamma(cells[cells > 0], (count, int((cells > 0).sum())))
    return weights


def _survivals(curve: Curve, replicates: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield Kaplan and Meier's S under random weights, (b, m + 1): at once, then after each duration."""
    for events, censorings, at_once, never in _weights(curve, replicates, rng):
        at_risk = np.cumsum((events + censorings)[:, ::-1], axis=1)[:, ::-1] + never[:, None]
        everybody = at_once + (at_risk[:, 0] if len(curve.total) else never)
        first = 1 - at_once / everybody
        yield np.cumprod(np.column_stack([first, 1 - events / at_risk]), axis=1)
