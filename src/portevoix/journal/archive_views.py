"""The page of the archive."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portevoix.journal.archive import archive_context
from portevoix.record.permissions import Capability, departments
from portevoix.web.permissions import require_capability


@require_capability(Capability.JOURNAL)
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Show the stored editions that the colleague may read, or those with the words of a search."""
    if departments(request.user) == []:
        return render(request, "journal/none.html")
    asked = {name: request.GET.get(name, "") for name in ("department", "page")}
    context = archive_context(request.user, query=request.GET.get("q", ""), **asked)
    return render(request, "journal/archive.html", context)
