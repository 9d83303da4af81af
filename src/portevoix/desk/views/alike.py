"""Similar messages: a part of a conversation's page, and a page of its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portevoix.desk.thread.similar_panel import panel
from portevoix.record.permissions import Capability
from portevoix.web.permissions import allowed


@allowed(Capability.READ)
@require_safe
def alike(request: HttpRequest, pk: int) -> HttpResponse:
    context = panel(request.user, pk, house=request.house, now=request.now)
    if context is None:
        raise Http404
    part = "#panel" if request.htmx.target == "alike" else ""
    return render(request, f"desk/alike.html{part}", context)
