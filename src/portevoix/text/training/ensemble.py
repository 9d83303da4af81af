"""Fitting of the weights of several models, their joint calibration, and the threshold of certainty."""

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
"""The share of right labels required among those called sure."""
_OPTIMISM = 0.01
"""How much lower accuracy is on other texts than on those on which the threshold was chosen (`bench/text.py`)."""
_FEWEST = 20
_NEVER = 1.01
_PULL = 0.02  # of the offsets towards nought
_PRIOR_TEXTS = 2.0
"""Weight, in texts, of the prior that shares need no calibration."""


def fit(scores: Sequence[Scores], labels: NDArray[np.int64], *, in_order: bool = False) -> Opinions:
    """Fit the weights of models by their `scores` (texts, labels) of texts on which they were not fitted.

    `in_order`: the texts are in order of time, and recent label frequencies count for more.
    """
    models, count = len(scores), scores[0].shape[1]
    scores_by_model = np.stack(scores)
    right = np.zeros(scores[0].shape)
    right[np.arange(len(labels)), labels] = 1

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        strengths, offsets = values[:models], values[models:]
        shares = softmax(np.tensordot(strengths, scores_by_model, 1) + offsets)
        wrong = (shares - right) / len(labels)
        likely = -np.log(np.maximum(shares[right == 1], 1e-12)).mean()
        slope = np.concatenate([(scores_by_model * wrong).sum(axis=(1, 2)), wrong.sum(axis=0) + 2 * _PULL * offsets])
        return float(likely + _PULL * (offsets**2).sum()), slope

    start = np.concatenate([np.ones(models), np.zeros(count)])
    bounds = [(0.0, 20.0)] * models + [(-3.0, 3.0)] * count
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    shares = softmax(np.tensordot(solution[:models], scores_by_model, 1) + solution[models:])
    strengths, offsets = solution[:models], solution[models:]
    shares, lately = shifted(shares, labels) if in_order else (shares, None)
    trust = _trust(shares, labels)
    threshold = _lowest(trust.of(shares), labels)
    return Opinions(strengths, offsets if lately is None else offsets + lately, threshold, trust, lately)


def _trust(shares: Probabilities, labels: NDArray[np.int64]) -> Trust:
    """Return the calibration of maximum likelihood, by which first labels are right and which wrong."""
    likely = np.clip(shares.max(axis=1), 1e-6, 1 - 1e-6)
    right = shares.argmax(axis=1) == labels
    read = np.stack([np.log(likely), -np.log1p(-likely), np.ones(len(likely))])
    pull, plain = _PRIOR_TEXTS / len(labels), np.array(PLAIN)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds, away = values @ read, values - plain
        wrong = expit(odds) - right
        likely = np.logaddexp(0, np.where(right, -odds, odds)).mean()
        return float(likely + pull * (away**2).sum()), read @ wrong / len(labels) + 2 * pull * away

    bounds = [(0.0, 5.0), (0.0, 5.0), (-5.0, 5.0)]
    return Trust(*minimize(loss, plain, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist())


def proved(shares: Probabilities, labels: NDArray[np.int64], threshold: float) -> float:
    """Return the probability from which on SURE are right of later texts, if `threshold` does not ensure it; else 0.

    One standard error is allowed for chance. `labels`: -1 for labels without a column in `shares`. The result is above
    one when there is no such probability.
    """
    sure = shares.max(axis=1) >= threshold
    right = (shares.argmax(axis=1) == labels)[sure]
    if not len(right) or right.mean() + np.sqrt(right.mean() * (1 - right.mean()) / len(right)) >= SURE:
        return 0.0
    return _lowest(shares, labels)


def elsewhere(trusted: Opinions, shares: Probabilities, labels: NDArray[np.int64]) -> Opinions:
    """Return the weights recalibrated for other cities, on texts that were not used to choose anything.

    `shares` are without calibration. The threshold is the one from which on SURE are right, with a margin of one
    standard error; it is never sure when there is none.
    """
    trust = _trust(shares, labels)
    return replace(trusted, trust=trust, threshold=_lowest(trust.of(shares), labels, SURE))


def _lowest(shares: Probabilities, labels: NDArray[np.int64], least: float = SURE + _OPTIMISM) -> float:
    """Return the lowest probability from which on `least` are right, less one standard error; else _NEVER."""
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
