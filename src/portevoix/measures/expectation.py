"""Expected counts of a stream this week, and the probability of another number.

A stream is counted in people: those of a department who use a term, say. Its share of all people of the department is
taken from past weeks, recent ones and those of the same season weighing more, and by channel, so that a channel that
grows brings what is usual on it. Given that share the number of this week is negative binomial: Poisson with what weeks
differ by beyond chance (estimated from the past of all streams together), and with what a short past leaves unknown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln

FEWEST_WEEKS = 3
"""With fewer past weeks nothing is tested."""
HALF_LIFE = 12.0
"""Weeks after which a past week weighs half."""
YEAR, SEASON = 52, 1
"""The same weeks of earlier years, and their neighbours, weigh as last week does."""
PRIOR = 0.3
"""People that every stream is taken to have had in the past beside those counted."""
CHANNEL_PRIOR = 60.0
MOST_DISPERSION = 2.0
EVENT_FLOOR = 2.0
TREND_SPREAD = 0.04
MOST_TREND = 0.7
"""At most twice or half of the past's mean."""

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Expectation:
    """For each stream the mean of what was to be expected, and the size of its negative binomial distribution."""

    mean: Floats
    size: Floats


def weigh_weeks(weeks: int) -> Floats:
    """Return the weight of each past week, the latest first."""
    back = np.arange(1, weeks + 1)
    from_season = np.abs((back + YEAR // 2) % YEAR - YEAR // 2)
    recent = 0.5 ** ((back - 1) / HALF_LIFE)
    return np.where((back > YEAR // 2) & (from_season <= SEASON), 1.0, recent)


def expect_counts(
    past: Floats, volumes: Floats, volume: float, *, dispersion: float, mix: Floats | None = None
) -> Expectation:
    """Return what is expected of streams this week when `volume` people write.

    `past`: (streams, weeks), the latest first; `volumes`: people of those weeks. `mix`: for each stream the factor by
    which the channels of this week change it.
    """
    weights = weigh_weeks(len(volumes))
    exposure = float((weights * volumes).sum())
    past = cap_events(past, volumes)
    people = past @ weights + PRIOR
    share = people / max(exposure, 1.0)
    mean = np.minimum(share * find_trend(past, volumes), 1.0) * volume * (1.0 if mix is None else mix)
    return Expectation(mean, 1 / (1 / people + dispersion))


def cap_events(past: Floats, volumes: Floats) -> Floats:
    """Return the counts, those far above all other weeks of their stream lowered: an event is not what is usual.

    At most three deviations and EVENT_FLOOR people above the mean of the other weeks, as Farrington's method (JRSS A
    159, 1996) gives less weight to past outbreaks. What comes again and again is not lowered.
    """
    others = (past.sum(axis=1, keepdims=True) - past) / np.maximum(volumes.sum() - volumes, 1.0) * volumes
    return np.asarray(np.minimum(past, others + 3 * np.sqrt(others) + EVENT_FLOOR))


def find_trend(past: Floats, volumes: Floats) -> Floats:
    """Return the factor by which each stream's share has moved from the mean of the past to this week.

    The slope of its logarithm, by one step of a Poisson regression that expects TREND_SPREAD a week; only what many
    people have said for long moves.
    """
    weights = weigh_weeks(len(volumes))
    back = np.arange(1, len(volumes) + 1, dtype=float)
    usual = (past @ weights / max((weights * volumes).sum(), 1.0))[:, None] * volumes
    known = weights * usual
    middle = (known @ back) / np.maximum(known.sum(axis=1), 1e-9)
    away = middle[:, None] - back
    slope = (weights * away * (past - usual)).sum(axis=1) / ((known * away**2).sum(axis=1) + TREND_SPREAD**-2)
    return np.asarray(np.exp(np.clip(slope * middle, -MOST_TREND, MOST_TREND)))


def weigh_channels(by_channel: Floats, past: Floats, now: Floats) -> Floats:
    """Return the factor by which this week's channels change what is expected of each stream.

    `by_channel`: (streams, channels), people of the past; `past`, `now`: all people of each channel.
    """
    streams = by_channel.sum(axis=1, keepdims=True)
    share = streams / max(past.sum(), 1.0)
    shares = (by_channel + CHANNEL_PRIOR * share) / (past + CHANNEL_PRIOR)
    usual = (share * now.sum()).ravel()
    return np.where(usual > 0, (shares @ now) / np.where(usual > 0, usual, 1), 1.0)


def estimate_dispersion(past: Floats, volumes: Floats) -> float:
    """Return by how much the weeks of the streams vary beyond chance: variance = mean + dispersion × mean².

    Moments of all streams together; weeks far above the mean, which may be events, count as four deviations.
    """
    if past.shape[0] == 0 or len(volumes) < FEWEST_WEEKS or volumes.sum() <= 0:
        return 0.0
    mean = past.sum(axis=1, keepdims=True) * volumes / volumes.sum()
    counted = mean >= 0.5
    if not counted.any():
        return 0.0
    beyond = np.minimum((past - mean) ** 2, 16 * np.maximum(mean, 1)) * len(volumes) / (len(volumes) - 1) - mean
    return float(np.clip(beyond[counted].sum() / (mean[counted] ** 2).sum(), 0.0, MOST_DISPERSION))


def probability_above(counts: Floats, expectation: Expectation) -> Floats:
    """Return the mid-p probability of as many people or more."""
    return _above(counts, expectation) + _exactly(counts, expectation) / 2


def probability_below(counts: Floats, expectation: Expectation) -> Floats:
    """Return the mid-p probability of as few people or fewer."""
    return 1 - probability_above(counts, expectation)


def _above(counts: Floats, expectation: Expectation) -> Floats:
    """Return P(K > counts)."""
    share = expectation.mean / (expectation.mean + expectation.size)
    return np.asarray(betainc(counts + 1, expectation.size, share))


def _exactly(counts: Floats, expectation: Expectation) -> Floats:
    mean, size = np.maximum(expectation.mean, 1e-12), expectation.size
    logarithm = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    logarithm += size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    return np.asarray(np.exp(logarithm))
