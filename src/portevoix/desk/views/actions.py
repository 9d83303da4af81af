"""Actions on a conversation. Each is a form, one operation, and a redirect to the conversation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portevoix.channels.media import MOST_BYTES
from portevoix.desk import forms
from portevoix.desk.composer import drafts, send_reply
from portevoix.desk.composer.length import length_of
from portevoix.desk.inbox.inbox_context import build_query
from portevoix.desk.views import pictures
from portevoix.desk.views.conversation_page import MOST_DRAFT, show
from portevoix.kernel.errors import BadInput, Conflict, NotPossible, PortevoixError
from portevoix.record import operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import conversation as conversations
from portevoix.web.permissions import require_capability
from portevoix.web.uploads import takes_files

CONFLICT, UNUSABLE = 409, 422

type Do = Callable[..., object]


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect with 303: the browser, or htmx, then gets the conversation as it is now."""
    target = reverse("desk:conversation", args=[pk]) + build_query(request.GET)
    return HttpResponseRedirect(target, status=303)


def _act(
    request: HttpRequest, pk: int, form: django_forms.Form, do: Do, success_text: str, **arguments: Any
) -> HttpResponse:
    """Call `do` with the form's data. When it fails, show the form again with what was typed."""
    name = request.resolver_match.url_name
    if not form.is_valid():
        return show(request, pk, status=UNUSABLE, failed=name, form=form)
    try:
        do(conversation=pk, by=request.user, now=request.now, **form.cleaned_data, **arguments)
    except (BadInput, NotPossible, Conflict) as problem:
        return _show_problem(request, pk, problem, failed=name, form=form)
    messages.success(request, success_text)
    return _back(request, pk)


def _show_problem(request: HttpRequest, pk: int, problem: PortevoixError, **more: Any) -> HttpResponse:
    conflict = isinstance(problem, Conflict)
    # htmx shows 422 in the place of the page, and no other refusal.
    status = CONFLICT if conflict and not request.htmx else UNUSABLE
    return show(request, pk, status=status, problem=problem, conflict=conflict, **more)


@takes_files(MOST_BYTES)
@require_capability(Capability.REPLY)
@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an answer or a holding reply; with "preview", show the posts it would become.

    A refusal loses neither text nor pictures.
    """
    way = conversations.reply_way(request.user, pk)
    if way is None:
        raise Http404
    now, fields = request.now, request.POST
    problem = pictures.take(request, pk)
    form = forms.ReplyForm(fields, way=way)
    valid = form.is_valid()
    since = form.cleaned_data.get("seen")
    if problem:
        drafts.save_draft(request.user, pk, fields.get("text", "")[:MOST_DRAFT], now=now)
        return show(request, pk, since=since, status=UNUSABLE, reply=form, picture_problem=problem, fresh=True)
    if not valid or "preview" in fields:
        drafts.save_draft(request.user, pk, fields.get("text", "")[:MOST_DRAFT], now=now)
        return show(request, pk, since=since, status=HttpResponse.status_code if valid else UNUSABLE, reply=form)
    try:
        send_reply.send(request.user, pk, form.cleaned_data, now=now)
    except (BadInput, NotPossible, Conflict) as problem:
        return _show_problem(request, pk, problem, since=since, reply=form)
    messages.success(request, _leaving(len(length_of(form.cleaned_data["text"], way).posts)))
    return _back(request, pk)


def _leaving(posts: int) -> str:
    if posts < 2:
        return _("Your reply leaves within seconds.")
    sentence = ngettext(
        "Your reply leaves within seconds, as %(count)s post.",
        "Your reply leaves within seconds, as %(count)s posts.",
        posts,
    )
    return sentence % {"count": posts}


@require_capability(Capability.NOTE)
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, forms.NoteForm(request.POST), operations.note, _("Your note is kept."))


@require_capability(Capability.REPLY)
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, forms.AssignForm(request.POST), operations.assign, _("Given."))


@require_capability(Capability.REPLY)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    success_text = _("It is yours.")
    return _act(request, pk, django_forms.Form(request.POST), operations.assign, success_text, to=request.user.pk)


@require_capability(Capability.REPLY)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, django_forms.Form(request.POST), operations.release, _("Given back to everybody."))


@require_capability(Capability.REPLY)
@require_POST
def route(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, forms.RouteForm(request.POST), operations.route, _("The department is changed."))


@require_capability(Capability.REPLY)
@require_POST
def label(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, forms.LabelForm(request.POST), operations.label, _("The labels are changed."))


@require_capability(Capability.REPLY)
@require_POST
def inquire(request: HttpRequest, pk: int) -> HttpResponse:
    success_text = _("The question is put to the department.")
    return _act(request, pk, forms.InquireForm(request.POST), operations.inquire, success_text)


@require_capability(Capability.INFORM)
@require_POST
def inform(request: HttpRequest, pk: int, inquiry: int) -> HttpResponse:
    """Store the department's answer, given from one of the conversations that it concerns."""

    def do(*, conversation: int, by: Any, now: datetime, **answer: Any) -> None:
        operations.inform(inquiry=inquiry, by=by, now=now, **answer)

    return _act(request, pk, forms.InformForm(request.POST), do, _("Your answer is with the hosts."))


@require_capability(Capability.REPLY)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, forms.CloseForm(request.POST), operations.close, _("The conversation is closed."))


@require_capability(Capability.REPLY)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, django_forms.Form(request.POST), operations.reopen, _("The conversation is open again."))
