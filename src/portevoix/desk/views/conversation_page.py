"""One conversation: its page, the parts that refresh, and its full messages."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portevoix.desk.composer import drafts
from portevoix.desk.inbox.inbox_context import build_query, inbox_context, tabs_context
from portevoix.desk.push import colleague_presence
from portevoix.desk.thread.thread_context import conversation_context, draft_state, message_context
from portevoix.record.permissions import Capability
from portevoix.record.queries import conversation as conversations
from portevoix.web.permissions import require_capability

# Which part of the page goes where htmx asks it to.
PARTS = {"main": "work", "thread": "thread"}
ROWS = "rows-area"
MOST_DRAFT = 40_000


@require_capability(Capability.READ)
@require_safe
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    if request.htmx.target == ROWS:
        rows = inbox_context(request.user, request.GET, house=request.house, now=request.now, counted=False)
        return render(request, "desk/conversation.html#rows", rows | {"conversation": {"pk": pk}})
    return show(request, pk, since=_since(request))


def show(
    request: HttpRequest,
    pk: int,
    *,
    since: int | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Render the page, or the part that htmx asks for. `more` is added to the context: a `problem`, a rejected form."""
    reply = more.pop("reply", None)
    page = conversation_context(request.user, pk, house=request.house, now=request.now, since=since, reply=reply)
    if page is None:
        return _show_merged(request, pk, status=status, **more)
    context = page | {"query": build_query(request.GET)} | more
    if part := PARTS.get(request.htmx.target):
        return render(request, f"desk/conversation.html#{part}", context, status=status)
    return render(request, "desk/conversation.html", tabs_context(request.GET) | context, status=status)


def _show_merged(request: HttpRequest, pk: int, *, status: int, **more: Any) -> HttpResponse:
    """Show the conversation into which this one was merged, with what was being written here."""
    home = conversations.merged_into(request.user, pk)
    if home is None:
        raise Http404
    drafts.move(pk, to=home)
    if request.method == "POST":
        return show(request, home, status=status, **more)
    if request.htmx.target == "thread":
        return render(request, "desk/conversation.html#joined", {"home": home, "query": build_query(request.GET)})
    messages.info(request, _("No. %(number)s is part of this conversation.") % {"number": pk})
    return redirect(reverse("desk:conversation", args=[home]) + build_query(request.GET))


def _since(request: HttpRequest) -> int | None:
    """Return the version that the page showed, as its composer holds it."""
    version = request.GET.get("seen", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None


@require_capability(Capability.READ)
@require_POST
def present(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the page is open, and return who else is there."""
    if not conversations.sees(request.user, pk):
        raise Http404
    return _present(request, pk)


@require_capability(Capability.REPLY)
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what is being written; others on the conversation see that somebody is writing."""
    way, text = conversations.reply_way(request.user, pk), request.POST.get("text", "")
    if way is None or conversations.is_erased(pk):
        raise Http404
    drafts.describe(request.user, pk, request.POST)
    if len(text) > MOST_DRAFT:  # before anything is counted in it
        response = _present(request, pk, typing=True, draft_told=True, too_long=len(text), most=MOST_DRAFT)
        response.status_code = 422
        response["HX-Retarget"] = "#presence"  # it says itself what is wrong
        return response
    drafts.save_draft(request.user, pk, text, now=request.now)
    state = draft_state(way, text)
    return _present(request, pk, typing=True, draft_told=True, draft_kept=True, **state)


def _present(request: HttpRequest, pk: int, *, typing: bool = False, **more: Any) -> HttpResponse:
    here = colleague_presence.arrive(request.user, pk, house=request.house, now=request.now, typing=typing)
    context = {"presence": here.others, "conversation": {"pk": pk}, **more}
    return render(request, "desk/conversation.html#presence", context)


@require_capability(Capability.READ)
@require_safe
def message(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """Show one full message, page by page: the conversation shows only the beginning of a long one."""
    context = message_context(request.user, pk, message, page=request.GET.get("page", ""), now=request.now)
    if context is None:
        raise Http404
    return render(request, "desk/whole.html", context)
