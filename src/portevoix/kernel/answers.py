"""What departments answer to findings of the journal."""

from enum import StrEnum


class AnswerKind(StrEnum):
    """A department's answer to a finding."""

    SEEN = "seen"
    DOING = "doing"  # by a date
    DONE = "done"
    CANNOT = "cannot"  # with the reason
