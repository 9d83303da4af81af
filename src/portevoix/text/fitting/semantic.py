"""Fits the linear model on sentence embeddings: logistic regression on standardised vectors."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from portevoix.text.fitting.way import MANY, Way, lifted
from portevoix.text.semantic import Semantic, Vectors

SHRINKAGES = (0.001, 0.003, 0.01)


def fit(vectors: Vectors, labels: NDArray[np.int64], count: int, way: Way) -> Semantic:
    """`labels` of shape (texts,) are numbers below `count`; a label that none has scores lowest everywhere."""
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    model = LogisticRegression(C=way.shrinkage, class_weight=lifted(labels) if way.lift else None, max_iter=300)
    model.fit((vectors - mean) / spread, labels)
    weights, offsets = np.zeros((vectors.shape[1], count)), np.full(count, -8.0)
    found, met = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # they share one row
        found, met = np.vstack([-found / 2, found / 2]), np.r_[-met / 2, met / 2]
    weights[:, model.classes_] = found.T / spread[:, None]
    offsets[model.classes_] = met - (mean / spread) @ found.T
    return Semantic(weights.astype(np.float32), offsets.astype(np.float32))


def ways(examples: int) -> list[Way]:
    """Those that are worth trying with so many examples."""
    return [Way(shrinkage, lift=True) for shrinkage in (SHRINKAGES if examples < MANY else SHRINKAGES[1:2])]
