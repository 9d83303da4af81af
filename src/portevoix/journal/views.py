"""The journal's pages: the latest edition, any edition, and the way from one to the other."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from portevoix.journal.editions import read
from portevoix.journal.quotations import conversations
from portevoix.journal.render.html import context
from portevoix.journal.weeks import shifted
from portevoix.kernel.clock import week_of
from portevoix.kernel.errors import BadInput, NotAllowed, NotThere
from portevoix.record.permissions import Capability, departments
from portevoix.record.queries import city as houses
from portevoix.record.queries import journal as asked
from portevoix.web.formatting import by_name
from portevoix.web.permissions import allowed


@allowed(Capability.JOURNAL)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Leads to the week and the department that the form asks for, else to the latest edition of one's scope."""
    mine = departments(request.user)
    if mine == []:
        return render(request, "journal/none.html")
    week = request.GET.get("week") or latest(request.now)
    department = request.GET.get("department", "") or (mine[0] if mine else "")
    return redirect(address(week, department))


@allowed(Capability.JOURNAL)
@require_safe
def edition(request: HttpRequest, week: str, department: str = "") -> HttpResponse:
    """One edition. Raises NotAllowed or NotThere outside of one's scope, BadInput for a week that is none."""
    mine = departments(request.user)
    if mine is not None and department not in mine:
        kind = NotThere if department else NotAllowed  # everybody knows that there is one of the whole city
        raise kind(gettext_noop("You read the journal of your own department. An administrator can change it."))
    found = read(week=week, department=department, now=request.now)
    opens = asked.visible(request.user, conversations(found))
    shown = context(found, opens=opens, linked=True)
    return render(request, "journal/edition.html", {**shown, **_around(found.week, department, mine, request.now)})


def latest(now: datetime) -> str:
    """The last week that is over; the running one while the record holds no other."""
    city = houses.city()
    if city is None:
        raise BadInput(gettext_noop("There is no city yet. Found it with: portevoix init"))
    running, first = week_of(now, city.timezone), asked.first_message_at()
    if first is None or week_of(first, city.timezone) >= running:
        return running
    return shifted(running, -1)


def address(week: str, department: str) -> str:
    """Where an edition stands. Raises BadInput for a week or a department that is none: they come from a form."""
    shifted(week, 0)
    if department and houses.department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department[:100])
    if department:
        return reverse("journal:department", args=[week, department])
    return reverse("journal:week", args=[week])


def _around(week: str, department: str, mine: list[str] | None, now: datetime) -> dict[str, Any]:
    """The weeks before and after, "" where there is none, and the departments to choose from."""
    city = houses.city()
    timezone = city.timezone if city else "UTC"
    running, first = week_of(now, timezone), asked.first_message_at()
    shown = [row for row in houses.departments() if (row.active if mine is None else row.slug in mine)]
    beginning = week_of(first, timezone) if first else running
    return {
        "before": address(shifted(week, -1), department) if week > beginning else "",
        "after": address(shifted(week, 1), department) if week < running else "",
        "before_week": shifted(week, -1),
        "after_week": shifted(week, 1),
        "choices": [(row.slug, row.name) for row in by_name(shown)],
        "whole": mine is None,
        "chosen": department,
    }
