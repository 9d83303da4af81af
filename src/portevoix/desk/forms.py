"""The desk's forms. They only parse; the record's operations decide what is allowed."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portevoix.desk import desk_words
from portevoix.desk.composer.length import length_of
from portevoix.kernel.bounds import MOST_NUMBER
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.queries.bulk_refusal import Criteria
from portevoix.record.queries.conversation import ReplyWay

OTHER = "other"
CHOOSE_ONE = gettext_noop("Choose the conversation that it is the same matter as.")


def _area(label: Any, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more)


_EARLIEST, _LATEST = 1900, 2200  # years


class _Instant(forms.DateTimeField):
    """A moment within the range of all time zones and databases."""

    def to_python(self, value: Any) -> Any:
        instant = super().to_python(value)
        if instant is not None and not _EARLIEST < instant.year < _LATEST:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return instant


class _Moment(_Instant):
    """A date and a time in the city's zone, in the format of the browser's own field."""

    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class InboxForm(forms.Form):
    """Filters and search, taken from the address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    addressed = forms.ChoiceField(label=_("Addressed"), required=False)

    def __init__(self, data: Any, *, channels: list[tuple[str, str]], departments: list[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="filter-%s")
        everything = [("", _("All"))]
        self.fields["channel"].choices = everything + channels
        self.fields["department"].choices = [*everything, ("-", _("None yet")), *departments]
        self.fields["kind"].choices = everything + list(desk_words.KINDS.items())
        self.fields["addressed"].choices = everything + list(desk_words.ADDRESS_TYPES.items())


class ReplyForm(forms.Form):
    """The composer. `seen` is the version of the conversation that the page showed.

    `promise` is one of the proposed times, or OTHER: then `promised_at` says which. Both are in the city's time.
    """

    text = _area(_("Your reply"), 7)
    reply = forms.ChoiceField(choices=[("answer", _("Answer")), ("holding", _("Holding reply"))], initial="answer")
    promise = forms.CharField(required=False)
    promised_at = _Moment(label=_("Date and time"), required=False)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, way: ReplyWay | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.way = way

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if self.way and (refusal := length_of(text, self.way).refusal):
            raise forms.ValidationError(refusal)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or {}
        if cleaned_data.get("reply") != "holding":
            return cleaned_data | {"promised_at": None}
        promise = cleaned_data.get("promise")
        if promise and promise != OTHER:
            cleaned_data["promised_at"] = _Moment().clean(promise)
        elif not cleaned_data.get("promised_at") and "promised_at" not in self.errors:
            self.add_error("promised_at", _("Say by when the answer will come: choose a date and a time."))
        return cleaned_data


class NoteForm(forms.Form):
    text = _area(_("Note for colleagues"), 3)


class AssignForm(forms.Form):
    to = forms.IntegerField(label=_("Colleague"), min_value=1, max_value=MOST_NUMBER)


class RouteForm(forms.Form):
    department = forms.CharField(label=_("Department"), required=False)


class LabelForm(forms.Form):
    """Kind, sentiment or both. `seen` is the version of the conversation that the page showed."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(desk_words.KINDS.items()), required=False)
    valence = forms.ChoiceField(label=_("Sentiment"), choices=list(desk_words.SENTIMENTS.items()), required=False)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class InquireForm(forms.Form):
    department = forms.CharField(label=_("Department"))
    question = _area(_("What do you need to know?"), 4)


class InformForm(forms.Form):
    """A department's answer, and the ruling on what the citizen may learn."""

    answer = _area(_("Answer"), 5)
    ruling = forms.ChoiceField(choices=list(desk_words.RULINGS.items()), required=False, widget=forms.RadioSelect)
    not_before = forms.DateField(label=_("From this date on"), required=False, widget=forms.DateInput({"type": "date"}))
    reason = _area(_("Why it may not be said"), 2)


class MergeForm(forms.Form):
    """`into` is the conversation that stays, `seen` the version of the other one that the page showed."""

    into = forms.IntegerField(min_value=1, max_value=MOST_NUMBER)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class CommonForm(forms.Form):
    """Criteria for refusing several messages that are set aside. `before`: when the list was shown."""

    state = forms.ChoiceField(
        label=_("Which of them"),
        choices=[("held", _("Messages to admit")), ("quarantined", _("Messages that could not be taken in"))],
    )
    words = forms.CharField(
        label=_("Words of the message"),
        required=False,
        max_length=200,
        help_text=_("Each of these occurs in it; capitals and accents do not matter."),
    )
    sender = forms.CharField(
        label=_("Sender"), required=False, max_length=200, help_text=_("Words of the name or of the address.")
    )
    article = forms.CharField(
        label=_("Article"), required=False, max_length=200, help_text=_("Words of its title or of its address.")
    )
    account = forms.TypedChoiceField(label=_("Came in by"), required=False, coerce=int, empty_value=None)
    since = _Moment(label=_("Came in from"), required=False)
    until = _Moment(label=_("Came in until"), required=False)
    before = _Instant(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, accounts: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["account"].choices = [("", _("All")), *accounts]

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or {}
        if not self.errors and not any(
            cleaned_data.get(name) for name in ("words", "sender", "article", "account", "since", "until")
        ):
            raise forms.ValidationError(_("Say at least one thing that these messages have in common."))
        if cleaned_data.get("since") and cleaned_data.get("until") and cleaned_data["since"] >= cleaned_data["until"]:
            self.add_error("until", _("The end comes before the beginning."))
        return cleaned_data

    def common(self, *, before: datetime) -> Criteria:
        """Return the criteria, limited to messages that came before the list was shown."""
        criteria = {name: value for name, value in self.cleaned_data.items() if name != "before"}
        return Criteria(**{**criteria, "until": min(criteria["until"] or before, before)})


class CloseForm(forms.Form):
    why = forms.CharField(label=_("Why (optional)"), required=False, max_length=200)
