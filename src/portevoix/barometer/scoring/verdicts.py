"""Compares a city's figure with the median: one rule for every card, table, sentence and page.

Figures are compared as they are printed, shares in whole percent, so that texts never contradict the figures shown.
"""

from typing import Literal

from portevoix.barometer.scoring.coder_error import ComparedCell, comparison_interval
from portevoix.measures.indicators import INDICATORS

type Verdict = Literal["better", "worse", "above", "below", "equal", "unsure", ""]
"""`better` and `worse` are beyond chance. `above` and `below` only compare two figures: neither way is better, or there
is no interval to tell by. `unsure`: the interval holds the median. "" where there is nothing to compare.
"""
_HOUR_S = 3600


def verdict(code: str, cell: ComparedCell, median: float | None, *, direction: str | None) -> Verdict:
    """Compare the city's indicator, a `cell` of the results, with the median; `direction` (up, down, None) is the
    better way.
    """
    if cell.value is None or median is None or not cell.enough:
        return ""
    value, middle = _as_printed(code, cell.value), _as_printed(code, median)
    if value == middle:
        return "equal"
    interval = comparison_interval(code, cell)
    if interval is not None and _as_printed(code, interval[0]) <= middle <= _as_printed(code, interval[1]):
        return "unsure"
    if interval is None or direction is None:
        return "above" if value > middle else "below"
    return "better" if (value > middle) == (direction == "up") else "worse"


def shares_error(code: str, cell: ComparedCell, median: float | None, outcome: Verdict) -> bool:
    """Return whether a better or a worse figure has an interval that holds the median all the same.

    A coder's errors widen the interval, but are the same in all cities and do not set them apart.
    """
    interval = cell.ci
    if median is None or not interval or outcome not in ("better", "worse"):
        return False
    return _as_printed(code, interval[0]) <= _as_printed(code, median) <= _as_printed(code, interval[1])


def _as_printed(code: str, value: float) -> float:
    unit = INDICATORS[code].unit if code in INDICATORS else ""
    if unit == "s":
        return round(value / 60) / 60 if value < _HOUR_S else round(value / _HOUR_S, 1 if value < 10 * _HOUR_S else 0)
    return round(100 * value) if unit == "share" else value
