"""The pages of the archive and of two weeks compared."""

from datetime import datetime
from itertools import count, islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from portevoix.journal.editions.weeks import shift_week
from portevoix.journal.pages.archive import archive_context
from portevoix.journal.pages.comparison import comparison_context, week_choices
from portevoix.journal.pages.views import latest, read_edition
from portevoix.kernel.clock import week_of
from portevoix.kernel.errors import BadInput
from portevoix.record.permissions import Capability, departments
from portevoix.record.queries import city as houses
from portevoix.record.queries import journal as queries
from portevoix.web.formatting import by_name
from portevoix.web.permissions import require_capability

MOST_WEEKS = 104
"""Weeks to choose from, back from the running one; others can be named in the address."""


@require_capability(Capability.JOURNAL)
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Show the stored editions that the colleague may read, or those with the words of a search."""
    if departments(request.user) == []:
        return render(request, "journal/none.html")
    asked = {name: request.GET.get(name, "") for name in ("department", "page")}
    context = archive_context(request.user, query=request.GET.get("q", ""), **asked)
    return render(request, "journal/archive.html", context)


@require_capability(Capability.JOURNAL)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show two weeks of a department, by default the last one that is over and the one before it."""
    mine = departments(request.user)
    if mine == []:
        return render(request, "journal/none.html")
    department = request.GET.get("department", mine[0] if mine else "")
    after = request.GET.get("b") or latest(request.now)
    before = request.GET.get("a") or shift_week(after, -1)
    if before == after:
        raise BadInput(gettext_noop("Choose two different weeks to compare."))
    pair = [read_edition(request, week, department) for week in sorted((before, after))]
    choices = [row for row in houses.departments() if (row.active if mine is None else row.slug in mine)]
    context = {
        **comparison_context(*pair),
        "edition": pair[1],
        "weeks": week_choices(_weeks(request.now, before, after)),
        "choices": [(row.slug, row.name) for row in by_name(choices)],
        "whole": mine is None,
        "chosen": department,
        "linked": True,
    }
    return render(request, "journal/compare.html", context)


def _weeks(now: datetime, *chosen: str) -> list[str]:
    """Return the weeks to choose from, the newest first: those on record, and those that were chosen."""
    city = houses.city()
    timezone = city.timezone if city else "UTC"
    running, first = week_of(now, timezone), queries.first_message_at()
    beginning = week_of(first, timezone) if first else running
    known = (shift_week(running, -back) for back in islice(count(), MOST_WEEKS))
    return sorted({*chosen, *(week for week in known if week >= beginning)}, reverse=True)
