"""Requests of persons about their data: search, export and erasure."""

from tempfile import SpooledTemporaryFile
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portevoix.administration.access_log_page import WHATS
from portevoix.kernel.errors import PortevoixError
from portevoix.record.operations import access_log
from portevoix.record.operations import erase as operation
from portevoix.record.operations import persons as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import access_log as accesses
from portevoix.record.queries import persons as queries
from portevoix.record.subject_export import size_of_files, write_export
from portevoix.web.notices import attempt, confirm, status_of, to_sentence
from portevoix.web.permissions import require_capability

MOST_BYTES = 200_000_000
"""Bytes of a person's files up to which the pages send an export: it is in memory several times meanwhile."""
IN_MEMORY = 5_000_000
"""Bytes of an export that are kept in memory; a larger one is written to a private file."""


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


@require_capability(Capability.PRIVACY)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    matches = queries.find_citizens(query)
    if query:
        access_log.log(access_log.What.FOUND, by=request.user, now=request.now)
    context = {"form": form, "query": query, "found": matches, "most": queries.MOST}
    return render(request, "web/settings/persons.html", context)


@require_capability(Capability.PRIVACY)
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the data stored on the person to whom this account belongs."""
    holdings = _find_person(pk)
    access_log.log(access_log.What.HELD, by=request.user, now=request.now, author=pk)
    log_lines = [(line, WHATS[line.what]) for line in accesses.of_person(holdings.authors)]
    return render(request, "web/settings/person.html", {"held": holdings, "pk": pk, "seen": log_lines})


@require_capability(Capability.PRIVACY)
@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    _find_person(pk)
    if size_of_files(pk) > MOST_BYTES:
        message = _("The files are too large for this page. On the server: portevoix person export %(number)s FILE")
        messages.error(request, message % {"number": pk})
        return redirect("web-settings:person", pk)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the response closes it
    write_export(pk, file, by=request.user, now=request.now)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=_("person-%(number)s.zip") % {"number": pk})
    response["Cache-Control"] = "private, no-store"
    return response


@require_capability(Capability.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is erased and what stays, and erase after a confirmation."""
    holdings = _find_person(pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        arguments = {"replies": form.cleaned_data["replies"], "by": request.user, "now": request.now}
        if attempt(form, lambda: operation(author=pk, **arguments)):
            _warn_open(request, holdings)
            return confirm(request, _("The person is erased, for good."), "web-settings:persons")
    return render(
        request, "web/settings/person_erase.html", {"held": holdings, "pk": pk, "form": form}, status=status_of(form)
    )


def _warn_open(request: HttpRequest, holdings: Any) -> None:
    if holdings.open:
        numbers = ", ".join(str(row.pk) for row in holdings.open)
        text = _("Still open in the inbox, where a host closes them: conversations %(numbers)s.")
        messages.warning(request, text % {"numbers": numbers})


@require_capability(Capability.PRIVACY)
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Record that several accounts belong to one person."""
    authors = [int(number) for number in request.POST.getlist("account") if number.isdecimal() and len(number) < 19]
    try:
        operations.join(authors=authors, by=request.user, now=request.now)
    except PortevoixError as error:
        messages.error(request, to_sentence(error))
        return redirect("web-settings:persons")
    return confirm(request, _("These accounts are one person from now on."), "web-settings:person", min(authors))


@require_capability(Capability.PRIVACY)
@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    operations.part(author=pk, by=request.user, now=request.now)
    return confirm(request, _("This account is a person of its own again."), "web-settings:person", pk)


def _find_person(pk: int) -> queries.PersonData:
    holdings = queries.person_data(pk)
    if holdings is None:
        raise Http404
    return holdings
