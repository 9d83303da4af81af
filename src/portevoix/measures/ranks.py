"""Which ranks a city may truly have, given what is not known: confidence sets for all ranks at once, and tiers.

Mogstad, Romano, Shaikh and Wilhelm, "Inference for ranks with applications to mobility across neighbourhoods and
academic achievement across countries", Review of Economic Studies 91 (2024), doi:10.1093/restud/rdad006. For every
ordered pair, the hypothesis that i is *not* better than j is tested by

    T_ij = (m_i − m_j) / s_ij

m being the centre of a city's replicates and s_ij the standard deviation of the difference of theirs. All pairs whose
T_ij exceeds the 1 − α quantile of max_ij (d_j − d_i) / s_ij are told apart (d: a replicate less its centre; the maximum
over all pairs not yet told apart), and again with the pairs that are left, until none is added: *step-down*. A city's
best rank is then one more than those told to be better, its worst the number of cities less those told to be worse.
With probability 1 − α all these sets together hold all true ranks.

Replicates are of what was *observed*, before shrinkage: shrinkage moves a small sample towards the prior, which is no
evidence, and tests of shrunken scores would take it for some. The published scores decide the order alone: two cities
are never told apart against it. Replicates of scores from 0 to 100 are compared on the scale of `score.stabilised`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from portevoix.measures.resample import generator
from portevoix.measures.score import Floats, weighted_geometric

type Flags = NDArray[np.bool_]
type Ranks = NDArray[np.int64]

CONCENTRATION = 20.0
"""How near to the study's weights other weights are drawn: a weight w has the standard deviation √(w(1 − w) / 21)."""

WEIGHT_DECIMALS = 4
"""Of weights that are drawn: those that are published are those that were tried."""

_STILL = 1e-9
"""Replicates that differ by less than this do not move at all."""


