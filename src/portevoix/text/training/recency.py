"""What has been asked about lately: snow in winter, works where there are works.

Words and meaning say how well a label fits a text, and the share of a label among all examples how likely it was before
the text was read. That share changes from week to week. So in the place of the share among all comes, as far as that
made the labels of the examples likelier in their own order of time, the share among the latest (label shift, as in
Saerens, Latinne and Decaestecker, Neural Computation 14, 2002, with a prior that forgets).
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.ensemble import Probabilities

_PARTS = 32
"""The examples in order of time in so many parts: what was known when a part began is tried on all of it."""
_STRENGTHS = (0.25, 0.5, 0.75, 1.0)
_HALF_LIVES = (50, 100, 200, 400, 800)
"""After so many examples one counts half."""
_BEFORE = 10.0
"""Examples that stand for the share among all."""
_MOST = np.log(4)
"""No label becomes more than four times as likely by this, nor a fourth."""

type _Shifts = NDArray[np.float64]


def shifted(shares: Probabilities, labels: NDArray[np.int64]) -> tuple[Probabilities, _Shifts]:
    """The shares as they would have been told then, and what is added to the scores of each label from now on.

    `shares` (texts, labels) are those of texts that the models had not learnt, `labels` (texts,) the right ones, both
    in order of time. What is added is nought where nothing made them likelier, two standard errors left to chance.
    """
    count = shares.shape[1]
    known, best, added = _likely(shares, labels), shares, np.zeros(count)
    most = 0.0
    parts = np.arange(len(labels)) * _PARTS // max(len(labels), 1)
    _, begins, part = np.unique(parts, return_index=True, return_inverse=True)
    for half_life, strength in product(_HALF_LIVES, _STRENGTHS):
        shifts = _shifts(np.split(labels, begins[1:]), count, half_life, strength)
        told = shares * np.exp(shifts[part])
        told /= told.sum(axis=1, keepdims=True)
        gained = _likely(told, labels) - known
        gain = float(gained.mean()) - 2 * float(gained.std()) / np.sqrt(len(gained))
        if gain > most:
            most, best, added = gain, told, shifts[-1]
    return best, added


def _likely(shares: Probabilities, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """The logarithms of what the right labels were given, but in the first quarter, before which little was known."""
    right = shares[np.arange(len(labels)), labels]
    return np.asarray(np.log(np.maximum(right[len(right) // 4 :], 1e-12)))


def _shifts(parts: Sequence[NDArray[np.int64]], count: int, half_life: int, strength: float) -> _Shifts:
    """(parts + 1, labels): the logarithm of the share lately to that among all, by `strength`; before each part and
    after the last one. `parts` are the labels of each, in order of time.
    """
    among_all = np.bincount(np.concatenate(parts), minlength=count) + 0.5
    among_all /= among_all.sum()
    forgets, seen = 0.5 ** (1 / half_life), [np.zeros(count)]
    for labels in parts:
        ages = np.arange(len(labels))[::-1]
        seen.append(seen[-1] * forgets ** len(labels) + np.bincount(labels, forgets**ages, count))
    lately = np.array(seen) + _BEFORE * among_all
    lately /= lately.sum(axis=1, keepdims=True)
    return np.asarray(np.clip(strength * np.log(lately / among_all), -_MOST, _MOST))
