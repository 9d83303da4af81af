"""Fitting of the linear model on words and n-grams: one linear support vector machine per label."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from portevoix.text.labels.features import BUCKETS, Grams
from portevoix.text.labels.linear import Lexical, Vocabulary
from portevoix.text.training.options import MANY, Way, lifted

SHRINKAGES = (0.1, 0.3, 1.0)


class Read(NamedTuple):
    """Training texts: their vocabulary, and `matrix` of shape (texts, features)."""

    vocabulary: Vocabulary
    matrix: csr_matrix


def read(grams: Grams) -> Read:
    vocabulary = known(grams)
    return Read(vocabulary, vocabulary.matrix(grams))


def fit(texts: Read, labels: NDArray[np.int64], count: int, way: Way) -> Lexical:
    """Fit a model. `labels` of shape (texts,) are numbers below `count`; an absent label always scores lowest."""
    weights = lifted(labels) if way.lift else None
    model = LinearSVC(C=way.shrinkage, class_weight=weights, dual="auto", tol=1e-2, max_iter=300, random_state=0)
    model.fit(texts.matrix, labels)
    planes = np.zeros((len(texts.vocabulary.buckets), count), np.float32)
    offsets = np.full(count, -2.0, np.float32)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # they share one row
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.r_[-intercepts, intercepts]
    planes[:, model.classes_], offsets[model.classes_] = coefficients.T, intercepts
    return Lexical(texts.vocabulary, planes, offsets)


def known(grams: Grams) -> Vocabulary:
    """Return the vocabulary of these texts. idf = ln((1 + n) / (1 + df)) + 1, smoothed as in scikit-learn."""
    frequency = np.bincount(grams.buckets, minlength=BUCKETS)
    buckets = np.flatnonzero(frequency >= (2 if len(grams) >= MANY else 1))
    return Vocabulary(buckets, (np.log((1 + len(grams)) / (1 + frequency[buckets])) + 1).astype(np.float32))


def ways(examples: int) -> list[Way]:
    """Return the ways worth trying with so many examples."""
    if examples >= MANY:
        return [Way(shrinkage, lift=True) for shrinkage in SHRINKAGES[:2]]
    return [Way(shrinkage, lift) for shrinkage in SHRINKAGES for lift in (True, False)]
