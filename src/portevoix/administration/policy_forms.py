"""Forms of the service policy: by opening hours, and as TOML."""

import json
import re
import tomllib
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.policy import DAYS, ServicePolicy, find_calendar, format_policy, parse_policy
from portevoix.web.notices import told

ALWAYS, HOURS = "always", "hours"
CALENDARS = ("FR", "FR-57", "FR-6AE", "FR-971", "FR-972", "FR-973", "FR-974", "FR-976", "BE", "CH", "LU", "CA-QC")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})(?:\s*[:hH]\s*(\d{2})?)?(?![\d:])")
_DASH = re.compile(r"\s*(?:[-–—]|à|\bto\b)\s*")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EUROPEAN = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def read_hours(text: str) -> list[str]:
    """Return the intervals of a line as people write them: "8h30–12h30, 13:30 - 18h" is 08:30-12:30 and 13:30-18:00."""
    parts = (part.strip() for part in re.split(r"[,;]|\bet\b|\band\b", text))
    return [_DASH.sub("-", _TIME.sub(_clock_time, part)) for part in parts if part]


def _clock_time(match: re.Match[str]) -> str:
    return f"{int(match[1]):02}:{match[2] or '00'}"


def read_dates(text: str) -> frozenset[date]:
    """Return the dates in a text, one a line or by commas, as 2026-12-24 or 24/12/2026. Raise ValidationError."""
    return frozenset(_date(part) for part in map(str.strip, re.split(r"[,;\n]", text)) if part)


def _date(text: str) -> date:
    iso_text = _EUROPEAN.sub(lambda match: f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}", text)
    try:
        return date.fromisoformat(iso_text if _ISO.fullmatch(iso_text) else "")
    except ValueError:
        why = _("“%(said)s” is not a date. Write it like 2026-12-24 or 24/12/2026.")
        raise forms.ValidationError(why, params={"said": text[:40]}) from None


def _fragment(text: str) -> ServicePolicy:
    """Parse a policy of which one part is given, so that the kernel checks that part alone. Raise ValidationError.

    Its errors name no line, as a form has none.
    """
    try:
        return parse_policy(f'timezone = "UTC"\n{text}\n')
    except BadPolicy as error:
        raise forms.ValidationError(told({"text": error.text, "values": error.values})) from error


class HoursForm(forms.Form):
    """Opening hours; `policy` is set once the form is valid. Its time zone is the city's."""

    when = forms.ChoiceField(
        label=gettext_lazy("When is the city at work?"),
        choices=[
            (ALWAYS, gettext_lazy("Always: every hour counts, nights and Sundays too")),
            (HOURS, gettext_lazy("During these hours; only they count")),
        ],
        widget=forms.RadioSelect,
    )
    calendar = forms.CharField(
        label=gettext_lazy("Public holidays"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": "calendars", "autocomplete": "off"}),
        help_text=gettext_lazy("FR for France, FR-57 for Moselle, FR-6AE for Alsace, BE, CH… Empty: none is kept."),
    )
    closed = forms.CharField(
        label=gettext_lazy("Also closed on"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Days, like 2026-12-24 or 24/12/2026, separated by commas."),
    )
    open = forms.CharField(
        label=gettext_lazy("Open all the same on"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Holidays on which the city works its usual hours."),
    )
    first_contact = forms.CharField(
        label=gettext_lazy("First contact within"),
        max_length=10,
        help_text=gettext_lazy("Time until a person replies, be it to say when the answer will come: 8h, 90m…"),
    )
    substance = forms.CharField(
        label=gettext_lazy("Answer within"),
        max_length=10,
        help_text=gettext_lazy("Time until the question is answered, unless a date was promised: 40h…"),
    )

    def __init__(self, *args: Any, timezone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timezone = timezone
        self.policy: ServicePolicy | None = None
        for number, day in enumerate(DAYS):
            self.fields[day] = forms.CharField(label=WEEKDAYS[number], required=False, max_length=200)

    def days(self) -> list[forms.BoundField]:
        return [self[day] for day in DAYS]

    def clean_calendar(self) -> str:
        """Return the calendar's name in capitals: "fr-57" is accepted like "FR-57"."""
        country, dash, region = self.cleaned_data["calendar"].strip().partition("-")
        name = f"{country.upper()}{dash}{region}"
        if name:
            try:
                find_calendar(name)
            except BadInput as error:
                raise forms.ValidationError(told(error)) from error
        return name

    def clean_closed(self) -> frozenset[date]:
        return read_dates(self.cleaned_data["closed"])

    def clean_open(self) -> frozenset[date]:
        return read_dates(self.cleaned_data["open"])

    def clean_first_contact(self) -> int:
        return self._duration("first_contact")

    def clean_substance(self) -> int:
        return self._duration("substance")

    def _duration(self, key: str) -> int:
        text = json.dumps(self.cleaned_data[key].replace(" ", "").lower(), ensure_ascii=False)
        return getattr(_fragment(f"{key} = {text}"), key)

    def clean(self) -> None:
        hours = self._hours() if self.cleaned_data.get("when") == HOURS else None
        if self.errors:
            return
        policy = ServicePolicy(
            timezone=self.timezone,
            first_contact=self.cleaned_data["first_contact"],
            substance=self.cleaned_data["substance"],
            hours=hours,
            calendar=self.cleaned_data["calendar"] or None,
            closed=self.cleaned_data["closed"],
            open=self.cleaned_data["open"],
        )
        self.policy = parse_policy(format_policy(policy))

    def _hours(self) -> dict[int, tuple[tuple[int, int], ...]]:
        hours = {}
        for day in DAYS:
            intervals = read_hours(self.cleaned_data.get(day, ""))
            if not intervals:
                continue
            try:
                part = _fragment(f"[hours]\n{day} = {json.dumps(intervals, ensure_ascii=False)}")
            except forms.ValidationError as error:
                self.add_error(day, error)
            else:
                hours.update(part.hours or {})
        if not hours and not self.errors:
            self.add_error(DAYS[0], _("Write the hours of at least one day, or choose “always” above."))
        return hours


class TomlForm(forms.Form):
    """The policy as TOML; `policy` is set once the form is valid, else `line` is the number of the wrong line."""

    text = forms.CharField(
        label=gettext_lazy("Service policy, in TOML"),
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy: ServicePolicy | None = None
        self.line: int | None = None

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n")
        try:
            self.policy = parse_policy(text)
        except BadPolicy as error:
            self.line = error.line
            where = _("Line %(line)s: %(why)s") if error.line else "%(why)s"
            raise forms.ValidationError(where, params={"line": error.line, "why": told(error)}) from error
        return text

    def blamed(self) -> str:
        """Return the text of the wrong line, "" without one."""
        lines = self.data.get("text", "").splitlines()
        return lines[self.line - 1] if self.line and self.line <= len(lines) else ""


def initial_of(policy: ServicePolicy) -> dict[str, Any]:
    """Return the initial values of `HoursForm` for a policy."""
    document = tomllib.loads(format_policy(policy))
    hours = document.get("hours", {})
    return {
        "when": HOURS if hours else ALWAYS,
        **{day: ", ".join(hours.get(day, [])) for day in DAYS},
        "calendar": policy.calendar or "",
        "closed": ", ".join(map(str, sorted(policy.closed))),
        "open": ", ".join(map(str, sorted(policy.open))),
        "first_contact": document["first_contact"],
        "substance": document["substance"],
    }
