"""Membership in a subject: messages of the week that are nearer to its core than the past would bring by chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portevoix.text.subjects.affinity import Affinity
from portevoix.text.subjects.corpus import Corpus, Ints, Scope

NEAREST = 3
CERTAIN = 0.95
"""Of a core of which some messages are usual, so much of those taken in at most is not."""
PURITY = 0.9
"""Share of the messages taken in that the past does not explain."""
ROUNDS = 2
MOST_EACH = 2
MOST_CORE, MOST_DECOYS = 300, 2000
CONTRAST = 0.8
MOST_TERMS = 60
TERM_WEIGHT, LABEL_WEIGHT, TIME_WEIGHT = 0.5, 0.6, 0.8
SPREAD_DAYS = 0.6


@dataclass(frozen=True)
class Membership:
    """Rows of a subject, the most typical first, and how near each is to it; `usual` of them the past explains."""

    rows: Ints
    nearness: NDArray[np.float64]
    usual: float


@dataclass(frozen=True)
class Decoys:
    """Messages of the past, and how near each row of the week and each of them is to the nearest others of the past."""

    rows: Ints
    nearness: NDArray[np.float64]


def choose_decoys(scope: Scope, affinity: Affinity) -> Decoys:
    """Return at most MOST_DECOYS messages of the past."""
    decoys = scope.past
    if len(decoys) > MOST_DECOYS:
        decoys = np.sort(np.random.default_rng(0).choice(decoys, MOST_DECOYS, replace=False))
    rows = np.concatenate([scope.now, decoys])
    if len(decoys) <= NEAREST:
        return Decoys(decoys, np.zeros(len(rows)))
    near = affinity.between(rows, decoys)
    near[scope.corpus.voices[rows][:, None] == scope.corpus.voices[decoys]] = -np.inf
    nearest = np.partition(near, -NEAREST, axis=1)[:, -NEAREST:].astype(np.float64)
    return Decoys(decoys, np.where(np.isfinite(nearest), nearest, 0.0).mean(axis=1))


def grow(
    scope: Scope,
    core: Ints,
    affinity: Affinity,
    decoys: Decoys,
    *,
    usual_volume: float,
    usual_in_core: float = 0.0,
    purity: float = PURITY,
) -> Membership:
    """Return the messages of the week that belong with those of the core.

    Messages of the past are decoys: however near the core they are, they are not of an event of this week, and what is
    near to them is less likely to be. Counted for
    as many messages as are usual in a week (`usual_volume`), they say how many of those taken in are there by chance;
    as many are taken in as leave `purity`. Of the core itself `usual_in_core` are such, those least like the others.
    """
    rows = np.concatenate([scope.now, decoys.rows])
    weight = usual_volume / len(decoys.rows) if len(decoys.rows) else 0.0
    most = int((len(core) - usual_in_core) / CERTAIN) if usual_in_core else len(scope.now)
    members = _trim(scope.corpus, affinity, limit_voices(scope.corpus, np.sort(core)), usual_in_core)
    result = Membership(members, np.zeros(len(members)), 0.0)
    for _ in range(ROUNDS):
        scores = score(scope.corpus, affinity, members, rows) - CONTRAST * decoys.nearness
        result = _cut(scope.corpus, scope.now, scores[: len(scope.now)], scores[len(scope.now) :], weight, purity)
        result = Membership(result.rows[:most], result.nearness[:most], result.usual)
        if len(result.rows) < 2 or np.array_equal(np.sort(result.rows), members):
            break
        members = np.sort(result.rows)
    return result


def _trim(corpus: Corpus, affinity: Affinity, core: Ints, usual: float) -> Ints:
    count = max(len(core) - round(usual), 2)
    if not usual or count >= len(core):
        return core
    scores = score(corpus, affinity, core, core)
    return np.sort(core[np.lexsort((core, -scores))[:count]])


def limit_voices(corpus: Corpus, rows: Ints) -> Ints:
    """Return the rows without those of a voice beyond its first MOST_EACH: nobody is louder than that."""
    counts: dict[int, int] = {}
    kept = []
    for row in rows.tolist():
        voice = int(corpus.voices[row])
        counts[voice] = counts.get(voice, 0) + 1
        if counts[voice] <= MOST_EACH:
            kept.append(row)
    return np.array(kept, np.int64)


def _cut(
    corpus: Corpus, now: Ints, ours: NDArray[np.float64], decoys: NDArray[np.float64], weight: float, purity: float
) -> Membership:
    places = {int(row): place for place, row in enumerate(now)}
    order = limit_voices(corpus, now[np.lexsort((now, -ours))])
    ranked = ours[[places[int(row)] for row in order]]
    above = len(decoys) - np.searchsorted(np.sort(decoys), ranked, side="left")
    usual = above * weight
    share = 1 - usual / np.arange(1, len(ranked) + 1)
    enough = np.flatnonzero((share >= purity) & (ranked > 0))
    count = int(enough[-1]) + 1 if len(enough) else 0
    return Membership(order[:count], ranked[:count], float(usual[count - 1]) if count else 0.0)


def score(corpus: Corpus, affinity: Affinity, core: Ints, rows: Ints) -> NDArray[np.float64]:
    """Return how near each row is to the core, itself and its author left out.

    That is the mean of its nearness to the nearest of the core and to all of it, and what its terms, its labels and the
    day on which it was sent say beside it.
    """
    if len(core) > MOST_CORE:
        core = np.sort(np.random.default_rng(0).choice(core, MOST_CORE, replace=False))
    near = affinity.between(rows, core).astype(np.float64)
    same = corpus.voices[rows][:, None] == corpus.voices[core]
    same &= corpus.weeks[rows][:, None] == 0
    near[same] = np.nan
    others = np.maximum((~same).sum(axis=1), 1)
    whole = np.nansum(near, axis=1) / others
    ranked = -np.sort(-np.where(same, -np.inf, near), axis=1)[:, :NEAREST]
    finite = np.isfinite(ranked)
    nearest = np.where(finite, ranked, 0).sum(axis=1) / np.maximum(finite.sum(axis=1), 1)
    told = TERM_WEIGHT * _shared_terms(corpus, core, rows) + LABEL_WEIGHT * _shared_labels(corpus, core, rows)
    return np.asarray((nearest + whole) / 2 + told + TIME_WEIGHT * _same_days(corpus, core, rows, same))


def _same_days(corpus: Corpus, core: Ints, rows: Ints, same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log-odds of when each row was sent, in the days of the core, beside any day of a week."""
    away = (corpus.days[rows][:, None] - corpus.days[core]) / SPREAD_DAYS
    density = np.where(same, 0.0, np.exp(-(away**2) / 2)).sum(axis=1) / np.maximum((~same).sum(axis=1), 1)
    usual = SPREAD_DAYS * np.sqrt(2 * np.pi) / 7
    return np.asarray(np.clip(np.log(np.maximum(density, 1e-9) / usual), -2.0, 1.0))


