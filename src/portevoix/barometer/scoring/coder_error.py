"""The errors of coders, measured as confusions, which widen the intervals of the indicators that coders decide."""

from functools import cache
from typing import Protocol

from portevoix.measures.intervals import wilson
from portevoix.measures.posts import FUNCTIONS, TERRITORIES, TONES
from portevoix.measures.resample import Accuracy
from portevoix.text.posts.coder_confusion import confusion

_YES = "yes"
_UNTOLD = frozenset({"", "none"})

CODED_INDICATORS = {
    **{f"content.{name}": ("function", name) for name in FUNCTIONS},
    **{f"content.{name}": ("territory", name) for name in TERRITORIES},
    **{f"conversation.{name}": ("tone", name) for name in TONES},
    "content.self_centred": ("self_centred", _YES),
    "conversation.plain": ("plain", _YES),
    "automation.share": ("automatic", _YES),
}
"""Indicators that rest on codes: by their own code, the axis and the word that they count."""


class ComparedCell(Protocol):
    """What results hold of a city's indicator."""

    @property
    def value(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def ci(self) -> tuple[float, float] | None: ...
    @property
    def enough(self) -> bool: ...


@cache
def accuracy(code: str) -> Accuracy | None:
    """Return the accuracy of an indicator's coder on posts that people had coded; None when no coder decides it.

    Posts that the coder left without a code do not count, as in the indicator.
    """
    if code not in CODED_INDICATORS:
        return None
    axis, word = CODED_INDICATORS[code]
    hits, totals = 0, {True: 0, False: 0}
    left = 0
    for truth, answers in confusion(axis).items():
        named_counts = {answer: count for answer, count in answers.items() if answer not in _UNTOLD}
        totals[truth == word] += sum(named_counts.values())
        if truth == word:
            hits = named_counts.get(word, 0)
        else:
            left += sum(count for answer, count in named_counts.items() if answer != word)
    return Accuracy(true_positives=hits, positives=totals[True], true_negatives=left, negatives=totals[False])


def comparison_interval(code: str, cell: ComparedCell) -> tuple[float, float] | None:
    """Return the interval by which a city's indicator, as results hold it, is compared with those of others.

    It holds chance alone: a coder's errors are the same in all cities, so that they make each figure less certain but
    do not set cities apart.
    """
    if code not in CODED_INDICATORS or cell.ci is None or cell.value is None:
        return cell.ci
    return wilson(round(cell.value * cell.n), cell.n)
