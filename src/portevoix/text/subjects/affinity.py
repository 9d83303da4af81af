"""How near two messages are: by what they mean, where there are vectors, and by the words and places they share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from portevoix.text.subjects.corpus import Corpus, Floats, Ints, Scope

SAMPLE = 700
"""Rows whose pairs say what is usual between messages that have nothing to do with one another."""
MEANING, WORDS = 1.0, 0.9
"""The weight of each kind of nearness, in standard deviations of pairs by chance."""


MOST_AT_ONCE = 2_000_000
"""Pairs of messages that are compared at once: where all use the same words, each pair takes some twenty bytes."""


@dataclass(frozen=True)
class WeightedTerms:
    """Terms of the rows of a scope; `positions`: where in the table each row of the corpus is."""

    table: csr_array
    positions: Ints

    def of(self, rows: Ints) -> csr_array:
        return self.table[self.positions[rows]]


@dataclass(frozen=True, eq=False)
class Affinity:
    """Nearness of rows of a scope, in standard deviations above that of two messages by chance.

    `chance`: sorted nearness of pairs of messages of the past by different voices (of the week's, too, where the past
    is short); `sample` are these messages, `sample_pairs` the nearness of each to each.
    """

    corpus: Corpus
    weighted: WeightedTerms
    scale_words: float
    scale_vectors: float
    mean: float
    spread: float
    chance: Floats
    sample: Ints
    sample_pairs: Floats

    @property
    def word_unit(self) -> float:
        """The nearness that one shared term of weight one adds."""
        return WORDS / self.scale_words / self.spread

    def between(self, rows: Ints, columns: Ints) -> Floats:
        """Return the nearness of each of `rows` to each of `columns`."""
        near = self._raw(rows, columns)
        near -= self.mean
        near /= self.spread
        return near

    def _raw(self, rows: Ints, columns: Ints) -> Floats:
        return mix(self.corpus, self.weighted, (self.scale_words, self.scale_vectors), rows, columns)

    def radius(self, share: float) -> float:
        """Return the nearness that only this share of pairs by chance exceeds."""
        if not len(self.chance):
            return np.inf
        return float(self.chance[min(int((1 - share) * len(self.chance)), len(self.chance) - 1)])


def mix(corpus: Corpus, weighted: WeightedTerms, scales: tuple[float, float], rows: Ints, columns: Ints) -> Floats:
    near = np.empty((len(rows), len(columns)), np.float32)
    others, height = weighted.of(columns).T, max(1, MOST_AT_ONCE // max(len(columns), 1))
    for top in range(0, len(rows), height):
        some = rows[top : top + height]
        words = (weighted.of(some) @ others).toarray()
        near[top : top + height] = np.asarray(words, np.float32) * np.float32(WORDS / scales[0])
        if corpus.vectors is not None:
            vectors = corpus.vectors[some] @ corpus.vectors[columns].T
            near[top : top + height] += vectors * np.float32(MEANING / scales[1])
    return near


def weigh_terms(corpus: Corpus, scope: Scope) -> WeightedTerms:
    """Return the terms of a scope's rows weighted by how rare they are there, each row of length one."""
    rows = np.concatenate([scope.now, scope.past])
    terms = corpus.terms[rows]
    counts = np.bincount(terms.indices, minlength=terms.shape[1])
    rarity = np.log((len(rows) + 1) / (counts + 1)) + 0.5
    weighted = terms @ diags_array(rarity.astype(np.float32))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    positions = np.zeros(len(corpus.weeks), np.int64)
    positions[rows] = np.arange(len(rows))
    return WeightedTerms((diags_array(1 / np.where(lengths > 0, lengths, 1)) @ weighted).tocsr(), positions)


def measure_affinity(scope: Scope) -> Affinity:
    corpus, rows = scope.corpus, scope.past if len(scope.past) >= 30 else np.concatenate([scope.past, scope.now])
    weighted = weigh_terms(corpus, scope)
    sample = rows if len(rows) <= SAMPLE else np.sort(np.random.default_rng(0).choice(rows, SAMPLE, replace=False))
    strangers = corpus.voices[sample][:, None] != corpus.voices[sample]
    strangers &= np.tri(len(sample), k=-1, dtype=bool)
    scales = (_spread(mix_words(weighted, sample)[strangers]), 1.0)
    if corpus.vectors is not None:
        scales = (scales[0], _spread((corpus.vectors[sample] @ corpus.vectors[sample].T)[strangers]))
    every = mix(corpus, weighted, scales, sample, sample)
    mean, spread = (float(every[strangers].mean()), _spread(every[strangers])) if strangers.any() else (0.0, 1.0)
    every = np.asarray((every - mean) / spread, np.float32)
    return Affinity(corpus, weighted, *scales, mean, spread, np.sort(every[strangers]), sample, every)


def mix_words(weighted: WeightedTerms, rows: Ints) -> NDArray[np.float32]:
    return np.asarray((weighted.of(rows) @ weighted.of(rows).T).toarray(), np.float32)


def _spread(values: Floats) -> float:
    return max(float(values.std()), 1e-6) if len(values) else 1.0
