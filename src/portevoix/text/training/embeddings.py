"""Fits linear models on sentence embeddings, standardised: logistic regression and least squares.

Where examples are few, least squares are right more often (Paris's departments: .72 beside .69, by one encoder), and
tell less well how sure they are. So both are asked, and how far each is trusted is measured.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from portevoix.text.labels.embeddings import Semantic, Vectors
from portevoix.text.training.options import MANY, Way, lifted


class Kind(NamedTuple):
    """A kind of model: how one is made, in which ways it is worth trying, and how low a label scores that none has."""

    make: Callable[..., Any]
    shrinkages: tuple[float, ...]
    never: float

    def ways(self, examples: int) -> list[Way]:
        """Those that are worth trying with so many examples."""
        return [Way(s, lift=True) for s in (self.shrinkages if examples < MANY else self.shrinkages[1:2])]


LOGISTIC = Kind(lambda way, **more: LogisticRegression(C=way.shrinkage, max_iter=300, **more), (0.001, 0.003, 0.01), -8)
SQUARES = Kind(lambda way, **more: RidgeClassifier(alpha=1 / way.shrinkage, **more), (0.0003, 0.001, 0.003), -1)
KINDS = (LOGISTIC, SQUARES)


def fit(vectors: Vectors, labels: NDArray[np.int64], count: int, way: Way, kind: Kind = LOGISTIC) -> Semantic:
    """`labels` of shape (texts,) are numbers below `count`; a label that none has scores lowest everywhere."""
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    model = kind.make(way, class_weight=lifted(labels) if way.lift else None)
    model.fit((vectors - mean) / spread, labels)
    weights, offsets = np.zeros((vectors.shape[1], count)), np.full(count, float(kind.never))
    found, met = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # they share one row
        found, met = np.vstack([-found / 2, found / 2]), np.r_[-met / 2, met / 2]
    weights[:, model.classes_] = found.T / spread[:, None]
    offsets[model.classes_] = met - (mean / spread) @ found.T
    return Semantic(weights.astype(np.float32), offsets.astype(np.float32))


def united(models: Sequence[Semantic], strengths: Sequence[float]) -> Semantic:
    """What these models of the same vectors say together: a weighted sum of linear models is one."""
    pairs = list(zip(strengths, models, strict=True))
    weights = sum(strength * model.weights for strength, model in pairs)
    offsets = sum(strength * model.offsets for strength, model in pairs)
    return Semantic(np.asarray(weights, np.float32), np.asarray(offsets, np.float32))
