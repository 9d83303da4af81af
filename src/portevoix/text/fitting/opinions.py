"""Finds how far each of several models is to be trusted, and from which probability on all together are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from portevoix.text.fitting.lately import shifted
from portevoix.text.lexical import Scores
from portevoix.text.opinions import Opinions, Probabilities, softmax

SURE = 0.95
"""The share of right labels among those of which it says that it is sure."""
_CHOSEN = 0.01
"""By so much less are others right than the very texts on which the threshold was chosen (`bench/text.py`)."""
_FEWEST = 20
_NEVER = 1.01
_PULL = 0.02  # of the offsets towards nought


def fit(scores: Sequence[Scores], labels: NDArray[np.int64], *, in_order: bool = False) -> Opinions:
    """`scores`: of each model, (texts, labels), of texts that it was not fitted on.

    `in_order`: of time, so that what was asked about lately counts for more.
    """
    models, count = len(scores), scores[0].shape[1]
    stacked = np.stack(scores)
    right = np.zeros(scores[0].shape)
    right[np.arange(len(labels)), labels] = 1

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        strengths, offsets = values[:models], values[models:]
        shares = softmax(np.tensordot(strengths, stacked, 1) + offsets)
        wrong = (shares - right) / len(labels)
        likely = -np.log(np.maximum(shares[right == 1], 1e-12)).mean()
        slope = np.concatenate([(stacked * wrong).sum(axis=(1, 2)), wrong.sum(axis=0) + 2 * _PULL * offsets])
        return float(likely + _PULL * (offsets**2).sum()), slope

    start = np.concatenate([np.ones(models), np.zeros(count)])
    bounds = [(0.0, 20.0)] * models + [(-3.0, 3.0)] * count
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    shares = softmax(np.tensordot(found[:models], stacked, 1) + found[models:])
    strengths, offsets = found[:models], found[models:]
    if not in_order:
        return Opinions(strengths, offsets, _lowest(shares, labels))
    shares, lately = shifted(shares, labels)
    return Opinions(strengths, offsets + lately, _lowest(shares, labels), lately)


def proved(shares: Probabilities, labels: NDArray[np.int64], threshold: float) -> float:
    """From which probability on SURE are right of later texts, where so many are not from `threshold` on; else 0.

    A standard error is allowed to chance. `labels`: -1 for what `shares` does not know. Above one when there is none.
    """
    sure = shares.max(axis=1) >= threshold
    right = (shares.argmax(axis=1) == labels)[sure]
    if not len(right) or right.mean() + np.sqrt(right.mean() * (1 - right.mean()) / len(right)) >= SURE:
        return 0.0
    return _lowest(shares, labels)


def elsewhere(shares: Probabilities, labels: NDArray[np.int64]) -> float:
    """From which probability on SURE were right of texts by which nothing was chosen. Above one when there is none."""
    return _lowest(shares, labels, SURE, spare=0)


def _lowest(
    shares: Probabilities, labels: NDArray[np.int64], least: float = SURE + _CHOSEN, *, spare: int = 1
) -> float:
    """The lowest probability from which on `least` are right, so many standard errors to `spare`; else _NEVER."""
    first = shares.max(axis=1)
    order = np.argsort(-first, kind="stable")
    right = np.cumsum(shares.argmax(axis=1)[order] == labels[order])
    count = np.arange(1, len(order) + 1)
    share = right / count
    enough = (count >= _FEWEST) & (share - spare * np.sqrt(share * (1 - share) / count) >= least)
    if not enough.any():
        return _NEVER
    last = int(np.flatnonzero(enough)[-1])
    lowest = float(first[order[last]])
    if last == len(order) - 1:
        return min(lowest, SURE)  # where so many are right throughout, none says from where they are not
    return lowest
