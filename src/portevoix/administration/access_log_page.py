"""The access log: which colleague saw or exported whose data."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portevoix.kernel.bounds import MOST_NUMBER
from portevoix.record.permissions import Capability
from portevoix.record.queries import access_log as accesses
from portevoix.web.permissions import require_capability

WHATS = {
    "read": gettext_lazy("opened a conversation"),
    "file": gettext_lazy("downloaded a file"),
    "searched": gettext_lazy("searched all conversations"),
    "found": gettext_lazy("looked for a person"),
    "held": gettext_lazy("looked at what is held on a person"),
    "exported": gettext_lazy("exported"),
    "erased": gettext_lazy("erased a person"),
    "joined": gettext_lazy("said that accounts are one person"),
    "parted": gettext_lazy("said that accounts are several persons"),
    "ruled": gettext_lazy("changed how long data are kept"),
}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(9000, 1, 1))],
    )


class LogFilterForm(forms.Form):
    """Filters of the log, taken from the address."""

    contact = forms.TypedChoiceField(label=gettext_lazy("Colleague"), required=False, coerce=int, empty_value=None)
    what = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        required=False,
        choices=[("", gettext_lazy("All")), *WHATS.items()],
    )
    conversation = forms.IntegerField(
        label=gettext_lazy("Conversation number"), required=False, min_value=1, max_value=MOST_NUMBER
    )
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("Until"))
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST_NUMBER, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, max_value=MOST_NUMBER, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].choices = [
            ("", gettext_lazy("All")),
            *((contact.pk, contact.name) for contact in accesses.readers()),
        ]

    def criteria(self) -> accesses.LogFilter:
        """Return the criteria; `until` is the last day that is shown."""
        fields = self.cleaned_data
        return accesses.LogFilter(
            contact=fields["contact"],
            what=fields["what"],
            conversation=fields["conversation"],
            since=_midnight(fields["since"]),
            until=_midnight(fields["until"] + timedelta(days=1)) if fields["until"] else None,
        )


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


@require_capability(Capability.PRIVACY)
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    form = LogFilterForm(request.GET)
    if not form.is_valid():
        return render(request, "web/settings/access_log.html", {"form": form}, status=422)
    key = {name: form.cleaned_data[name] for name in ("after", "before")}
    page = accesses.log_page(form.criteria(), **key)
    params = {name: value for name, value in request.GET.items() if value and name not in key}
    context = {
        "form": form,
        "lines": [(line, WHATS[line.what]) for line in page.rows],
        "narrowed": bool(params),
        "before": f"?{urlencode({**params, 'before': page.before})}" if page.before else "",
        "after": f"?{urlencode({**params, 'after': page.after})}" if page.after else "",
    }
    return render(request, "web/settings/access_log.html", context)