@dataclass(frozen=True, slots=True)
class RankSets:
    """Each city's best and worst rank, (p,), and `worse` (p, p): whether city i is told to be worse than city j."""

    low: Ranks
    high: Ranks
    worse: Flags


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Ranks under other weights: their 5th and 95th percentile, (p,), and how often a leader stays one."""

    low: Ranks
    high: Ranks
    stays: float


def ranks(scores: ArrayLike) -> Ranks:
    """1 for the highest along the last axis; equal scores share the better rank. nan comes last."""
    falling = -_no_nan(scores)
    order = np.argsort(falling, axis=-1)
    ordered = np.take_along_axis(falling, order, axis=-1)
    place = np.broadcast_to(np.arange(1, falling.shape[-1] + 1), falling.shape).copy()
    place[..., 1:][ordered[..., 1:] == ordered[..., :-1]] = 1
    found = np.empty(falling.shape, np.int64)
    np.put_along_axis(found, order, np.maximum.accumulate(place, axis=-1), axis=-1)
    return found


def rank_sets(scores: ArrayLike, draws: ArrayLike, *, alpha: float = 0.05) -> RankSets:
    """The simultaneous 1 − `alpha` confidence sets of the ranks of finite `scores` (p,).

    `draws` (B, p) are the replicates: independent between cities or not, their covariance is used. A city with a nan
    among them is told apart from nobody. One whose replicates never move gives no reason to call it certain: it is
    taken to be as uncertain as the least certain of the others.
    """
    published, drawn = np.asarray(scores, np.float64), np.asarray(draws, np.float64)
    centre, noise, spread = studentised(drawn)
    pairs = ~np.eye(len(published), dtype=np.bool_)
    better = told_apart(centre, noise, spread, hypotheses=pairs, alpha=alpha)
    better &= published[:, None] > published
    return RankSets(low=1 + better.sum(axis=0), high=len(published) - better.sum(axis=1), worse=better.T)


def studentised(draws: Floats) -> tuple[Floats, Floats, Floats]:
    """Centres (p,), noise (p, B) around them, and the standard deviations (p, p) of differences; inf is unknown."""
    known = np.isfinite(draws).all(axis=0)
    settled = np.where(known, draws, 0)
    centre = settled.mean(axis=0)
    noise = np.ascontiguousarray((settled - centre).T)
    for shift, city in enumerate(np.flatnonzero(known & (np.ptp(noise, axis=1) <= _STILL)), start=1):
        # The noise of the least certain, in another order: no less, and not the same in each replicate.
        noise[city] = np.roll(noise[noise.std(axis=1).argmax()], shift)
    covariance = noise @ noise.T / max(1, len(draws) - 1)
    own = np.diagonal(covariance)
    variance = own[:, None] + own - 2 * covariance
    variance[~known] = variance[:, ~known] = np.inf
    return centre, noise, np.sqrt(np.where(variance > _STILL**2, variance, np.inf))


def told_apart(centre: Floats, noise: Floats, spread: Floats, *, hypotheses: Flags, alpha: float) -> Flags:
    """Which of the ordered pairs in `hypotheses` (p, p), "i is not better than j", are rejected, by step-down.

    The probability that any of them is rejected wrongly is at most `alpha`.
    """
    statistic = (centre[:, None] - centre) / spread
    rejected = np.zeros_like(hypotheses)
    while (left := hypotheses & ~rejected & np.isfinite(spread)).any():
        critical = max(0.0, float(np.quantile(_largest(noise, spread, left), 1 - alpha)))
        newly = left & (statistic > critical)
        if not newly.any():
            break
        rejected |= newly
    return rejected


def tiers(scores: ArrayLike, sets: RankSets) -> Ranks:
    """The tier of each city, (p,), from 1: a tier is all who cannot be told apart from its leader.

    The leader is the best of those who are in no tier yet (several, when their scores are equal). Members of one tier
    may well be told apart from one another; and one about whom little is known may stand in a higher tier than another
    with a better score.
    """
    published = np.asarray(scores, np.float64)
    tier = np.zeros(len(published), np.int64)
    while (left := tier == 0).any():
        leaders = left & (published == published[left].max())
        tier[left & ~sets.worse[:, leaders].any(axis=1)] = tier.max() + 1
    return tier


def in_first(draws: ArrayLike, k: int = 5) -> Floats:
    """The share of draws (B, p) in which each city is among the first `k`; equal ones at the limit all are."""
    drawn = _no_nan(draws)
    count = drawn.shape[1]
    if k >= count:
        return np.ones(count)
    limit = np.partition(drawn, count - k, axis=1)[:, [count - k]]
    return ((drawn >= limit) & np.isfinite(drawn)).mean(axis=0)


def other_weights(weights: ArrayLike, *, draws: int = 2000, seed: int) -> Floats:
    """Other weights of pillars than the study's (k,), drawn around them (Dirichlet): (draws, k), of four decimals.

    A pillar without weight stays without.
    """
    given = np.asarray(weights, np.float64)
    others = np.zeros((draws, len(given)))
    others[:, given > 0] = generator(seed, "weights").dirichlet(CONCENTRATION * given[given > 0] / given.sum(), draws)
    return np.round(others, WEIGHT_DECIMALS)


def sensitivity(pillars: ArrayLike, weights: ArrayLike, others: ArrayLike) -> Sensitivity:
    """What becomes of the ranks of pillars (p, k) when weights (k,) are others (draws, k).

    `stays`: the share of draws in which the best under the study's weights (any of them, if equal) is still first.
    """
    points, drawn = np.asarray(pillars, np.float64), np.asarray(others, np.float64)
    found = ranks(weighted_geometric(points, drawn[:, None, :]))
    leading = ranks(weighted_geometric(points, weights)) == 1
    low, high = np.quantile(found, [0.05, 0.95], axis=0, method="inverted_cdf").astype(np.int64)
    return Sensitivity(low=low, high=high, stays=float((found[:, leading] == 1).any(axis=1).mean()))


def _no_nan(values: ArrayLike) -> Floats:
    given = np.asarray(values, np.float64)
    return np.where(np.isnan(given), -np.inf, given)


def _largest(noise: Floats, spread: Floats, left: Flags) -> Floats:
    """Each replicate's largest studentised difference over the ordered pairs in `left`, one city at a time: (B,)."""
    largest = np.full(noise.shape[1], -np.inf)
    for city in np.flatnonzero(left.any(axis=1)):
        others = np.flatnonzero(left[city])
        differences = (noise[others] - noise[city]) / spread[city, others, None]
        np.maximum(largest, differences.max(axis=0), out=largest)
    return largest
