"""Fitting of linear models on standardised sentence embeddings: logistic regression and least squares.

With few examples, least squares are more accurate (Paris's departments: .72 against .69, with one encoder) and less
well calibrated. So both are used, with measured weights.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from portevoix.text.labels.embedding_model import EmbeddingModel, Vectors
from portevoix.text.training.options import MANY, FitOptions, label_weights


class Kind(NamedTuple):
    """A kind of model: its constructor, the shrinkages worth trying, and the score of a label without examples."""

    make: Callable[..., Any]
    shrinkages: tuple[float, ...]
    never: float

    def ways(self, examples: int) -> list[FitOptions]:
        """Return the ways worth trying with so many examples."""
        return [FitOptions(s, lift=True) for s in (self.shrinkages if examples < MANY else self.shrinkages[1:2])]


LOGISTIC = Kind(lambda way, **more: LogisticRegression(C=way.shrinkage, max_iter=300, **more), (0.001, 0.003, 0.01), -8)
SQUARES = Kind(lambda way, **more: RidgeClassifier(alpha=1 / way.shrinkage, **more), (0.0003, 0.001, 0.003), -1)
KINDS = (LOGISTIC, SQUARES)


def fit(
    vectors: Vectors, labels: NDArray[np.int64], count: int, way: FitOptions, kind: Kind = LOGISTIC
) -> EmbeddingModel:
    """Fit a model. `labels` of shape (texts,) are numbers below `count`; an absent label always scores lowest."""
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    model = kind.make(way, class_weight=label_weights(labels) if way.lift else None)
    model.fit((vectors - mean) / spread, labels)
    weights, offsets = np.zeros((vectors.shape[1], count)), np.full(count, float(kind.never))
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # they share one row
        coefficients, intercepts = (
            np.vstack([-coefficients / 2, coefficients / 2]),
            np.r_[-intercepts / 2, intercepts / 2],
        )
    weights[:, model.classes_] = coefficients.T / spread[:, None]
    offsets[model.classes_] = intercepts - (mean / spread) @ coefficients.T
    return EmbeddingModel(weights.astype(np.float32), offsets.astype(np.float32))


def unite(models: Sequence[EmbeddingModel], strengths: Sequence[float]) -> EmbeddingModel:
    """Return the weighted sum of these models of the same vectors, which is a linear model too."""
    pairs = list(zip(strengths, models, strict=True))
    weights = sum(strength * model.weights for strength, model in pairs)
    offsets = sum(strength * model.offsets for strength, model in pairs)
    return EmbeddingModel(np.asarray(weights, np.float32), np.asarray(offsets, np.float32))
