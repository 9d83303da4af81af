"""Who speaks of a subject: messages of the week that are nearer to its core than the past would bring by chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portevoix.text.subjects.affinity import Affinity
from portevoix.text.subjects.corpus import Corpus, Ints, Scope

NEAREST = 3
PURITY = 0.9
"""Share of the messages taken in that the past does not explain."""
ROUNDS = 2
MOST_EACH = 2
MOST_CORE, MOST_DECOYS = 300, 4000
MOST_TERMS = 60
TERM_WEIGHT = 0.5


@dataclass(frozen=True)
class Membership:
    """Rows of a subject, the most typical first, and how near each is to it; `usual` of them the past explains."""

    rows: Ints
    nearness: NDArray[np.float64]
    usual: float


def grow(
    scope: Scope, core: Ints, affinity: Affinity, *, usual_volume: float, purity: float = PURITY
) -> Membership:
    """Return the messages of the week that belong with those of the core.

    Messages of the past are decoys: however near the core they are, they are not of an event of this week. Counted for
    as many messages as are usual in a week (`usual_volume`), they say how many of those taken in are there by chance;
    as many are taken in as leave `purity`.
    """
    random = np.random.default_rng(0)
    decoys = scope.past
    if len(decoys) > MOST_DECOYS:
        decoys = np.sort(random.choice(decoys, MOST_DECOYS, replace=False))
    weight = usual_volume / len(decoys) if len(decoys) else 0.0
    members = limit_voices(scope.corpus, np.sort(core))
    result = Membership(members, np.zeros(len(members)), 0.0)
    for _ in range(ROUNDS):
        scores = score(scope.corpus, affinity, members, np.concatenate([scope.now, decoys]))
        result = _cut(scope.corpus, scope.now, scores[: len(scope.now)], scores[len(scope.now) :], weight, purity)
        if len(result.rows) < 2 or np.array_equal(np.sort(result.rows), members):
            break
        members = np.sort(result.rows)
    return result


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

    That is the mean of its nearness to the nearest of the core and to all of it, and of the terms that it shares with
    them more than with others.
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
    return (nearest + whole) / 2 + TERM_WEIGHT * _shared_terms(corpus, core, rows)


def _shared_terms(corpus: Corpus, core: Ints, rows: Ints) -> NDArray[np.float64]:
    """Return the log-odds of each row's terms in the core, beside all messages; terms of one voice do not count."""
    inside = np.asarray(corpus.terms[core].sum(axis=0)).ravel()
    everywhere = np.asarray(corpus.terms.sum(axis=0)).ravel()
    own = np.isin(rows, core)
    often = np.flatnonzero(inside >= 2)
    often = often[np.argsort(-inside[often] * np.log1p(len(corpus.weeks) / everywhere[often]), kind="stable")[:MOST_TERMS]]
    if not len(often):
        return np.zeros(len(rows))
    terms = corpus.terms[rows][:, often].toarray().astype(np.float64)
    counts = np.where(own[:, None], inside[often] - terms, inside[often])
    share = (counts + 0.1) / (len(core) + 1)
    usual = (everywhere[often] - inside[often] + 0.5) / (len(corpus.weeks) - len(core) + 1)
    odds = np.maximum(np.log(share / usual), 0.0) * (counts > 0)
    return np.asarray((terms * odds).sum(axis=1) / np.sqrt(np.maximum(terms.sum(axis=1), 1)))
