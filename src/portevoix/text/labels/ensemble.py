"""Combination of several models' scores into calibrated probabilities, and the threshold of "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.linear import Scores

type Probabilities = NDArray[np.float64]

_EDGE = 1e-9


class Trust(NamedTuple):
    """Calibration of the first label's share p: the log-odds of being right are
    `rising` · ln p - `falling` · ln(1 - p) + `level` (beta calibration: Kull, Silva Filho and Flach, 2017).

    A softmax that is right on average is too sure of clear texts and not sure enough of others. `rising` and `falling`
    are not negative, so the order of texts stays; the default values change nothing.
    """

    rising: float = 1.0
    falling: float = 1.0
    level: float = 0.0

    def of(self, shares: Probabilities) -> Probabilities:
        """Return the shares with the first label's calibrated chance, the others scaled to the rest, in order."""
        if self == PLAIN:
            return shares
        rows, first = np.arange(len(shares)), shares.argmax(axis=1)
        likely = np.clip(shares[rows, first], _EDGE, 1 - _EDGE)
        odds = self.rising * np.log(likely) - self.falling * np.log1p(-likely) + self.level
        others = shares.copy()
        others[rows, first] = 0
        others /= np.maximum(others.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        second = others.max(axis=1)
        chance = np.maximum(1 / (1 + np.exp(-odds)), (second + _EDGE) / (1 + second))  # the first stays the first
        shares_by_label = others * (1 - chance)[:, None]
        shares_by_label[rows, first] = chance
        return np.asarray(shares_by_label / shares_by_label.sum(axis=1, keepdims=True))


PLAIN = Trust()
"""No calibration."""


@dataclass(frozen=True)
class Opinions:
    """Softmax of a weighted sum: `strengths` of shape (models,), `offsets` of shape (labels,), calibrated by `trust`.

    The strengths maximise the likelihood of texts not used to train the models (Platt scaling, for many labels and
    several models). `threshold`: from this probability on, SURE of the labels were right.

    `lately`, of shape (labels,): the part of the offsets due to recent frequencies. It is known after training only,
    and not stored.
    """

    strengths: NDArray[np.float64]
    offsets: NDArray[np.float64]
    threshold: float
    trust: Trust = PLAIN
    lately: NDArray[np.float64] | None = None

    def probabilities(self, scores: Sequence[Scores]) -> Probabilities:
        """Return probabilities, (texts, labels): each row sums to one."""
        return self.trust.of(softmax(np.tensordot(self.strengths, np.stack(scores), 1) + self.offsets))


def softmax(scores: Scores) -> Probabilities:
    """Return the softmax of each row."""
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
