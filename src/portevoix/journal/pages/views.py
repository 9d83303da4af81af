"""The journal's pages: the latest edition, any edition, and the links between them."""

from datetime import datetime
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from portevoix.journal.composition.quotations import conversations
from portevoix.journal.edition_addresses import check_address, edition_address
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.weeks import shift_week
from portevoix.journal.pages.answer_forms import list_answerable
from portevoix.journal.pages.behind import find_behind, name_behind
from portevoix.journal.pages.public_edition import choosable_findings
from portevoix.journal.render.findings import KnownMatters
from portevoix.journal.render.html import context
from portevoix.journal.storage.stored_editions import read_or_compose
from portevoix.kernel.clock import week_of
from portevoix.kernel.errors import BadInput, NotAllowed, NotThere
from portevoix.record.operations import matters as operations
from portevoix.record.permissions import Capability, JournalRight, departments, journal_rights
from portevoix.record.queries import city as houses
from portevoix.record.queries import journal as queries
from portevoix.record.queries.journal_lists import list_messages
from portevoix.record.queries.matters import titles, titles_and_proposed
from portevoix.web.formatting import by_name
from portevoix.web.permissions import require_capability

MOST_DIGITS = 18
"""Longer numbers are none of the record's."""


@require_capability(Capability.JOURNAL)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the week and the department of the form, else to the latest edition of the reader's scope."""
    mine = departments(request.user)
    if mine == []:
        return render(request, "journal/none.html")
    week = request.GET.get("week") or latest(request.now)
    department = request.GET.get("department", "") or (mine[0] if mine else "")
    return redirect(check_address(week, department))


@require_capability(Capability.JOURNAL)
@require_safe
def edition(request: HttpRequest, week: str, department: str = "") -> HttpResponse:
    """Show an edition."""
    week_edition = read_edition(request, week, department)
    opens = queries.visible_conversations(request.user, conversations(week_edition))
    matters, findings = _known_matters(week_edition), week_edition.section("findings")
    rights = journal_rights(request.user, department)
    page_context = {
        **context(week_edition, opens=opens, linked=True, matters=matters),
        **_around(week_edition.week, department, departments(request.user), request.now),
        "curates": JournalRight.CURATE in rights,
        "rejected": sorted(titles(findings.rejected).items()) if findings and JournalRight.CURATE in rights else [],
        "sentences": list_answerable(week_edition, answers=week_edition.stored and JournalRight.ANSWER in rights),
        "edits": JournalRight.EDIT in rights,
        "choosable": choosable_findings(week_edition) if JournalRight.EDIT in rights else frozenset(),
        "public": queries.public_findings(week=week, department=department),
        "other_matters": [("", _("choose a subject")), *matters.titles.items()] if len(matters.titles) > 1 else [],
    }
    return render(request, "journal/edition.html", page_context)


@require_capability(Capability.JOURNAL)
@require_safe
def messages(request: HttpRequest, week: str, key: str, department: str = "") -> HttpResponse:
    """Show the messages behind a number of an edition, as far as the reader may open them."""
    week_edition = read_edition(request, week, department)
    behind = find_behind(week_edition, key)
    if behind is None:
        raise NotThere(gettext_noop("This edition does not have this number any more."))
    listed = list_messages(request.user, behind.numbers, behind.conversations, until=week_edition.cut_off)
    page_context = {
        "edition": week_edition,
        "behind": behind,
        "name": name_behind(week_edition, key),
        "listed": listed,
        "back": check_address(week, department),
    }
    return render(request, "journal/messages.html", page_context)


@require_capability(Capability.CURATE_MATTER)
@require_POST
def matter(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm, rename, reject or join a matter; go back to the edition of the form."""
    back = check_address(request.POST.get("week", ""), request.POST.get("department", ""))
    decision = {"matter": number, "by": request.user, "now": request.now}
    match request.POST.get("action"):
        case "confirm":
            operations.confirm_matter(**decision)
            operations.rename_matter(title=request.POST.get("title", ""), **decision)
        case "reject":
            operations.reject_matter(**decision)
        case "merge":
            into = request.POST.get("into", "")
            if not (into.isascii() and into.isdecimal() and len(into) < MOST_DIGITS):
                raise BadInput(gettext_noop("Choose the subject that it is the same as."))
            operations.merge_matters(into=int(into), **decision)
        case _:
            raise BadInput(gettext_noop("Choose what to do with this subject."))
    flash.success(request, _("Stored. Editions to come go by it; this one keeps its figures."))
    return redirect(back)


def read_edition(request: HttpRequest, week: str, department: str) -> Edition:
    """Return an edition. Raise NotAllowed or NotThere outside of the reader's scope, BadInput for an invalid week."""
    if JournalRight.READ not in journal_rights(request.user, department):
        kind = NotThere if department else NotAllowed  # everybody knows that there is one of the whole city
        raise kind(gettext_noop("You read the journal of your own department. An administrator can change it."))
    return read_or_compose(week=week, department=department, now=request.now)


def _known_matters(week_edition: Edition) -> KnownMatters:
    findings = week_edition.section("findings")
    numbers = {each.matter for each in findings.subjects if each.matter} if findings else set()
    return KnownMatters(*titles_and_proposed(numbers))


def latest(now: datetime) -> str:
    """Return the last week that is over; the running one while the record holds no other."""
    city = houses.city()
    if city is None:
        raise BadInput(gettext_noop("There is no city yet. Found it with: portevoix init"))
    running, first = week_of(now, city.timezone), queries.first_message_at()
    if first is None or week_of(first, city.timezone) >= running:
        return running
    return shift_week(running, -1)


def _around(week: str, department: str, mine: list[str] | None, now: datetime) -> dict[str, Any]:
    """Return the weeks before and after, "" without one, and the departments to choose from."""
    city = houses.city()
    timezone = city.timezone if city else "UTC"
    running, first = week_of(now, timezone), queries.first_message_at()
    choices = [row for row in houses.departments() if (row.active if mine is None else row.slug in mine)]
    beginning = week_of(first, timezone) if first else running
    return {
        "before": edition_address(shift_week(week, -1), department) if week > beginning else "",
        "after": edition_address(shift_week(week, 1), department) if week < running else "",
        "before_week": shift_week(week, -1),
        "after_week": shift_week(week, 1),
        "choices": [(row.slug, row.name) for row in by_name(choices)],
        "whole": mine is None,
        "chosen": department,
    }
