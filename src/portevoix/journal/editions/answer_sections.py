"""The section of an edition that says what departments answered to findings of the weeks before."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from portevoix.journal.editions.finding_sections import FindingRow


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """A department's answer to a finding of an earlier week, as it was when the edition was composed.

    `about` is the finding, without its messages and quotations. `answer` is a `kernel.answers.AnswerKind`;
    `promised_on` a date like "2026-12-24", or "". `passed`: that date has passed, and nothing was said since.
    """

    week: str
    about: FindingRow
    department: str
    answer: str
    text: str
    signature: str
    promised_on: str
    at: datetime
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of earlier findings, the latest answer first; an edition opens with it."""

    kind: ClassVar[str] = "answered"
    rows: tuple[AnsweredRow, ...]
