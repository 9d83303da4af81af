"""Persons: who asks what is held on them, or to be forgotten, is answered from here."""

from tempfile import SpooledTemporaryFile
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portevoix.administration.accesslog import WHATS
from portevoix.kernel.errors import PortevoixError
from portevoix.record.operations import access_log
from portevoix.record.operations import erase as operation
from portevoix.record.operations import persons as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import access_log as accesses
from portevoix.record.queries import persons as queries
from portevoix.record.subject_export import write
from portevoix.web.notices import attempt, done, status_of, told
from portevoix.web.permissions import allowed

IN_MEMORY = 5_000_000
"""Bytes of an export that are kept in memory; a larger one is written to a file that nobody else sees."""


class FindForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, account or address"), required=False, max_length=200)


class EraseForm(forms.Form):
    replies = forms.BooleanField(
        label=gettext_lazy("Empty our replies to this person too"),
        required=False,
        help_text=gettext_lazy(
            "Without the tick they stay, and the person’s name, account, addresses and telephone numbers are taken out "
            "of them. Tick it when replies repeat what the person wrote."
        ),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I have made sure that this person asked for it, and I know that it cannot be undone."),
        error_messages={"required": gettext_lazy("Say that you are sure: nothing was erased.")},
    )


@allowed(Capability.PRIVACY)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.find(query)
    if query:
        access_log.log(access_log.What.FOUND, by=request.user, now=request.now)
    context = {"form": form, "query": query, "found": found, "most": queries.MOST}
    return render(request, "web/settings/persons.html", context)


@allowed(Capability.PRIVACY)
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What is held on the person to whom this account belongs."""
    held = _held(pk)
    access_log.log(access_log.What.HELD, by=request.user, now=request.now, author=pk)
    seen = [(line, WHATS[line.what]) for line in accesses.of_person(held.authors)]
    return render(request, "web/settings/person.html", {"held": held, "pk": pk, "seen": seen})


@allowed(Capability.PRIVACY)
@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    _held(pk)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the response closes it
    write(pk, file, by=request.user, now=request.now)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=_("person-%(number)s.zip") % {"number": pk})
    response["Cache-Control"] = "private, no-store"
    return response


@allowed(Capability.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what goes and what stays, and asks."""
    held = _held(pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"replies": form.cleaned_data["replies"], "by": request.user, "now": request.now}
        if attempt(form, lambda: operation(author=pk, **given)):
            _say_open(request, held)
            return done(request, _("The person is erased, for good."), "web-settings:persons")
    return render(
        request, "web/settings/person_erase.html", {"held": held, "pk": pk, "form": form}, status=status_of(form)
    )


def _say_open(request: HttpRequest, held: Any) -> None:
    if held.open:
        numbers = ", ".join(str(row.pk) for row in held.open)
        text = _("Still open in the inbox, where a host closes them: conversations %(numbers)s.")
        messages.warning(request, text % {"numbers": numbers})


@allowed(Capability.PRIVACY)
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Several accounts are one person."""
    chosen = [int(number) for number in request.POST.getlist("account") if number.isdecimal() and len(number) < 19]
    try:
        operations.join(authors=chosen, by=request.user, now=request.now)
    except PortevoixError as error:
        messages.error(request, told(error))
        return redirect("web-settings:persons")
    return done(request, _("These accounts are one person from now on."), "web-settings:person", min(chosen))


@allowed(Capability.PRIVACY)
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    operations.part(author=pk, by=request.user, now=request.now)
    return done(request, _("This account is a person of its own again."), "web-settings:person", pk)


def _held(pk: int) -> queries.Held:
    held = queries.held(pk)
    if held is None:
        raise Http404
    return held
