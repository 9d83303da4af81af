"""Several models' opinions made into one probability that means what it says, and the threshold of "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portevoix.text.lexical import Scores

type Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Opinions:
    """`strengths` of shape (models,), `offsets` of shape (labels,): a softmax of their weighted sum.

    The strengths are those that make the labels of texts most likely which the models had not learnt (Platt scaling,
    for many labels and several models). `threshold`: from this probability on, SURE of them were right.

    `lately`, of shape (labels,): what of the offsets comes from what was asked about lately. It is known where they
    were learnt, and stored nowhere.
    """

    strengths: NDArray[np.float64]
    offsets: NDArray[np.float64]
    threshold: float
    lately: NDArray[np.float64] | None = None

    def probabilities(self, scores: Sequence[Scores]) -> Probabilities:
        """(texts, labels): each row sums to one."""
        return softmax(np.tensordot(self.strengths, np.stack(scores), 1) + self.offsets)


def softmax(scores: Scores) -> Probabilities:
    """Shares of one a row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
