"""How often the sets hold the truth: simulated cities whose true scores are known, from ten questions to five hundred.

    python bench/ranks.py [--runs 250] [--replicates 1000] [--jobs 2]

Each city is given a share that it answers, a speed, a share of citizens and of posts; from these come waits (many
censored), citizens and posts by day, and from those its score as a study makes it. Four populations: cities spread at
random, near ties, exact ties in four groups, and all equal. Told for each: how often the simultaneous 95 % rank sets
hold *all* true ranks (goal: 94 % of the time, in every population), their mean width beside that of marginal sets, what
becomes of them when shrunken scores are tested, and where cities are ranked by F(8 h) alone, on the stabilised scale
and without it. For the first population, by number of questions: how often the margin around a score holds the true
score (goal: 94 % of the time, of few questions and of many) and how wide it is; the same of the middle 95 % of
replicates, in which the score stands aside, and of replicates that are shrunk as the score is; F(8 h); and whether "in
the first five with probability q" comes true as often as q. Exits with 3 when a goal is missed.
"""

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import erf, log, sqrt

import numpy as np
from kit.ending import GOAL_MISSED
from numpy.typing import NDArray

from portevoix.measures.ranks import RankSets, find_distinct_pairs, rank_sets, ranks, share_in_first, studentise
from portevoix.measures.resample import curve_replicates, interval, interval_around, ratio_replicates, share_replicates
from portevoix.measures.score import Goalpost, points, shrink, stabilise_variance, weighted_geometric, weighted_mean
from portevoix.measures.survival import Curve

GOAL = 0.94
CITIES, DAYS, DAY = 40, 84, 86_400
HORIZONS = (3_600, 28_800, 86_400)
LADDER = (10, 20, 50, 100, 200, 501)
WITHIN = (0.25, 0.5, 0.25)
WEIGHTS = (0.6, 0.3, 0.1)
GOALPOST = Goalpost(0.0, 0.9)
PRIOR, STRENGTH = 30.0, 10.0

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class City:
    """What is true of a city, and how much of it is seen."""

    answers: float
    speed: float
    citizens: float
    replies: float
    service: float
    n: int


def spread(rng: np.random.Generator, width: float = 1.0) -> City:
    """A city at random, `width` being how far from the middle."""
    share = partial(rng.uniform, 0.5 - 0.4 * width, 0.5 + 0.4 * width)
    return City(share() * 0.6 + 0.35, log(20_000) + width * rng.uniform(-1.5, 1.5), share(), share(), share(), 0)


def seen(city: City, rng: np.random.Generator) -> City:
    n = int(np.exp(rng.uniform(log(LADDER[0]), log(LADDER[-1]))))
    return City(city.answers, city.speed, city.citizens, city.replies, city.service, n)


