"""Simultaneous confidence sets for the ranks of all cities, and tiers.

Mogstad, Romano, Shaikh and Wilhelm, "Inference for ranks with applications to mobility across neighbourhoods and
academic achievement across countries", Review of Economic Studies 91 (2024), doi:10.1093/restud/rdad006. For every
ordered pair, the hypothesis that i is *not* better than j is tested by

    T_ij = (m_i − m_j) / s_ij

m being the centre of a city's replicates and s_ij the standard deviation of the difference of theirs. All pairs whose
T_ij exceeds the 1 − α quantile of max_ij (d_j − d_i) / s_ij are distinguished (d: a replicate less its centre; the
maximum over all pairs not yet distinguished), and again with the pairs that are left, until none is added:
*step-down*. A city's best rank is then one more than the number of cities found better, its worst the number of cities
less those found worse. With probability 1 − α all these sets together hold all true ranks.

Replicates are of what was *observed*, before shrinkage: shrinkage moves a small sample towards the prior, which is no
evidence, and tests of shrunken scores would take it for some. The published scores alone decide the order: two cities
are never distinguished against it. Replicates of scores from 0 to 100 are compared on the scale of
`score.stabilise_variance`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from portevoix.measures.resample import generator
from portevoix.measures.score import Floats, weighted_geometric

type Flags = NDArray[np.bool_]
type Ranks = NDArray[np.int64]

CONCENTRATION = 20.0
"""Concentration of random weights around the study's: a weight w has the standard deviation √(w(1 − w) / 21)."""

WEIGHT_DECIMALS = 4
"""Decimals of random weights, which are rounded before use: the published ones are exactly those tried."""

_STILL = 1e-9
"""Replicates that differ by less than this count as constant."""


