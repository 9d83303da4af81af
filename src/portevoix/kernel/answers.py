"""What departments answer to findings of the journal."""

from datetime import timedelta
from enum import StrEnum


class AnswerKind(StrEnum):
    """A department's answer to a finding."""

    SEEN = "seen"
    DOING = "doing"  # by a date
    DONE = "done"
    CANNOT = "cannot"  # with the reason


LONGEST_ANSWER = 1_000
LONGEST_SIGNATURE = 120
MOST_ANSWERS = 50
"""Answers to one finding: whoever got hold of a link does not fill the record."""
FURTHEST = timedelta(days=2 * 365)
"""How far away the date may be by which something is to be done."""
