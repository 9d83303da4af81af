"""Finds how far each of several models is to be trusted, and from which probability on all together are."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from portevoix.text.labels.ensemble import PLAIN, Opinions, Probabilities, Trust, softmax
from portevoix.text.labels.linear import Scores
from portevoix.text.training.recency import shifted

SURE = 0.95
"""The share of right labels among those of which it says that it is sure."""
_CHOSEN = 0.01
"""By so much less are others right than the very texts on which the threshold was chosen (`bench/text.py`)."""
_FEWEST = 20
_NEVER = 1.01
_PULL = 0.02  # of the offsets towards nought
_BELIEVED = 2.0
"""Texts that speak for the shares as they stand, when it is asked how often they are right."""


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
    shares, lately = shifted(shares, labels) if in_order else (shares, None)
    trust = _trust(shares, labels)
    threshold = _lowest(trust.of(shares), labels)
    return Opinions(strengths, offsets if lately is None else offsets + lately, threshold, trust, lately)


def _trust(shares: Probabilities, labels: NDArray[np.int64]) -> Trust:
    """What makes it likeliest that the first labels are right where they are, and wrong where they are not."""
    likely = np.clip(shares.max(axis=1), 1e-6, 1 - 1e-6)
    right = shares.argmax(axis=1) == labels
    read = np.stack([np.log(likely), -np.log1p(-likely), np.ones(len(likely))])
    pull, plain = _BELIEVED / len(labels), np.array(PLAIN)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds, away = values @ read, values - plain
        wrong = expit(odds) - right
        likely = np.logaddexp(0, np.where(right, -odds, odds)).mean()
        return float(likely + pull * (away**2).sum()), read @ wrong / len(labels) + 2 * pull * away

    bounds = [(0.0, 5.0), (0.0, 5.0), (-5.0, 5.0)]
    return Trust(*minimize(loss, plain, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist())


def proved(shares: Probabilities, labels: NDArray[np.int64], threshold: float) -> float:
    """From which probability on SURE are right of later texts, where so many are not from `threshold` on; else 0.

    A standard error is allowed to chance. `labels`: -1 for what `shares` does not know. Above one when there is none.
    """
    sure = shares.max(axis=1) >= threshold
    right = (shares.argmax(axis=1) == labels)[sure]
    if not len(right) or right.mean() + np.sqrt(right.mean() * (1 - right.mean()) / len(right)) >= SURE:
        return 0.0
    return _lowest(shares, labels)


def elsewhere(trusted: Opinions, shares: Probabilities, labels: NDArray[np.int64]) -> Opinions:
    """The same, trusted as often as `shares` were right of texts by which nothing was chosen, and sure from where SURE
    are right of them, a standard error to spare: another city is not this one.

    `shares` are told without trust. It is never sure when there is no such probability.
    """
    trust = _trust(shares, labels)
    return replace(trusted, trust=trust, threshold=_lowest(trust.of(shares), labels, SURE))


def _lowest(shares: Probabilities, labels: NDArray[np.int64], least: float = SURE + _CHOSEN) -> float:
    """The lowest probability from which on `least` are right, a standard error to spare; else _NEVER."""
    first = shares.max(axis=1)
    order = np.argsort(-first, kind="stable")
    right = np.cumsum(shares.argmax(axis=1)[order] == labels[order])
    count = np.arange(1, len(order) + 1)
    share = right / count
    enough = (count >= _FEWEST) & (share - np.sqrt(share * (1 - share) / count) >= least)
    if not enough.any():
        return _NEVER
    last = int(np.flatnonzero(enough)[-1])
    lowest = float(first[order[last]])
    if last == len(order) - 1:
        return min(lowest, SURE)  # where so many are right throughout, none says from where they are not
    return lowest
