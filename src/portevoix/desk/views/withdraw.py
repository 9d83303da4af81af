"""Deleting a sent message on the network, after a confirmation."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portevoix.desk.inbox.inbox_context import build_query
from portevoix.kernel.errors import BadInput, Conflict, PortevoixError
from portevoix.record import operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import conversation as conversations
from portevoix.web.permissions import require_capability

UNUSABLE = 422


@require_capability(Capability.REPLY)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    if request.method != "POST":
        return _show_confirmation(request, pk, message)
    try:
        operations.withdraw(conversation=pk, message=message, by=request.user, now=request.now)
    except (BadInput, Conflict) as problem:
        return _show_confirmation(request, pk, message, problem=problem)
    messages.success(request, _("It is deleted on the network within seconds. Here it stays to be read."))
    response = redirect(reverse("desk:conversation", args=[pk]) + build_query(request.GET))
    response.status_code = 303
    return response


def _show_confirmation(
    request: HttpRequest, pk: int, message: int, *, problem: PortevoixError | None = None
) -> HttpResponse:
    row = conversations.sent_message(request.user, pk, message)
    if row is None:
        raise Http404
    context = {
        "message": row,
        "conversation": row.conversation,
        "problem": problem,
        "query": build_query(request.GET),
    }
    return render(request, "desk/withdraw.html", context, status=UNUSABLE if problem else 200)
