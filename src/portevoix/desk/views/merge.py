"""Merging of two conversations about the same matter."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portevoix.desk import forms
from portevoix.desk.composer import drafts
from portevoix.desk.thread.thread_context import merge_context
from portevoix.kernel.errors import BadInput, Conflict
from portevoix.record import operations
from portevoix.record.operations import access_log
from portevoix.record.permissions import Capability
from portevoix.record.queries import conversation as conversations
from portevoix.web.permissions import require_capability

UNUSABLE = 422


@require_capability(Capability.REPLY)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the page on which the other conversation is chosen, or merge them."""
    if request.method != "POST":
        return _choice(request, pk, query=request.GET.get("q", "")[:200])
    form = forms.MergeForm(request.POST)
    if not form.is_valid():
        return _choice(request, pk, status=UNUSABLE, problem=BadInput(forms.CHOOSE_ONE))
    into = form.cleaned_data["into"]
    try:
        operations.merge(conversation=pk, by=request.user, now=request.now, **form.cleaned_data)
    except (BadInput, Conflict) as problem:
        return _choice(request, pk, status=UNUSABLE, problem=problem, chosen=into)
    drafts.move(pk, to=into)
    messages.success(request, _("No. %(number)s is part of this conversation now.") % {"number": pk})
    return _redirect_to(into, status=303)


def _choice(request: HttpRequest, pk: int, *, query: str = "", status: int = 200, **more: Any) -> HttpResponse:
    try:
        page = merge_context(request.user, pk, query, now=request.now)
    except BadInput as problem:
        page = merge_context(request.user, pk, "", now=request.now)
        more, status = more | {"problem": problem}, UNUSABLE
    if page is None:
        return _redirect_to_merged(request, pk)
    access_log.log(access_log.What.READ, by=request.user, now=request.now, conversation=pk)
    return render(request, "desk/merge.html", page | {"query": query} | more, status=status)


def _redirect_to_merged(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the conversation into which this one was merged meanwhile."""
    home = conversations.merged_into(request.user, pk)
    if home is None:
        raise Http404
    messages.info(request, _("No. %(number)s is part of this conversation.") % {"number": pk})
    return _redirect_to(home)


def _redirect_to(pk: int, *, status: int = 302) -> HttpResponse:
    response = redirect("desk:conversation", pk)
    response.status_code = status
    return response
