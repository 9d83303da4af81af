"""A linear model on the words and the n-grams of texts: TF-IDF, one linear support vector machine a label."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from portevoix.text.ngrams import BUCKETS, GROUPS, Grams

SHRINKAGES = (0.1, 0.3, 1.0)
MANY = 4000
"""From so many examples on a feature must occur twice, and fewer ways of fitting are worth trying."""


class Way(NamedTuple):
    """How a model is fitted: the inverse strength of regularisation (C), and whether seldom labels count for more."""

    shrinkage: float
    lift: bool


type Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Vocabulary:
    """`buckets`, ascending, of shape (features,), that training texts had, and the inverse frequency of each."""

    buckets: NDArray[np.int64]
    idf: NDArray[np.float32]

    @classmethod
    def of(cls, grams: Grams) -> "Vocabulary":
        """idf = ln((1 + n) / (1 + df)) + 1, as scikit-learn smooths it."""
        frequency = np.bincount(grams.buckets, minlength=BUCKETS)
        kept = np.flatnonzero(frequency >= (2 if len(grams) >= MANY else 1))
        return cls(kept, (np.log((1 + len(grams)) / (1 + frequency[kept])) + 1).astype(np.float32))

    @cached_property
    def columns(self) -> NDArray[np.int32]:
        """The column of each bucket, -1 of those that are not known."""
        columns = np.full(BUCKETS, -1, np.int32)
        columns[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        return columns

    def matrix(self, grams: Grams) -> csr_matrix:
        """(texts, features): (1 + ln count) · idf, words and n-grams each brought to length one."""
        columns = self.columns[grams.buckets]
        known = columns >= 0
        rows = np.repeat(np.arange(len(grams)), np.diff(grams.bounds))[known]
        columns = columns[known]
        values = (1 + np.log(grams.counts[known])) * self.idf[columns]
        block = rows * GROUPS + grams.buckets[known] // (BUCKETS // GROUPS)
        lengths = np.sqrt(np.bincount(block, values.astype(np.float64) ** 2, minlength=len(grams) * GROUPS))
        values = (values / lengths[block]).astype(np.float32)
        bounds = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(grams)))))
        return csr_matrix((values, columns, bounds), shape=(len(grams), len(self.buckets)))


@dataclass(frozen=True)
class Lexical:
    """`weights` of shape (features, labels), `offsets` of shape (labels,)."""

    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    @classmethod
    def fit(cls, grams: Grams, labels: NDArray[np.int64], count: int, way: Way) -> "Lexical":
        """`labels` of shape (texts,) are numbers below `count`; a label that none has scores lowest everywhere."""
        vocabulary = Vocabulary.of(grams)
        weights = lifted(labels) if way.lift else None
        model = LinearSVC(C=way.shrinkage, class_weight=weights, dual="auto", tol=1e-2, max_iter=300, random_state=0)
        model.fit(vocabulary.matrix(grams), labels)
        planes = np.zeros((len(vocabulary.buckets), count), np.float32)
        offsets = np.full(count, -2.0, np.float32)
        coefficients, intercepts = model.coef_, model.intercept_
        if len(model.classes_) == 2:  # they share one row
            coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.r_[-intercepts, intercepts]
        planes[:, model.classes_], offsets[model.classes_] = coefficients.T, intercepts
        return cls(vocabulary, planes, offsets)

    def knows(self, grams: Grams) -> NDArray[np.bool_]:
        """(texts,): whether anything of a text is known."""
        known = np.concatenate(([0], np.cumsum(self.vocabulary.columns[grams.buckets] >= 0)))
        return np.asarray(np.diff(known[grams.bounds]) > 0)

    def share(self, buckets: NDArray[np.integer]) -> float:
        """Of these features, how many are known; 0 of none."""
        return float((self.vocabulary.columns[buckets] >= 0).mean()) if len(buckets) else 0.0

    def scores(self, grams: Grams) -> Scores:
        """(texts, labels): the distances from each label's plane."""
        return np.asarray(self.vocabulary.matrix(grams) @ self.weights + self.offsets, np.float64)


def lifted(labels: NDArray[np.int64]) -> dict[int, float]:
    """A weight for each label: seldom ones count for more, by the root of what would make all count the same."""
    found, times = np.unique(labels, return_counts=True)
    return dict(zip(found.tolist(), np.sqrt(len(labels) / (len(found) * times)).tolist(), strict=True))


def ways(examples: int) -> list[Way]:
    """Those that are worth trying with so many examples."""
    if examples >= MANY:
        return [Way(shrinkage, lift=True) for shrinkage in SHRINKAGES[:2]]
    return [Way(shrinkage, lift) for shrinkage in SHRINKAGES for lift in (True, False)]
