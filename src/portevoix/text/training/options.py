"""How models are fitted."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MANY = 4000
"""From so many examples on a feature must occur twice, and fewer ways of fitting are worth trying."""


class Way(NamedTuple):
    """How a model is fitted: the inverse strength of regularisation (C), and whether seldom labels count for more."""

    shrinkage: float
    lift: bool


def lifted(labels: NDArray[np.int64]) -> dict[int, float]:
    """A weight for each label: seldom ones count for more, by the root of what would make all count the same."""
    found, times = np.unique(labels, return_counts=True)
    return dict(zip(found.tolist(), np.sqrt(len(labels) / (len(found) * times)).tolist(), strict=True))
