"""What the figures might have been: replicates of each, from which intervals and rank sets are made.

The bootstrap is Rubin's ("The Bayesian bootstrap", Annals of Statistics 9, 1981): each observation is given a random
weight of mean 1 instead of being drawn 0, 1, 2… times. It keeps every observation in every replicate, so that no
denominator vanishes. What is drawn is what happened by itself: *conversations* for waits, *citizens* for who was
answered, *days* for what is counted of posts, which come in bursts and are not independent of one another.

An event that was never seen may still happen: with 10 questions of 10 answered, resampling those ten would say 100 %
every time. So each share has two imaginary observations of either kind beside it: two conversations answered at once
and two never (Agresti and Coull, "Approximate is better than 'exact' for interval estimation of binomial proportions",
The American Statistician 52, 1998). Beside hundreds they do not count. Where nothing was observed at all, replicates
are nan, as the value is missing.

Randomness comes from `generator(seed, name)`: the same seed and name give the same bytes, and what one city draws does
not depend on the others. Two calls given generators of the same name resample the same conversations (or days): do so
for the indicators of one city, which then vary together as they do in truth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from portevoix.measures.score import Floats
from portevoix.measures.survival import Curve

UNSEEN = 2.0
"""Imaginary observations of either kind."""

_AT_ONCE = 2**20
"""Weights held in memory at once: 8 MB of them, some five times over."""


def generator(seed: int, name: str) -> np.random.Generator:
    """The stream of random numbers of `name` under the study's seed.

    The name says the city and what is drawn ("49007 waits", "49007 days"): streams of one name are the same.
    """
    key = int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key])))


def curve_replicates(curve: Curve, seconds: Sequence[int], replicates: int, rng: np.random.Generator) -> Floats:
    """F at each of `seconds`, (replicates, len(seconds)): conversations resampled, those who still wait among them."""
    step = np.searchsorted(curve.duration, np.asarray(seconds), side="right")
    return np.concatenate([1 - survival[:, step] for survival in _survivals(curve, replicates, rng)])


def mean_replicates(curve: Curve, horizon: int, replicates: int, rng: np.random.Generator) -> Floats:
    """The mean wait restricted to `horizon`, in seconds, (replicates,): the area under S up to there."""
    edges = np.minimum(np.concatenate([[0], curve.duration, [horizon]]), horizon)
    return np.concatenate([survival @ np.diff(edges) for survival in _survivals(curve, replicates, rng)])


def share_replicates(successes: int, n: int, replicates: int, rng: np.random.Generator) -> Floats:
    """A share of `n` that are independent of one another, such as citizens, (replicates,)."""
    if not n:
        return np.full(replicates, np.nan)
    return rng.beta(successes + UNSEEN, n - successes + UNSEEN, replicates)


def ratio_replicates(
    numerator: ArrayLike, denominator: ArrayLike, replicates: int, rng: np.random.Generator, *, share: bool = True
) -> Floats:
    """Σ numerator / Σ denominator over days, (replicates,): days resampled.

    `numerator` and `denominator` hold one count per day; of a `share`, no numerator exceeds its denominator. Of d days
    that have a denominator, the spread itself is known with d − 1 degrees of freedom: each replicate's distance is
    multiplied by √(d / χ²), which makes of a normal distribution Student's, wide for few days. Nor does it vary less
    than if all that was counted were independent (Beta for a share, else Gamma). Of a single day hardly more than the
    figure itself is known: of a share, anything from 0 to 1; else anything of about that mean.
    """
    above, below = (np.asarray(counts, np.float64) for counts in (numerator, denominator))
    counted, among, days = float(above.sum()), float(below.sum()), int((below > 0).sum())
    weights = rng.standard_exponential((replicates, len(below)))
    if days == 0:
        return np.full(replicates, np.nan)
    if days == 1:
        return rng.random(replicates) if share else (counted + 0.5) / among * rng.standard_exponential(replicates)
    stretch = np.sqrt(days / rng.chisquare(days - 1, replicates))
    drawn = counted / among + ((weights @ above) / (weights @ below) - counted / among) * stretch
    kept = np.clip(drawn, 0, 1 if share else np.inf)
    if share:
        return max(kept, share_replicates(int(counted), int(among), replicates, rng), key=np.std)
    return max(kept, rng.standard_gamma(counted + 0.5, replicates) / among, key=np.std)


def normal_replicates(scores: ArrayLike, covariance: ArrayLike, replicates: int, rng: np.random.Generator) -> Floats:
    """Scores (p,) known only with their covariance (p, p): normal replicates (replicates, p), exactly around them."""
    centre = np.asarray(scores, np.float64)
    drawn = rng.multivariate_normal(np.zeros(len(centre)), np.asarray(covariance), replicates, method="eigh")
    return centre + drawn - drawn.mean(axis=0)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a coder did on what people had coded: it found `found` of `positives`, and left `left` of `negatives`."""

    found: int
    positives: int
    left: int
    negatives: int


