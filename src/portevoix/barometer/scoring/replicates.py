"""Replicates of a city's indicators, drawn by conversations, citizens and days."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from portevoix.barometer.scoring.coder_error import accuracy
from portevoix.measures.indicator_values import TWO_WEEKS_S, CityCounts, final_curve
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import HORIZONS
from portevoix.measures.resample import (
    corrected_replicates,
    curve_replicates,
    generator,
    mean_replicates,
    ratio_replicates,
    share_replicates,
)
from portevoix.measures.score import Floats

REPLICATES = 2000
_FIRST = {f"reactivity.f{name}": seconds for name, seconds in HORIZONS.items()}
_SERVICE = ".service"


class Replicates:
    """The replicates of one city. Its indicators vary together and do not depend on which other cities there are."""

    def __init__(self, counts: CityCounts, *, city: str, seed: int, number: int = REPLICATES) -> None:
        self._counts, self._city, self._seed, self._number = counts, city, seed, number

    def of(self, code: str) -> Floats:
        """Return (number,) replicates. Raises KeyError for an indicator that is not drawn from posts: no score may rest
        on it.
        """
        base = code.removesuffix(_SERVICE)
        curve = self._counts.service if code.endswith(_SERVICE) else self._counts.elapsed
        if base in _FIRST:
            return curve_replicates(curve, [_FIRST[base]], self._number, self._generator("waits"))[:, 0]
        if code == "reactivity.answered":
            return self._answered_replicates()
        if code == "reactivity.restricted_mean":
            return mean_replicates(curve, HORIZONS["72h"], self._number, self._generator("waits"))
        if code == "conversation.citizens":
            counts = self._counts
            rng = self._generator("citizens")
            return share_replicates(counts.citizens_answered, counts.citizens, self._number, rng)
        return self._ratio(code)

    def _answered_replicates(self) -> Floats:
        """Draw from the curve of the other reactivity figures, shifted to the indicator's value."""
        curve, seconds = final_curve(self._counts)
        replicates = curve_replicates(self._counts.elapsed, [TWO_WEEKS_S], self._number, self._generator("waits"))[:, 0]
        shift = (curve.at(seconds).value or 0) - (self._counts.elapsed.at(TWO_WEEKS_S).value or 0)
        return np.minimum(replicates + shift, 1.0)

    def _ratio(self, code: str) -> Floats:
        indicator = INDICATORS[code]
        if indicator.ratio is None:
            raise KeyError(code)
        above, below = (self._days[name] for name in indicator.ratio)
        share = indicator.unit == "share"
        replicates = ratio_replicates(above, below, self._number, self._generator("days"), share=share)
        coder_accuracy = accuracy(code)
        # A coder errs alike in all cities, so that its errors are named after it.
        return (
            corrected_replicates(replicates, coder_accuracy, generator(self._seed, f"coder:{code}"))
            if coder_accuracy
            else replicates
        )

    @cached_property
    def _days(self) -> dict[str, NDArray[np.int64]]:
        return self._counts.days

    def _generator(self, what: str) -> np.random.Generator:
        return generator(self._seed, f"{self._city}:{what}")
