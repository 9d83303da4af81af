"""Several models' opinions made into one probability that means what it says, and the threshold of "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.linear import Scores

type Probabilities = NDArray[np.float64]

_EDGE = 1e-9


class Trust(NamedTuple):
    """How often the first label is right, whose share is p: a chance with the logarithm of odds
    `rising` · ln p - `falling` · ln(1 - p) + `level` (beta calibration: Kull, Silva Filho and Flach, 2017).

    A softmax that is right on the whole is too sure of the clear texts and too little of the others. `rising` and
    `falling` are nought or more, so that the order of texts stays; as it stands, nothing is changed.
    """

    rising: float = 1.0
    falling: float = 1.0
    level: float = 0.0

    def of(self, shares: Probabilities) -> Probabilities:
        """The same labels in the same order; the first with its chance, the others with what it leaves."""
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
        found = others * (1 - chance)[:, None]
        found[rows, first] = chance
        return np.asarray(found / found.sum(axis=1, keepdims=True))


PLAIN = Trust()
"""What is told is taken as it stands."""


@dataclass(frozen=True)
class Opinions:
    """`strengths` of shape (models,), `offsets` of shape (labels,): a softmax of their weighted sum, as `trust` has it.

    The strengths are those that make the labels of texts most likely which the models had not learnt (Platt scaling,
    for many labels and several models). `threshold`: from this probability on, SURE of them were right.

    `lately`, of shape (labels,): what of the offsets comes from what was asked about lately. It is known where they
    were learnt, and stored nowhere.
    """

    strengths: NDArray[np.float64]
    offsets: NDArray[np.float64]
    threshold: float
    trust: Trust = PLAIN
    lately: NDArray[np.float64] | None = None

    def probabilities(self, scores: Sequence[Scores]) -> Probabilities:
        """(texts, labels): each row sums to one."""
        return self.trust.of(softmax(np.tensordot(self.strengths, np.stack(scores), 1) + self.offsets))


def softmax(scores: Scores) -> Probabilities:
    """Shares of one a row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
