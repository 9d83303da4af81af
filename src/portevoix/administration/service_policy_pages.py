"""Settings of the service policy: working hours and deadlines, with a preview and all versions."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.administration.policy_forms import CALENDARS, HoursForm, TomlForm, initial_of
from portevoix.administration.preview import Example, examples
from portevoix.kernel.policy import ServicePolicy, format_policy, parse_policy
from portevoix.record.operations.city import save_policy
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.web.notices import attempt, confirm, status_of
from portevoix.web.permissions import require_capability

MOST_DIGITS = 10
"""Maximum length of a version's number."""


class MomentForm(forms.Form):
    """A time of the reader's choosing, to try the policy with."""

    moment = forms.DateTimeField(
        label=gettext_lazy("Try a time of your own"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


def _preview(policy: ServicePolicy | None, moment: MomentForm, now: datetime) -> list[Example]:
    """Return the examples; none while the policy cannot be read."""
    if policy is None:
        return []
    own = moment.cleaned_data.get("moment") if moment.is_bound and moment.is_valid() else None
    return examples(policy, now=now, own=own.replace(tzinfo=None) if own else None)


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Show and save the policy as a form of hours. A POST with "preview" saves nothing."""
    policy, city = parse_policy(queries.policies()[0].text), queries.city()
    form = HoursForm(request.POST or None, initial=initial_of(policy), timezone=city.timezone)
    return _page(request, form, policy, template="web/settings/policy.html")


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def toml(request: HttpRequest) -> HttpResponse:
    """Show and save the policy as TOML; ?version= starts from an earlier one."""
    version = request.GET.get("version", "")
    text = (
        _version(int(version)).text
        if version.isdecimal() and len(version) < MOST_DIGITS
        else queries.policies()[0].text
    )
    form = TomlForm(request.POST or None, initial={"text": text})
    return _page(request, form, parse_policy(text), template="web/settings/policy_toml.html")


def _page(request: HttpRequest, form: Any, policy: ServicePolicy | None, *, template: str) -> HttpResponse:
    moment = MomentForm(request.POST or None)
    if request.method == "POST":
        policy = form.policy if form.is_valid() else None
        if policy and "save" in request.POST and attempt(form, lambda: _save(form, request)):
            return confirm(
                request, _("The service policy is saved. It holds for messages from now on."), "web-settings:policy"
            )
    context = {
        "form": form,
        "moment": moment,
        "examples": _preview(policy, moment, request.now),
        "zone": policy.timezone if policy else "UTC",
        "calendars": CALENDARS,
        "versions": queries.policies(),
    }
    part = "web/settings/preview.html" if request.htmx and "save" not in request.POST else template
    return render(request, part, context, status=status_of(form))


def _save(form: HoursForm | TomlForm, request: HttpRequest) -> None:
    text = form.cleaned_data["text"] if isinstance(form, TomlForm) else format_policy(form.policy)
    save_policy(text=text, by=request.user, now=request.now)


@require_capability(Capability.SETTINGS)
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    row = _version(number)
    policy = parse_policy(row.text)
    context = {
        "version": row,
        "current": queries.policies()[0],
        "examples": examples(policy, now=request.now),
        "zone": policy.timezone,
    }
    return render(request, "web/settings/policy_version.html", context)


def _version(number: int) -> Any:
    row = next((row for row in queries.policies() if row.version == number), None)
    if row is None:
        raise Http404
    return row


def move(*, to: str, by: Any, now: datetime) -> None:
    """Move the policy into the city's new time zone."""
    policy = parse_policy(queries.policies()[0].text)
    if policy.timezone != to:
        save_policy(text=format_policy(replace(policy, timezone=to)), by=by, now=now)
