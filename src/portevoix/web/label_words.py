"""Words and icons of kinds and sentiments: one table for all pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, gettext_lazy

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.labels import Kind, Sentiment


@dataclass(frozen=True, slots=True)
class Label:
    """English, marked for translation: `word` within a line, `title` where it stands alone, `plural` over a count."""

    word: str
    title: str
    plural: str
    icon: str = "label"


KINDS: Mapping[str, Label] = {
    Kind.QUESTION: Label(gettext_noop("question"), gettext_noop("Question"), gettext_noop("Questions")),
    Kind.REPORT: Label(gettext_noop("report"), gettext_noop("Report"), gettext_noop("Reports of a problem")),
    Kind.COMPLAINT: Label(gettext_noop("complaint"), gettext_noop("Complaint"), gettext_noop("Complaints")),
    Kind.PRAISE: Label(gettext_noop("praise"), gettext_noop("Praise"), gettext_noop("Praise")),
    Kind.SUGGESTION: Label(gettext_noop("suggestion"), gettext_noop("Suggestion"), gettext_noop("Suggestions")),
    Kind.OTHER: Label(gettext_noop("other"), gettext_noop("Other"), gettext_noop("Other")),
}
SENTIMENTS: Mapping[str, Label] = {
    Sentiment.WRONG: Label(
        gettext_noop("something goes wrong"), gettext_noop("Something goes wrong"), gettext_noop("Wrong"), "bad"
    ),
    Sentiment.WELL: Label(
        gettext_noop("something goes well"), gettext_noop("Something goes well"), gettext_noop("Well"), "good"
    ),
    Sentiment.NEUTRAL: Label(gettext_noop("neither"), gettext_noop("Neither"), gettext_noop("Neither"), "steady"),
}


def word(table: Mapping[str, Label], value: str) -> str:
    """Return the translated word within a line; an imported value that the table does not know stands for itself."""
    return gettext(table[value].word) if value in table else value


def titles(table: Mapping[str, Label]) -> dict[str, Lazy]:
    """Return the lazily translated title of each value, in the order of the table."""
    return {str(value): gettext_lazy(label.title) for value, label in table.items()}