@dataclass(frozen=True, slots=True)
class RankSets:
    """Each city's best and worst rank, (p,), and `worse` (p, p): whether city i is found to be worse than city j."""

    low: Ranks
    high: Ranks
    worse: Flags


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Ranks under other weights: their 5th and 95th percentiles, (p,), and how often a leader stays one."""

    low: Ranks
    high: Ranks
    stays: float


def ranks(scores: ArrayLike) -> Ranks:
    """Return ranks along the last axis, 1 for the highest; equal scores share the better rank, nan comes last."""
    falling = -_no_nan(scores)
    order = np.argsort(falling, axis=-1)
    ascending = np.take_along_axis(falling, order, axis=-1)
    place = np.broadcast_to(np.arange(1, falling.shape[-1] + 1), falling.shape).copy()
    place[..., 1:][ascending[..., 1:] == ascending[..., :-1]] = 1
    ranking = np.empty(falling.shape, np.int64)
    np.put_along_axis(ranking, order, np.maximum.accumulate(place, axis=-1), axis=-1)
    return ranking


def rank_sets(scores: ArrayLike, draws: ArrayLike, *, alpha: float = 0.05) -> RankSets:
    """Return the simultaneous 1 − `alpha` confidence sets of the ranks of finite `scores` (p,).

    `draws` (B, p) are the replicates; their covariance is used, so cities need not be independent. A city with a nan
    among them is distinguished from no other. One whose replicates are constant is not therefore certain: it is taken
    to be as uncertain as the least certain of the others.
    """
    points, replicates = np.asarray(scores, np.float64), np.asarray(draws, np.float64)
    centre, noise, spread = studentise(replicates)
    pairs = ~np.eye(len(points), dtype=np.bool_)
    better = find_distinct_pairs(centre, noise, spread, hypotheses=pairs, alpha=alpha)
    better &= points[:, None] > points
    return RankSets(low=1 + better.sum(axis=0), high=len(points) - better.sum(axis=1), worse=better.T)


def studentise(draws: Floats) -> tuple[Floats, Floats, Floats]:
    """Return centres (p,), noise (p, B) around them, and standard deviations (p, p) of differences; inf: unknown."""
    is_finite = np.isfinite(draws).all(axis=0)
    finite_draws = np.where(is_finite, draws, 0)
    centre = finite_draws.mean(axis=0)
    noise = np.ascontiguousarray((finite_draws - centre).T)
    for shift, city in enumerate(np.flatnonzero(is_finite & (np.ptp(noise, axis=1) <= _STILL)), start=1):
        # The noise of the least certain, in another order: no less, and not the same in each replicate.
        noise[city] = np.roll(noise[noise.std(axis=1).argmax()], shift)
    covariance = noise @ noise.T / max(1, len(draws) - 1)
    own = np.diagonal(covariance)
    variance = own[:, None] + own - 2 * covariance
    variance[~is_finite] = variance[:, ~is_finite] = np.inf
    return centre, noise, np.sqrt(np.where(variance > _STILL**2, variance, np.inf))


def find_distinct_pairs(centre: Floats, noise: Floats, spread: Floats, *, hypotheses: Flags, alpha: float) -> Flags:
    """Return which of the ordered pairs in `hypotheses` (p, p), "i is not better than j", step-down rejects.

    The probability that any of them is rejected wrongly is at most `alpha`.
    """
    statistic = (centre[:, None] - centre) / spread
    rejections = np.zeros_like(hypotheses)
    while (left := hypotheses & ~rejections & np.isfinite(spread)).any():
        critical = max(0.0, float(np.quantile(_largest(noise, spread, left), 1 - alpha)))
        newly = left & (statistic > critical)
        if not newly.any():
            break
        rejections |= newly
    return rejections


def tiers(scores: ArrayLike, sets: RankSets) -> Ranks:
    """Return the tier of each city, (p,), from 1: a tier holds all cities not distinguished from its leader.

    The leader is the best of the cities without a tier (several, when their scores are equal). Members of one tier may
    still be distinguished from one another, and a city about which little is known may be in a higher tier than
    another with a better score.
    """
    points = np.asarray(scores, np.float64)
    tier = np.zeros(len(points), np.int64)
    while (left := tier == 0).any():
        leaders = left & (points == points[left].max())
        tier[left & ~sets.worse[:, leaders].any(axis=1)] = tier.max() + 1
    return tier


def share_in_first(draws: ArrayLike, k: int = 5) -> Floats:
    """Return the share of draws (B, p) in which each city is among the first `k`, equal ones at the limit included."""
    replicates = _no_nan(draws)
    count = replicates.shape[1]
    if k >= count:
        return np.ones(count)
    limit = np.partition(replicates, count - k, axis=1)[:, [count - k]]
    return ((replicates >= limit) & np.isfinite(replicates)).mean(axis=0)


def other_weights(weights: ArrayLike, *, draws: int = 2000, seed: int) -> Floats:
    """Return random weights of pillars around the study's (k,), from a Dirichlet distribution: (draws, k), 4 decimals.

    A pillar of weight 0 stays at 0.
    """
    study_weights = np.asarray(weights, np.float64)
    others = np.zeros((draws, len(study_weights)))
    others[:, study_weights > 0] = generator(seed, "weights").dirichlet(
        CONCENTRATION * study_weights[study_weights > 0] / study_weights.sum(), draws
    )
    return np.round(others, WEIGHT_DECIMALS)


def sensitivity(pillars: ArrayLike, weights: ArrayLike, others: ArrayLike) -> Sensitivity:
    """Return how the ranks by pillars (p, k) change when weights (k,) are replaced by others (draws, k).

    `stays`: the share of draws in which the best under the study's weights (any of them, if equal) is still first.
    """
    points, weight_sets = np.asarray(pillars, np.float64), np.asarray(others, np.float64)
    rankings = ranks(weighted_geometric(points, weight_sets[:, None, :]))
    leading = ranks(weighted_geometric(points, weights)) == 1
    low, high = np.quantile(rankings, [0.05, 0.95], axis=0, method="inverted_cdf").astype(np.int64)
    return Sensitivity(low=low, high=high, stays=float((rankings[:, leading] == 1).any(axis=1).mean()))


def _no_nan(values: ArrayLike) -> Floats:
    floats = np.asarray(values, np.float64)
    return np.where(np.isnan(floats), -np.inf, floats)


def _largest(noise: Floats, spread: Floats, left: Flags) -> Floats:
    """Return each replicate's largest studentised difference over the pairs in `left`, city by city: (B,)."""
    largest = np.full(noise.shape[1], -np.inf)
    for city in np.flatnonzero(left.any(axis=1)):
        others = np.flatnonzero(left[city])
        differences = (noise[others] - noise[city]) / spread[city, others, None]
        np.maximum(largest, differences.max(axis=0), out=largest)
    return largest
