"""The journal's pages: the latest edition, any edition, and the links between them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from portevoix.journal.quotations import conversations
from portevoix.journal.render.html import context
from portevoix.journal.stored_editions import read_or_compose
from portevoix.journal.weeks import shift_week
from portevoix.kernel.clock import week_of
from portevoix.kernel.errors import BadInput, NotAllowed, NotThere
from portevoix.record.permissions import Capability, departments
from portevoix.record.queries import city as houses
from portevoix.record.queries import journal as queries
from portevoix.web.formatting import by_name
from portevoix.web.permissions import require_capability


@require_capability(Capability.JOURNAL)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the week and the department of the form, else to the latest edition of the reader's scope."""
    mine = departments(request.user)
    if mine == []:
        return render(request, "journal/none.html")
    week = request.GET.get("week") or latest(request.now)
    department = request.GET.get("department", "") or (mine[0] if mine else "")
    return redirect(address(week, department))


@require_capability(Capability.JOURNAL)
@require_safe
def edition(request: HttpRequest, week: str, department: str = "") -> HttpResponse:
    """Show an edition. Raise NotAllowed or NotThere outside of the reader's scope, BadInput for an invalid week."""
    mine = departments(request.user)
    if mine is not None and department not in mine:
        kind = NotThere if department else NotAllowed  # everybody knows that there is one of the whole city
        raise kind(gettext_noop("You read the journal of your own department. An administrator can change it."))
    week_edition = read_or_compose(week=week, department=department, now=request.now)
    opens = queries.visible_conversations(request.user, conversations(week_edition))
    page_context = context(week_edition, opens=opens, linked=True)
    return render(
        request, "journal/edition.html", {**page_context, **_around(week_edition.week, department, mine, request.now)}
    )


def latest(now: datetime) -> str:
    """Return the last week that is over; the running one while the record holds no other."""
    city = houses.city()
    if city is None:
        raise BadInput(gettext_noop("There is no city yet. Found it with: portevoix init"))
    running, first = week_of(now, city.timezone), queries.first_message_at()
    if first is None or week_of(first, city.timezone) >= running:
        return running
    return shift_week(running, -1)


def address(week: str, department: str) -> str:
    """Return the address of an edition. Raise BadInput for an unknown week or department: they come from a form."""
    shift_week(week, 0)
    if department and houses.department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department[:100])
    if department:
        return reverse("journal:department", args=[week, department])
    return reverse("journal:week", args=[week])


def _around(week: str, department: str, mine: list[str] | None, now: datetime) -> dict[str, Any]:
    """Return the weeks before and after, "" without one, and the departments to choose from."""
    city = houses.city()
    timezone = city.timezone if city else "UTC"
    running, first = week_of(now, timezone), queries.first_message_at()
    choices = [row for row in houses.departments() if (row.active if mine is None else row.slug in mine)]
    beginning = week_of(first, timezone) if first else running
    return {
        "before": address(shift_week(week, -1), department) if week > beginning else "",
        "after": address(shift_week(week, 1), department) if week < running else "",
        "before_week": shift_week(week, -1),
        "after_week": shift_week(week, 1),
        "choices": [(row.slug, row.name) for row in by_name(choices)],
        "whole": mine is None,
        "chosen": department,
    }