def _shared_labels(corpus: Corpus, core: Ints, rows: Ints) -> NDArray[np.float64]:
    """Return the log-odds of each row's kind and sentiment in the core, beside all messages."""
    if not corpus.labels.shape[1]:
        return np.zeros(len(rows))
    inside = np.asarray(corpus.labels[core].sum(axis=0)).ravel()
    everywhere = np.asarray(corpus.labels.sum(axis=0)).ravel()
    labels = corpus.labels[rows].toarray().astype(np.float64)
    counts = np.where(np.isin(rows, core)[:, None], inside - labels, inside)
    share = (counts + 1) / (len(core) + 3)
    odds = np.log(share / ((everywhere + 1) / (len(corpus.weeks) + 3)))
    return np.asarray((labels * odds).sum(axis=1))


def _shared_terms(corpus: Corpus, core: Ints, rows: Ints) -> NDArray[np.float64]:
    """Return the log-odds of each row's terms in the core, beside all messages; terms of one voice do not count."""
    inside = np.bincount(corpus.terms[core].indices, minlength=len(corpus.names))
    everywhere = corpus.term_counts
    own = np.isin(rows, core)
    often = np.flatnonzero(inside >= 2)
    often = often[
        np.argsort(-inside[often] * np.log1p(len(corpus.weeks) / everywhere[often]), kind="stable")[:MOST_TERMS]
    ]
    if not len(often):
        return np.zeros(len(rows))
    terms = corpus.terms[rows][:, often].toarray().astype(np.float64)
    counts = np.where(own[:, None], inside[often] - terms, inside[often])
    share = (counts + 0.1) / (len(core) + 1)
    usual = (everywhere[often] - inside[often] + 0.5) / (len(corpus.weeks) - len(core) + 1)
    odds = np.maximum(np.log(share / usual), 0.0) * (counts > 0)
    return np.asarray((terms * odds).sum(axis=1) / np.sqrt(np.maximum(terms.sum(axis=1), 1)))
