"""Groups of messages that are no event: what some people of a week speak of together."""

from math import log10

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from portevoix.text.subjects.affinity import Affinity
from portevoix.text.subjects.corpus import Corpus, Ints
from portevoix.text.subjects.membership import limit_voices

MOST_ROWS = 1200
LEAST_NEAR = 1.6
"""Mean nearness between the halves of a group, in deviations of pairs by chance; more where there are many messages."""
CHANCE_PAIRS = 0.5
"""For each message, pairs by chance that may be as near."""
MOST_NEAR, FEW = 3.0, 60
"""The most that is asked where there are FEW messages: pairs by chance may be about one thing that lasts."""
FEWEST_PEOPLE = 2


def group_rows(corpus: Corpus, affinity: Affinity, rows: Ints) -> list[Ints]:
    """Return groups of rows that are near one another on average, those of most people first; other rows are single.

    Of a very large week a part is grouped, and each of the rest joins the group that it is nearest to, if any.
    """
    rows = limit_voices(corpus, np.sort(rows))
    sample = rows
    if len(rows) > MOST_ROWS:
        sample = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    if len(sample) < 2:
        return []
    near = affinity.between(sample, sample).astype(np.float64)
    least = _find_least(affinity, len(sample))
    distance = np.maximum(near.max() - (near + near.T) / 2, 0.0)
    np.fill_diagonal(distance, 0.0)
    labels = fcluster(linkage(squareform(distance, checks=False), "average"), near.max() - least, "distance")
    groups = [sample[labels == label] for label in np.unique(labels)]
    groups = [group for group in groups if count_people(corpus, group) >= FEWEST_PEOPLE]
    if len(sample) < len(rows) and groups:
        groups = _join(affinity, groups, np.setdiff1d(rows, sample), least)
    return sorted(groups, key=lambda group: (-count_people(corpus, group), group.tolist()))


def _find_least(affinity: Affinity, messages: int) -> float:
    most = MOST_NEAR + max(0.0, log10(messages / FEW))
    return max(LEAST_NEAR, min(affinity.radius(CHANCE_PAIRS / messages), most))


def _join(affinity: Affinity, groups: list[Ints], rest: Ints, least: float) -> list[Ints]:
    nearness = np.array([affinity.between(rest, group[:100]).mean(axis=1) for group in groups])
    best, enough = nearness.argmax(axis=0), nearness.max(axis=0) >= least
    return [np.sort(np.append(group, rest[enough & (best == n)])) for n, group in enumerate(groups)]


def count_people(corpus: Corpus, rows: Ints) -> int:
    """Return how many voices the rows are of."""
    return len(np.unique(corpus.voices[rows]))
