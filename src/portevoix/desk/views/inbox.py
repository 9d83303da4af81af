"""The start page, the list of conversations, and the inquiries of one's departments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portevoix.desk.inbox.inbox_context import home_url, inbox_context, parse_filters
from portevoix.record.operations import access_log
from portevoix.record.permissions import Capability
from portevoix.record.queries.conversation import inquiries_for
from portevoix.web.permissions import require_capability


@require_capability(Capability.READ)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the colleague's start page."""
    return redirect(home_url(request.user))


@require_capability(Capability.READ)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    context = inbox_context(request.user, request.GET, house=request.house, now=request.now)
    if parse_filters(request.GET).query:
        access_log.log(access_log.What.SEARCHED, by=request.user, now=request.now)
    if request.htmx.target == "list":
        return render(request, "desk/inbox.html#list", context)
    return render(request, "desk/inbox.html", context)


@require_capability(Capability.INFORM)
@require_safe
def inquiries(request: HttpRequest) -> HttpResponse:
    """Show the inquiries that the colleague's departments have to answer."""
    return render(request, "desk/inquiries.html", {"inquiries": inquiries_for(request.user), "now": request.now})