def corrected_replicates(shares: ArrayLike, accuracy: Accuracy, rng: np.random.Generator) -> Floats:
    """Replicates (B,) of an observed share, freed from the coder's errors: (share + sp − 1) / (se + sp − 1), in 0..1.

    Rogan and Gladen, "Estimating prevalence from the results of a screening test", American Journal of Epidemiology 107
    (1978). Sensitivity `se` and specificity `sp` are drawn from their Beta posteriors (uniform priors). Where a draw
    finds the coder no better than chance, the share says nothing: anything from 0 to 1. Errors of the coder are the
    same for all cities: name the generator after the coder, not after the city, and they move all scores together
    instead of setting cities apart.
    """
    observed = np.asarray(shares, np.float64)
    count = len(observed)
    sensitivity = rng.beta(accuracy.found + 1, accuracy.positives - accuracy.found + 1, count)
    specificity = rng.beta(accuracy.left + 1, accuracy.negatives - accuracy.left + 1, count)
    informed = sensitivity + specificity - 1
    anything = np.where(np.isnan(observed), np.nan, rng.random(count))
    np.divide(observed + specificity - 1, informed, out=anything, where=informed > 0)
    return np.clip(anything, 0, 1)


def interval(replicates: ArrayLike, value: float, level: float = 0.95) -> tuple[float, float]:
    """The middle `level` of replicates (B,), widened to hold `value` where it lies at an end."""
    low, high = np.quantile(np.asarray(replicates), [(1 - level) / 2, (1 + level) / 2])
    return min(float(low), value), max(float(high), value)


def interval_around(value: float, replicates: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """As far to either side of a score `value` as holds `level` of the replicates (B,), kept within 0 and 100.

    The interval of a score that was shrunk, while replicates are of what was observed: its margin pays for the noise
    and for the distance by which shrinkage moved the score. It holds the true score as often as `level` says, wherever
    the score was moved to, and the score is in its middle.
    """
    margin = float(np.quantile(np.abs(np.asarray(replicates) - value), level))
    return max(0.0, value - margin), min(100.0, value + margin)


def _weights(
    curve: Curve, replicates: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats, Floats, Floats]]:
    """Random weights, some replicates at a time: of events and censored by duration, (b, m), and of the imaginary two.

    The sum of k weights of single conversations has the distribution Gamma(k).
    """
    censored = curve.total - curve.events
    several = max(1, _AT_ONCE // max(1, len(curve.total)))
    for first in range(0, replicates, several):
        count = min(several, replicates - first)
        at_once, never = rng.standard_gamma(UNSEEN, (2, count)) if curve.n else np.full((2, count), np.nan)
        yield _gamma(curve.events, count, rng), _gamma(censored, count, rng), at_once, never


def _gamma(cells: NDArray[np.int64], count: int, rng: np.random.Generator) -> Floats:
    """Weights (count, m) of cells (m,) that hold so many conversations; most hold none."""
    weights = np.zeros((count, len(cells)))
    weights[:, cells > 0] = rng.standard_gamma(cells[cells > 0], (count, int((cells > 0).sum())))
    return weights


def _survivals(curve: Curve, replicates: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Kaplan and Meier's S under random weights, (b, m + 1): at once, then after each duration."""
    for events, censored, at_once, never in _weights(curve, replicates, rng):
        at_risk = np.cumsum((events + censored)[:, ::-1], axis=1)[:, ::-1] + never[:, None]
        everybody = at_once + (at_risk[:, 0] if len(curve.total) else never)
        first = 1 - at_once / everybody
        yield np.cumprod(np.column_stack([first, 1 - events / at_risk]), axis=1)
