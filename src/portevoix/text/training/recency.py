"""Adjustment to the recent frequencies of labels: snow in winter, road works during road works.

Words and embeddings tell how well a label fits a text, and the share of a label among all examples how likely it was
before the text was read. That share changes from week to week. So it is replaced by the share among the latest
examples, as far as that makes the labels of the examples likelier in their order of time (label shift, as in Saerens,
Latinne and Decaestecker, Neural Computation 14, 2002, with a prior that forgets).
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.ensemble import Probabilities

_PARTS = 32
"""Number of parts, in order of time, into which examples are divided: a part is predicted from those before it."""
_STRENGTHS = (0.25, 0.5, 0.75, 1.0)
_HALF_LIVES = (50, 100, 200, 400, 800)
"""Numbers of later examples after which one counts half."""
_BEFORE = 10.0
"""Weight, in examples, of the share among all."""
_MOST = np.log(4)
"""Limit of the adjustment: no label becomes more than four times, or less than a fourth, as likely."""

type _Shifts = NDArray[np.float64]


def shifted(shares: Probabilities, labels: NDArray[np.int64]) -> tuple[Probabilities, _Shifts]:
    """Return the shares as adjusted at their time, and the shift of each label's scores from now on.

    `shares` (texts, labels) are of texts not used to train the models, `labels` (texts,) the right ones, both in order
    of time. The shift is 0 where none improves the likelihood by more than two standard errors.
    """
    count = shares.shape[1]
    baseline, best, shift = _likely(shares, labels), shares, np.zeros(count)
    most = 0.0
    parts = np.arange(len(labels)) * _PARTS // max(len(labels), 1)
    _, begins, part = np.unique(parts, return_index=True, return_inverse=True)
    for half_life, strength in product(_HALF_LIVES, _STRENGTHS):
        shifts = _shifts(np.split(labels, begins[1:]), count, half_life, strength)
        adjusted_shares = shares * np.exp(shifts[part])
        adjusted_shares /= adjusted_shares.sum(axis=1, keepdims=True)
        gains = _likely(adjusted_shares, labels) - baseline
        gain = float(gains.mean()) - 2 * float(gains.std()) / np.sqrt(len(gains))
        if gain > most:
            most, best, shift = gain, adjusted_shares, shifts[-1]
    return best, shift


def _likely(shares: Probabilities, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the log-shares of the right labels, without the first quarter, before which there were few examples."""
    right = shares[np.arange(len(labels)), labels]
    return np.asarray(np.log(np.maximum(right[len(right) // 4 :], 1e-12)))


def _shifts(parts: Sequence[NDArray[np.int64]], count: int, half_life: int, strength: float) -> _Shifts:
    """Return `strength` times the log-ratio of the recent share to that among all, (parts + 1, labels).

    The rows are for the time before each part and after the last one. `parts` are the labels of each, in order of time.
    """
    among_all = np.bincount(np.concatenate(parts), minlength=count) + 0.5
    among_all /= among_all.sum()
    forgets, tallies = 0.5 ** (1 / half_life), [np.zeros(count)]
    for labels in parts:
        ages = np.arange(len(labels))[::-1]
        tallies.append(tallies[-1] * forgets ** len(labels) + np.bincount(labels, forgets**ages, count))
    lately = np.array(tallies) + _BEFORE * among_all
    lately /= lately.sum(axis=1, keepdims=True)
    return np.asarray(np.clip(strength * np.log(lately / among_all), -_MOST, _MOST))
