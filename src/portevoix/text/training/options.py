"""Options of fitting models."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MANY = 4000
"""From this many examples on, a feature must occur twice, and fewer ways of fitting are worth trying."""


class Way(NamedTuple):
    """A way of fitting: the inverse strength of regularisation (C), and whether rare labels count for more."""

    shrinkage: float
    lift: bool


def lifted(labels: NDArray[np.int64]) -> dict[int, float]:
    """Return a weight for each label, higher for rare ones: the root of the weight that would balance all labels."""
    distinct, times = np.unique(labels, return_counts=True)
    return dict(zip(distinct.tolist(), np.sqrt(len(labels) / (len(distinct) * times)).tolist(), strict=True))
