"""Whether messages belong together more than as many by chance, apart from the word by which they were picked."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from portevoix.text.subjects.affinity import Affinity
from portevoix.text.subjects.corpus import Ints, Scope

DRAWS = 200
MOST_ROWS = 120
NEAREST = 3


def probability_by_chance(scope: Scope, affinity: Affinity, rows: Ints, term: str = "") -> float:
    """Return how likely as many messages of the scope by chance are as near one another; `term` does not count."""
    sample = _first_of_each_voice(scope, rows)[:MOST_ROWS]
    if len(sample) < 2:
        return 1.0
    near = affinity.between(sample, sample)
    if term:
        column = affinity.weighted.of(sample)[:, [scope.corpus.columns[term]]].toarray().ravel()
        near -= np.outer(column, column).astype(np.float32) * np.float32(affinity.word_unit)
    mean, spread = _chance(affinity, len(sample))
    return 1 - NormalDist().cdf((_tightness(near) - mean) / spread)


def compare_with_past(scope: Scope, affinity: Affinity) -> float:
    """Return how likely as many messages of the scope's past by chance are as near one another as those of the week.

    Weeks of the past, too, are nearer than chance at times: the deviation is measured by theirs.
    """
    now = _first_of_each_voice(scope, scope.now)[:MOST_ROWS]
    weeks = scope.corpus.weeks
    if len(now) < 3 or len(scope.past) < len(now) + 5:
        return 1.0
    deviations = []
    for week in range(1, int(weeks.max()) + 1):
        rows = _first_of_each_voice(scope, scope.past[weeks[scope.past] == week])[:MOST_ROWS]
        if len(rows) >= 3:
            deviations.append(_deviation(affinity, rows))
    inflation = max(1.0, float(np.sqrt(np.mean(np.square(deviations))))) if len(deviations) >= 3 else 1.3
    return 1 - NormalDist().cdf(_deviation(affinity, now) / inflation)


def _deviation(affinity: Affinity, rows: Ints) -> float:
    mean, spread = _chance(affinity, len(rows))
    return (_tightness(affinity.between(rows, rows)) - mean) / spread


def _first_of_each_voice(scope: Scope, rows: Ints) -> Ints:
    _, first = np.unique(scope.corpus.voices[rows], return_index=True)
    return rows[np.sort(first)]


def _tightness(near: NDArray[np.float32]) -> float:
    """Return the mean nearness of each row to its nearest ones."""
    others = near.astype(np.float64)
    np.fill_diagonal(others, -np.inf)
    count = min(NEAREST, len(others) - 1)
    return float(np.partition(others, -count, axis=1)[:, -count:].mean())


@lru_cache(4096)
def _chance(affinity: Affinity, size: int) -> tuple[float, float]:
    """Return mean and spread of the tightness of as many messages by chance."""
    pool = affinity.sample
    random = np.random.default_rng(size)
    values = [_tightness(affinity.sample_pairs[np.ix_(pick, pick)]) for pick in _draws(random, len(pool), size)]
    return float(np.mean(values)), max(float(np.std(values)), 0.05)


def _draws(random: np.random.Generator, count: int, size: int) -> list[Ints]:
    size = min(size, count)
    return [random.choice(count, size, replace=False) for _ in range(DRAWS if size < 40 else DRAWS // 4)]
