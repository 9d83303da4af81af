"""Control of false discoveries: how much of what is called unusual may be chance, when so much was looked at."""

from math import log

import numpy as np
from numpy.typing import NDArray

EULER = 0.5772156649


def adjust_discoveries(
    probabilities: NDArray[np.float64], *, looked_at: int | None = None, any_dependence: bool = False
) -> NDArray[np.float64]:
    """Return the q-value of each probability: reports up to it are false in at most that share, on average.

    Benjamini and Hochberg, JRSS B 57, 1995; with `any_dependence` Benjamini and Yekutieli, Annals of Statistics 29,
    2001. `looked_at`: how many hypotheses there were, those left out having had probabilities near one.
    """
    count = max(looked_at or 0, len(probabilities))
    if not count:
        return np.zeros(0)
    factor = log(count) + EULER + 1 / (2 * count) if any_dependence else 1.0
    order = np.argsort(probabilities, kind="stable")
    scaled = probabilities[order] * count * factor / np.arange(1, len(probabilities) + 1)
    adjusted = np.empty(len(probabilities))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
