"""The form with which a department answers a finding, on the edition's page and by a letter's link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from portevoix.journal.editions.edition import Edition
from portevoix.journal.render.findings import describe_findings
from portevoix.journal.words.answer_words import CHOICES, name_answer
from portevoix.journal.words.figure_words import translate_code
from portevoix.kernel.answers import LONGEST_ANSWER, LONGEST_SIGNATURE, AnswerKind
from portevoix.record.operations.answer_findings import answer_finding
from portevoix.record.queries.city import Contact
from portevoix.record.queries.finding_answers import AnswerRow, answers_of, last_signature

_NEEDED: Mapping[str, tuple[str, ...]] = {
    AnswerKind.SEEN: (),
    AnswerKind.DOING: ("promised_on", "text", "signature"),
    AnswerKind.DONE: ("signature",),
    AnswerKind.CANNOT: ("text", "signature"),
}
"""The fields that each answer needs; where it is stored it is checked again."""


class AnswerForm(forms.Form):
    """An answer. What one kind needs is not needed by another."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=gettext_lazy("Your department’s answer"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the four answers.")},
    )
    promised_on = forms.DateField(
        label=gettext_lazy("Done by"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("On that day we remind you of it."),
        error_messages={
            "required": gettext_lazy("Give the date by which it will be done."),
            "invalid": gettext_lazy("Write the date as year-month-day, such as 2027-01-31."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("In a line or two"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What you do, or why it cannot be done. Name no citizen."),
    )
    signature = forms.CharField(
        label=gettext_lazy("Signed by"),
        max_length=LONGEST_SIGNATURE,
        help_text=gettext_lazy("Such as “The director of sports”. The editions show it with the answer."),
        error_messages={"required": gettext_lazy("Sign the answer: who answers for the department?")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (str(kind), translate_code(CHOICES, kind)) for kind in AnswerKind
        ]
        kind = self.data.get("kind", "")
        why = gettext_lazy("Say why it cannot be done: those who asked want to know.")
        says = gettext_lazy("Say in a line what you do.")
        self.fields["text"].error_messages["required"] = why if kind == AnswerKind.CANNOT else says
        for name in ("promised_on", "text", "signature") if self.is_bound else ():
            self.fields[name].required = name in _NEEDED.get(kind, ())

    @property
    def values(self) -> dict[str, Any]:
        """Return what `answer_finding` takes of a valid form."""
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        return {**self.cleaned_data, "text": text}


@dataclass(frozen=True, slots=True)
class AnswerableFinding:
    """A finding as the pages show it, with the department's answer and the form for another one.

    `row`, `name`, `sentence` and `certainty` as `render.findings` has them. `opened`: the form is shown at once.
    """

    row: Any
    name: str
    sentence: Any
    certainty: str
    answer: AnswerRow | None = None
    answer_name: str = ""
    form: AnswerForm | None = None
    opened: bool = False


def list_answerable(
    edition: Edition, *, answers: bool, opened: str = "", bound: AnswerForm | None = None
) -> list[AnswerableFinding]:
    """Return the findings of an edition with their answers; with forms only for one who `answers` it.

    `opened`: the finding whose form is shown at once, or that was sent in `bound`.
    """
    known = answers_of(edition.week, edition.department) if edition.stored else {}
    signature = last_signature(edition.department) if answers else ""
    listed = []
    for place, each in enumerate(describe_findings(edition)):
        id, answer = each["row"].id, known.get(each["row"].id)
        is_open = bool(opened) and id == opened
        blank = AnswerForm(auto_id=f"answer-{place}-%s", initial={"signature": signature}) if answers else None
        form = bound if bound and is_open else blank
        if bound and is_open:
            bound.auto_id = f"answer-{place}-%s"
        named = name_answer(answer.kind, answer.promised_on) if answer else ""
        listed.append(AnswerableFinding(**each, answer=answer, answer_name=named, form=form, opened=is_open))
    return listed


def store_answer(
    form: AnswerForm, *, week: str, department: str, finding: str, by: Contact, now: datetime
) -> AnswerRow | None:
    """Store the answer of a valid form, and return it as it is read."""
    answer_finding(week=week, department=department, finding=finding, by=by, now=now, **form.values)
    return answers_of(week, department).get(finding)
