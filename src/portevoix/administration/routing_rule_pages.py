"""Settings of routing rules, which the city sets itself and which precede all predictions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portevoix.administration.rule_forms import RuleForm
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.operations import rules as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import city
from portevoix.record.queries import rules as queries
from portevoix.web import rule_sentences
from portevoix.web.formatting import by_name
from portevoix.web.notices import attempt, confirm, status_of, to_sentence
from portevoix.web.permissions import require_capability


@require_capability(Capability.SETTINGS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    rules = [
        {
            "listed": one,
            "caption": rule_sentences.caption(one.rule),
            "sentence": rule_sentences.sentence(one.rule, one.row.department.name),
        }
        for one in queries.list_rules(now=request.now)
    ]
    return render(request, "web/settings/rules.html", {"rules": rules})


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _find_rule(pk))


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the rule, after a confirmation."""
    row = _find_rule(pk)
    rule = queries.value_of(row)
    if request.method == "POST":
        operations.delete(rule=pk, by=request.user)
        return confirm(
            request, _("The rule “%(name)s” is deleted.") % {"name": rule_sentences.caption(rule)}, "web-settings:rules"
        )
    context = {
        "row": row,
        "caption": rule_sentences.caption(rule),
        "sentence": rule_sentences.sentence(rule, row.department.name),
    }
    return render(request, "web/settings/rule_delete.html", context)


@require_capability(Capability.SETTINGS)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        place = operations.move(rule=pk, up=request.POST.get("to") == "up", by=request.user)
    except PortevoixError as error:
        messages.error(request, to_sentence(error))
        return redirect("web-settings:rules")
    name = rule_sentences.caption(queries.value_of(_find_rule(pk)))
    return confirm(
        request, _("The rule “%(name)s” is now no. %(place)s.") % {"name": name, "place": place}, "web-settings:rules"
    )


def _edit(request: HttpRequest, row: Any) -> HttpResponse:
    rule = queries.value_of(row) if row else None
    form = RuleForm(request.POST or None, accounts=city.accounts(), departments=by_name(city.departments()), rule=rule)
    context = {"form": form, "row": row, "caption": rule_sentences.caption(rule) if rule else ""}
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            context |= _try_rule(form, request)
        elif attempt(form, lambda: operations.save(rule=form.rule(), by=request.user, now=request.now)):
            return confirm(request, _("The rule is saved. It holds for messages from now on."), "web-settings:rules")
    context["shown"] = form.unfolded_groups()
    part = "web/settings/rule_tried.html" if request.htmx and "try" in request.POST else "web/settings/rule.html"
    return render(request, part, context, status=status_of(form))


def _try_rule(form: RuleForm, request: HttpRequest) -> dict[str, Any]:
    """Return the messages that the rule would have matched.

    When it cannot be tried, return {} and add the error to the form.
    """
    rule = form.rule()
    try:
        trial = queries.trial(rule, by=request.user)
    except BadInput as error:
        form.add_error(None, to_sentence(error))
        return {}
    samples = [(one, rule_sentences.caption(one.earlier) if one.earlier else "") for one in trial.samples]
    return {"trial": trial, "samples": samples, "conditions": rule_sentences.conditions(rule)}


def _find_rule(pk: int) -> Any:
    row = queries.rule(pk)
    if row is None:
        raise Http404
    return row
