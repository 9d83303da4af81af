"""The Barometer's pages in the product: the city's place, and what would move it up."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.barometer.forms import MOST_BYTES, StudyForm
from portevoix.barometer.import_study import store_study
from portevoix.barometer.results.contents import read_results
from portevoix.barometer.results.document import parse
from portevoix.barometer.results.peer_comparison import city_of, sections
from portevoix.barometer.results.what_if import find_next_tier
from portevoix.record.operations import studies as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import studies as queries
from portevoix.web.notices import attempt, confirm, status_of
from portevoix.web.permissions import require_capability
from portevoix.web.uploads import takes_files


@require_capability(Capability.JOURNAL)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the study that ended last, or explain how to add one."""
    latest = queries.latest()
    return redirect("barometer:study", latest.pk) if latest else render(request, "barometer/own/none.html")


@require_capability(Capability.JOURNAL)
@require_safe
def study(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.study(pk)
    if row is None:
        raise Http404
    results = read_results(row.results)
    climb = find_next_tier(results, row.own)
    context = {
        "row": row,
        "results": results,
        "own": city_of(results, row.own),
        "sections": sections(results, row.own),
        "ascent": climb,
        "no_lever": climb is not None and all(lever.to is None for lever in climb.levers),
        "ranked": sum(city.rank is not None for city in results.cities),
        "others": [other for other in queries.studies() if other.pk != pk],
    }
    return render(request, "barometer/own/study.html", context)


@takes_files(MOST_BYTES)
@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = StudyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        is_saved = attempt(
            form, lambda: store_study(parse(form.document()), own=form.own(), by=request.user, now=request.now)
        )
        if is_saved:
            return confirm(request, _("The study is kept."), "barometer:home")
    return render(request, "barometer/own/add.html", {"form": form}, status=status_of(form))


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a study, after confirmation."""
    row = queries.study(pk)
    if row is None:
        raise Http404
    if request.method == "POST":
        operations.delete_study(study=pk, by=request.user)
        return confirm(request, _("The study is removed."), "barometer:home")
    return render(request, "barometer/own/remove.html", {"row": row})
