"""The form of a routing rule."""

import re
from collections.abc import Callable, Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portevoix.kernel.errors import BadInput
from portevoix.text.routing.routing_rule import (
    DAY_MIN,
    Circle,
    Hours,
    Rule,
    check_articles,
    check_circle,
    check_hours,
    check_words,
)
from portevoix.web.notices import to_sentence
from portevoix.web.templatetags.shell import channel_name

_DECIMAL_POINTS = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*[,;/\s]\s*(-?\d{1,3}(?:\.\d+)?)")
_DECIMAL_COMMAS = re.compile(r"(-?\d{1,3}(?:,\d+)?)\s*[;/\s]\s*(-?\d{1,3}(?:,\d+)?)")
DEFAULT_RADIUS_M = 500


def _split_entries(text: str, between: str) -> tuple[str, ...]:
    """Split a text at line breaks and at the characters of `between`, each entry once."""
    parts = (part.strip(" \t\r-•") for part in re.split(f"[{between}\n]", text))
    return tuple(dict.fromkeys(filter(None, parts)))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


class RuleForm(forms.Form):
    """A routing rule; `rule()` returns it once the form is valid."""

    words = forms.CharField(
        label=gettext_lazy("When the message says one of these words"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One a line, or separated by commas: piscine*, maître nageur. Whole words, several for a phrase; accents "
            "and capitals do not matter. A * stands for whatever follows: piscine* is also piscines."
        ),
    )
    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("And comes to one of these accounts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: to any of them."),
    )
    articles = forms.CharField(
        label=gettext_lazy("And speaks of an article at one of these addresses"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line, for messages from the form under your articles. ville.example/sport holds for all that lies "
            "under it, /sport for the same on any of your sites; a * stands for anything."
        ),
    )
    places = forms.CharField(
        label=gettext_lazy("Names of places"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Streets, squares, districts that a message may name: quai des Tuileries, Saint-Clair."),
    )
    centre = forms.CharField(
        label=gettext_lazy("Or around this point"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Latitude and longitude, as a map shows them: 47.3941, -1.1829. Few messages say where they were written."
        ),
    )
    radius = forms.FloatField(
        label=gettext_lazy("Within so many metres"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "step": 1}),
        help_text=gettext_lazy("Empty: 500."),
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: on any day."),
    )
    start = forms.TimeField(
        label=pgettext_lazy("time of day", "From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("When the citizen wrote, in the city’s time. Both empty: the whole day."),
    )
    end = forms.TimeField(
        label=pgettext_lazy("time of day", "Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Earlier than “from”: until the next day, as in 22:00 to 06:00."),
    )
    department = forms.ChoiceField(label=gettext_lazy("Then it goes to"))
    name = forms.CharField(
        label=gettext_lazy("What you call this rule"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "Hosts read it beside each conversation that it routed: “Pools”, “Noise at night”. Empty: its conditions."
        ),
    )

    def __init__(
        self, *args: Any, accounts: Iterable[Any], departments: Iterable[Any], rule: Rule | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=_initial(rule) if rule else None, **kwargs)
        self._id = rule.id if rule else 0
        self._accounts = {str(row.pk): (row.channel, row.address) for row in accounts}
        self.fields["accounts"].choices = [
            (pk, f"{channel_name(channel)} · {address}") for pk, (channel, address) in self._accounts.items()
        ]
        if rule:
            self.initial["accounts"] = [pk for pk, account in self._accounts.items() if account in rule.accounts]
        self.fields["department"].required = "try" not in self.data  # what would be caught does not depend on it
        open_ones = [(row.slug, row.name) for row in departments if row.active]
        self.fields["department"].choices = [("", _("Choose")), *open_ones]

    def rule(self) -> Rule:
        fields = self.cleaned_data
        return Rule(
            department=fields["department"],
            words=fields["words"],
            accounts=tuple(self._accounts[pk] for pk in fields["accounts"]),
            articles=fields["articles"],
            circle=fields["circle"],
            places=fields["places"],
            hours=fields["hours"],
            id=self._id,
            name=" ".join(fields["name"].split()),
        )

    def clean_words(self) -> tuple[str, ...]:
        return self._read_entries("words", check_words)

    def clean_places(self) -> tuple[str, ...]:
        return self._read_entries("places", check_words)

    def clean_articles(self) -> tuple[str, ...]:
        return self._read_entries("articles", check_articles, between="")  # an address may have commas

    def _read_entries(self, name: str, check: Callable[[Iterable[str]], None], between: str = ",;") -> tuple[str, ...]:
        entries = _split_entries(self.cleaned_data[name], between)
        try:
            check(entries)
        except BadInput as error:
            raise forms.ValidationError(to_sentence(error)) from error
        return entries

    def clean(self) -> None:
        self.cleaned_data["circle"] = self._part("centre", self._circle)
        self.cleaned_data["hours"] = self._part("start", self._hours)

    def _part[Part](self, field: str, make: Callable[[], Part | None]) -> Part | None:
        """Return the value of several fields together; its errors are added to `field`."""
        try:
            return make()
        except BadInput as error:
            self.add_error(field, to_sentence(error))
        except forms.ValidationError as error:
            self.add_error(field, error)
        return None

    def _circle(self) -> Circle | None:
        text, radius = self.cleaned_data.get("centre", "").strip(), self.cleaned_data.get("radius")
        if not text:
            if radius is None:
                return None
            raise forms.ValidationError(_("Around which point? Write its latitude and longitude, or leave both empty."))
        match = _DECIMAL_POINTS.fullmatch(text) or _DECIMAL_COMMAS.fullmatch(text)
        if match is None:
            raise forms.ValidationError(_("This is not a point. Write its latitude and longitude: 47.3941, -1.1829."))
        lat, lon = (float(number.replace(",", ".")) for number in match.groups())
        circle = Circle(lat, lon, DEFAULT_RADIUS_M if radius is None else radius)
        check_circle(circle)
        return circle

    def _hours(self) -> Hours | None:
        if "start" in self.errors or "end" in self.errors:
            return None
        days, start, end = (self.cleaned_data.get(name) for name in ("days", "start", "end"))
        if (start is None) is not (end is None):
            raise forms.ValidationError(_("Write both times, or neither for the whole day."))
        if start is None or end is None:
            return Hours(frozenset(days)) if days else None
        hours = Hours(frozenset(days or ()), _minutes(start), _minutes(end))
        check_hours(hours)
        return hours

    def unfolded_groups(self) -> dict[str, bool]:
        """Return which of the rare conditions are unfolded: those that are filled in or wrong."""
        groups = {"articles": ["articles"], "area": ["places", "centre", "radius"], "hours": ["days", "start", "end"]}
        return {
            group: any(self[name].value() or self[name].errors for name in names) for group, names in groups.items()
        }


def _initial(rule: Rule) -> dict[str, Any]:
    circle, hours = rule.circle, rule.hours
    has_times = hours and (hours.start, hours.end) != (0, DAY_MIN)
    return {
        "name": rule.name,
        "words": "\n".join(rule.words),
        "articles": "\n".join(rule.articles),
        "places": "\n".join(rule.places),
        "centre": f"{circle.lat}, {circle.lon}" if circle else "",
        "radius": circle.radius if circle else None,
        "days": sorted(hours.days) if hours else [],
        "start": time(*divmod(hours.start, 60)) if hours and has_times else None,
        "end": time(*divmod(hours.end % DAY_MIN, 60)) if hours and has_times else None,
        "department": rule.department,
    }
