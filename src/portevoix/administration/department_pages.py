"""Settings of departments, and the words by which messages are routed to them."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.record.operations import city as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.record.queries import rules
from portevoix.web.formatting import by_name
from portevoix.web.notices import attempt, confirm, status_of
from portevoix.web.permissions import require_capability
from portevoix.web.rule_sentences import caption


class DepartmentForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As colleagues call it: “Roads”, “Green spaces”, “Registry office”."),
    )
    description = forms.CharField(
        label=gettext_lazy("What it does"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A sentence or two, in the words that citizens use."),
    )
    competences = forms.CharField(
        label=gettext_lazy("What it is in charge of"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "One a line: potholes, street lamps, road signs… Messages are first routed by the words written here and "
            "above; later also by what hosts decide."
        ),
    )
    active = forms.BooleanField(
        label=gettext_lazy("Receives messages"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without the tick no new message is routed to it; what it had stays."),
    )

    def clean_competences(self) -> list[str]:
        lines = (line.strip(" \t-•*") for line in self.cleaned_data["competences"].splitlines())
        return list(dict.fromkeys(filter(None, lines)))


def _sorted_departments() -> list[Any]:
    """Return the departments by name, those that no longer receive messages last."""
    return sorted(by_name(queries.departments()), key=lambda row: not row.active)


@require_capability(Capability.SETTINGS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "web/settings/departments.html", {"departments": _sorted_departments()})


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    department = queries.department(slug)
    if department is None:
        raise Http404
    return _edit(request, department)


def _edit(request: HttpRequest, department: Any) -> HttpResponse:
    form = DepartmentForm(request.POST or None, initial=_initial(department))
    sending = rules.sending_to(department.slug) if department else []
    if request.method == "POST" and form.is_valid():
        slug = department.slug if department else _free_slug(form.cleaned_data["name"])
        if attempt(form, partial(operations.save_department, slug=slug, **form.cleaned_data, by=request.user)):
            message = _("The department “%(name)s” is saved.") % {"name": form.cleaned_data["name"]}
            answer = confirm(request, message, "web-settings:departments")
            if sending and not form.cleaned_data["active"]:
                messages.warning(request, _idle_rules_warning(len(sending), form.cleaned_data["name"]))
            return answer
    context = {"form": form, "department": department, "sending": [(rule.id, caption(rule)) for rule in sending]}
    return render(request, "web/settings/department.html", context, status=status_of(form))


def _idle_rules_warning(count: int, name: str) -> str:
    sentence = ngettext(
        "%(number)s rule that gives messages to “%(name)s” does nothing now: under Rules, choose another department.",
        "%(number)s rules that give messages to “%(name)s” do nothing now: under Rules, choose other departments.",
        count,
    )
    return sentence % {"number": count, "name": name}


def _initial(department: Any) -> dict[str, Any] | None:
    if department is None:
        return None
    return {
        "name": department.name,
        "description": department.description,
        "competences": "\n".join(department.competences),
        "active": department.active,
    }


def _free_slug(name: str) -> str:
    """Return a slug that no other department has."""
    base = slugify(name)[:60] or "department"
    slug, number = base, 2
    while queries.department(slug):
        slug, number = f"{base}-{number}", number + 1
    return slug