def grouped(rng: np.random.Generator, groups: int) -> list[City]:
    return [city for city in (spread(rng) for _ in range(groups)) for _ in range(CITIES // groups)]


POPULATIONS: dict[str, Callable[[np.random.Generator], list[City]]] = {
    "spread at random": lambda rng: [spread(rng) for _ in range(CITIES)],
    "near ties": lambda rng: [spread(rng, 0.2) for _ in range(CITIES)],
    "four groups of equals": lambda rng: grouped(rng, 4),
    "all equal": lambda rng: grouped(rng, 1),
}


def true_values(city: City) -> Floats:
    """F at the three horizons, the share of citizens, of replies, of posts of service."""
    reached = [0.5 * (1 + erf((log(seconds) - city.speed) / sqrt(2))) for seconds in HORIZONS]
    return np.array([*(city.answers * share for share in reached), city.citizens, city.replies, city.service])


def pillared(values: Floats) -> Floats:
    """The pillars (…, 3) of values (…, 6): three of waits, two of conversation, one of content."""
    made = points(values, GOALPOST)
    pillars = [weighted_mean(made[..., :3], WITHIN), weighted_mean(made[..., 3:5], (0.5, 0.5)), made[..., 5]]
    return np.stack(pillars, axis=-1)


def waits(city: City, rng: np.random.Generator) -> Curve:
    """Waits, watched from the moment of asking, at random in the period, to its end two days after."""
    watched = rng.uniform(2 * DAY, (DAYS + 2) * DAY, city.n)
    never = rng.random(city.n) >= city.answers
    waited = np.where(never, np.inf, np.exp(rng.normal(city.speed, 1, city.n)))
    duration, cell = np.unique(np.minimum(waited, watched).astype(np.int64), return_inverse=True)
    events = np.bincount(cell, waited <= watched, len(duration)).astype(np.int64)
    return Curve(duration=duration, events=events, total=np.bincount(cell, minlength=len(duration)))


def by_day(share: float, posts: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Posts of each day and those that count; the share differs from one day to another."""
    total = rng.poisson(posts / DAYS, DAYS)
    return rng.binomial(total, rng.beta(8 * share, 8 * (1 - share), DAYS)), total


def observed(city: City, replicates: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Pillars (3,), how many observations each rests on (3,), and replicates of the values (B, 6)."""
    curve = waits(city, rng)
    talked = int(rng.binomial(city.n, city.citizens))
    days = [by_day(share, 40 + 2 * city.n, rng) for share in (city.replies, city.service)]
    values = [*(curve.at(seconds).value or 0 for seconds in HORIZONS), talked / city.n]
    values += [counted.sum() / max(1, total.sum()) for counted, total in days]
    drawn = [
        curve_replicates(curve, HORIZONS, replicates, rng),
        share_replicates(talked, city.n, replicates, rng),
        *(ratio_replicates(counted, total, replicates, rng) for counted, total in days),
    ]
    n = [city.n, city.n, days[1][1].sum()]
    return pillared(np.array(values)), np.array(n, np.float64), np.column_stack(drawn)


def marginal_width(draws: Floats) -> float:
    """The mean width of sets of which each holds its own city's rank 95 % of the time."""
    centre, noise, deviation = studentise(draws)
    widths = []
    for city in range(len(centre)):
        own = np.zeros_like(deviation, np.bool_)
        own[city, :] = own[:, city] = True
        own[city, city] = False
        better = find_distinct_pairs(centre, noise, deviation, hypotheses=own, alpha=0.05)
        widths.append(len(centre) - 1 - better[city].sum() - better[:, city].sum())
    return float(np.mean(widths))


def holds(sets: RankSets, truth: Floats) -> bool:
    """Whether every true rank is in its set, however equals are ordered."""
    return bool((sets.low <= ranks(truth)).all() and (sets.high >= len(truth) + 1 - ranks(-truth)).all())


@dataclass(frozen=True, slots=True)
class Intervals:
    """Of each city's score: whether it holds the true one, how wide it is, and where in it the score stands, 0 to 1."""

    holds: NDArray[np.bool_]
    width: Floats
    place: Floats

    @classmethod
    def of(cls, ends: list[tuple[float, float]], scores: Floats, truth: Floats) -> "Intervals":
        low, high = np.array(ends).T
        return cls((low <= truth) & (truth <= high), high - low, (scores - low) / (high - low))


@dataclass(frozen=True, slots=True)
class Run:
    """What one simulated study gave."""

    held: bool
    shrunk: bool
    alone: bool
    plain: bool
    width: float
    marginal: float
    n: NDArray[np.int64]
    margins: "Intervals"
    middles: "Intervals"
    shrunken: "Intervals"
    share_in: NDArray[np.bool_]
    chance: Floats
    first: NDArray[np.bool_]


def run(number: int, *, population: str, replicates: int) -> Run:
    rng = np.random.default_rng([number, list(POPULATIONS).index(population)])
    cities = [seen(city, rng) for city in POPULATIONS[population](rng)]
    true = np.stack([true_values(city) for city in cities])
    given = zip(*(observed(city, replicates, rng) for city in cities), strict=True)
    pillars, n, drawn = (np.stack(part, axis=-2) for part in given)
    scores = weighted_geometric(shrink(pillars, n, PRIOR, STRENGTH), WEIGHTS)
    replicated = pillared(drawn)
    draws = weighted_geometric(replicated, WEIGHTS)
    shrunk = weighted_geometric(shrink(replicated, n, PRIOR, STRENGTH), WEIGHTS)
    # Equals are equal to the last bit.
    truth = np.round(weighted_geometric(pillared(true), WEIGHTS), 9)
    sets = rank_sets(scores, stabilise_variance(draws))
    share, true_share = points(drawn[..., 1], GOALPOST), np.round(points(true[:, 1], GOALPOST), 9)
    each = range(CITIES)
    margins = [interval_around(scores[city], draws[:, city]) for city in each]
    middles, narrow = ([interval(made[:, city], scores[city]) for city in each] for made in (draws, shrunk))
    shares = [interval(drawn[:, city, 1], drawn[:, city, 1].mean()) for city in each]
    return Run(
        held=holds(sets, truth),
        shrunk=holds(rank_sets(scores, shrunk), truth),
        alone=holds(rank_sets(share.mean(axis=0), stabilise_variance(share)), true_share),
        plain=holds(rank_sets(share.mean(axis=0), share), true_share),
        width=float((sets.high - sets.low).mean()),
        marginal=marginal_width(stabilise_variance(draws)),
        n=np.array([city.n for city in cities]),
        margins=Intervals.of(margins, scores, truth),
        middles=Intervals.of(middles, scores, truth),
        shrunken=Intervals.of(narrow, scores, truth),
        share_in=np.array([low <= value <= high for (low, high), value in zip(shares, true[:, 1], strict=True)]),
        chance=share_in_first(draws),
        first=ranks(truth) <= 5,
    )


def told(name: str, runs: list[Run]) -> bool:
    held, shrunk, alone, plain = (
        float(np.mean([getattr(one, part) for one in runs])) for part in ("held", "shrunk", "alone", "plain")
    )
    error = sqrt(held * (1 - held) / len(runs))
    print(
        f"{name:22} {held:.3f} ± {error:.3f} of {len(runs)} hold all ranks;"
        f" mean width {np.mean([one.width for one in runs]):.1f} of {CITIES - 1}"
        f" (marginal {np.mean([one.marginal for one in runs]):.1f});"
        f" shrunken scores tested: {shrunk:.3f}; F(8 h) alone: {alone:.3f}, not stabilised {plain:.3f}",
        flush=True,
    )
    return min(held, alone) >= GOAL


def told_intervals(runs: list[Run]) -> bool:
    n, share = (np.concatenate([getattr(one, part) for one in runs]) for part in ("n", "share_in"))
    reached = True
    for low, high in pairwise(LADDER):
        among = (n >= low) & (n < high)
        said = [f"{low:4} to {high - 1} questions ({among.sum()} cities): F(8 h) {share[among].mean():.3f}"]
        for kind in ("margins", "middles", "shrunken"):
            holds, width, place = (
                np.concatenate([getattr(getattr(one, kind), part) for one in runs])[among]
                for part in ("holds", "width", "place")
            )
            said.append(f"{kind} {holds.mean():.3f}, {width.mean():.1f} points wide, score at {place.mean():.2f}")
            reached &= kind != "margins" or holds.mean() >= GOAL
        print("; ".join(said), flush=True)
    return reached


def told_chances(runs: list[Run]) -> None:
    chance, first = (np.concatenate([getattr(one, part) for one in runs]) for part in ("chance", "first"))
    for low in np.arange(0, 1, 0.2):
        among = (chance >= low) & (chance < low + 0.2 + (low > 0.7))
        print(f"in the first five, told {chance[among].mean():.2f}: true {first[among].mean():.2f} of {among.sum()}")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=250)
    asked.add_argument("--replicates", type=int, default=1000)
    asked.add_argument("--jobs", type=int, default=2)
    given = asked.parse_args()
    started, reached, every = time.perf_counter(), True, list[Run]()
    with ProcessPoolExecutor(given.jobs) as pool:
        for name in POPULATIONS:
            one = partial(run, population=name, replicates=given.replicates)
            runs = list(pool.map(one, range(given.runs), chunksize=5))
            reached &= told(name, runs)
            every += runs if name == "spread at random" else []
    reached &= told_intervals(every)
    told_chances(every)
    spent = time.perf_counter() - started
    print(f"{spent:.0f} s; goal {GOAL:.0%} in each population and of each size: {'reached' if reached else 'MISSED'}")
    return 0 if reached else GOAL_MISSED


if __name__ == "__main__":
    sys.exit(main())
