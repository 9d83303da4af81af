"""The Barometer's pages in the product: the city's place, and what would move it up."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.barometer.forms import MOST_BYTES, StudyForm
from portevoix.barometer.import_study import keep
from portevoix.barometer.results.peer_comparison import city_of, sections
from portevoix.barometer.results.what_if import ascent
from portevoix.record.operations import studies as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import studies as queries
from portevoix.web.notices import attempt, done, status_of
from portevoix.web.permissions import allowed
from portevoix.web.uploads import takes_files


@allowed(Capability.JOURNAL)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the study that ended last, or explain how to add one."""
    latest = queries.latest()
    return redirect("barometer:study", latest.pk) if latest else render(request, "barometer/own/none.html")


@allowed(Capability.JOURNAL)
@require_safe
def study(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.study(pk)
    if row is None:
        raise Http404
    climb = ascent(row.results, row.own)
    context = {
        "row": row,
        "results": row.results,
        "own": city_of(row.results, row.own),
        "sections": sections(row.results, row.own),
        "ascent": climb,
        "no_lever": climb is not None and all(lever.to is None for lever in climb.levers),
        "ranked": sum(city["rank"] is not None for city in row.results["cities"]),
        "others": [other for other in queries.studies() if other.pk != pk],
    }
    return render(request, "barometer/own/study.html", context)


@takes_files(MOST_BYTES)
@allowed(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = StudyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        is_saved = attempt(form, lambda: keep(form.results(), own=form.own(), by=request.user, now=request.now))
        if is_saved:
            return done(request, _("The study is kept."), "barometer:home")
    return render(request, "barometer/own/add.html", {"form": form}, status=status_of(form))


@allowed(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a study, after confirmation."""
    row = queries.study(pk)
    if row is None:
        raise Http404
    if request.method == "POST":
        operations.remove(study=pk, by=request.user)
        return done(request, _("The study is removed."), "barometer:home")
    return render(request, "barometer/own/remove.html", {"row": row})
