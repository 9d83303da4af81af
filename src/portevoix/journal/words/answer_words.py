"""The words of departments' answers."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portevoix.journal.editions.answer_sections import AnsweredRow
from portevoix.journal.words.figure_words import translate_code
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.kernel.answers import AnswerKind
from portevoix.web.formatting import format_date

ANSWERS: Mapping[str, str] = {
    AnswerKind.SEEN: gettext_noop("Seen"),
    AnswerKind.DOING: gettext_noop("Under way"),
    AnswerKind.DONE: gettext_noop("Done"),
    AnswerKind.CANNOT: gettext_noop("Cannot be done"),
}
CHOICES: Mapping[str, str] = {
    AnswerKind.SEEN: gettext_noop("Seen"),
    AnswerKind.DOING: gettext_noop("We do this by…"),
    AnswerKind.DONE: gettext_noop("Done"),
    AnswerKind.CANNOT: gettext_noop("It cannot be done, because…"),
}


def name_answer(kind: str, promised_on: date | None, *, passed: bool = False) -> str:
    """Return an answer in two or three words: "Done", "To be done by 24 December 2026"."""
    if promised_on is None:
        return translate_code(ANSWERS, kind)
    text = _("Promised by {date}: nothing said since") if passed else _("To be done by {date}")
    return text.format(date=format_date(promised_on))


def name_row(row: AnsweredRow) -> str:
    """Return the answer of a row in a few words."""
    promised_on = date.fromisoformat(row.promised_on) if row.promised_on else None
    return name_answer(row.answer, promised_on, passed=row.passed)


def describe_row(row: AnsweredRow) -> str:
    """Return the sentence of the finding that was answered."""
    return plain(describe_finding(row.about))


def write_answer(row: AnsweredRow) -> str:
    """Return a row as one line of text, for letters: the week, what was found and answered, and who signs."""
    says = f"{name_row(row)}. {row.text}".rstrip() if row.text else f"{name_row(row)}."
    week = _("Week {number}:").format(number=row.week[6:])
    return " ".join(filter(None, [week, describe_row(row), says, f"— {row.signature}" if row.signature else ""]))
