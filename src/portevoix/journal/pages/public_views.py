"""The public editions, and the choice of what they show."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from portevoix.journal.edition_addresses import check_address
from portevoix.journal.editions.weeks import shift_week
from portevoix.journal.pages.public_edition import PublicEdition, choosable_findings, read_public_edition
from portevoix.journal.storage.stored_editions import read_or_compose
from portevoix.kernel.errors import BadInput, NotThere
from portevoix.record.operations import editions as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries.journal import public_weeks
from portevoix.web.permissions import open_to_all, require_capability


@open_to_all
@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """Show the weeks that have a public edition."""
    return render(
        request, "journal/public_list.html", {"weeks": [PublicEdition(week, "", ()) for week in public_weeks()]}
    )


@open_to_all
@require_safe
def public_week(request: HttpRequest, week: str) -> HttpResponse:
    """Show the public edition of a week. Raise NotThere for a week without one."""
    shift_week(week, 0)
    if (edition := read_public_edition(week)) is None:
        raise NotThere(gettext_noop("This week has no public edition."))
    return render(request, "journal/public_week.html", {"edition": edition})


@require_capability(Capability.EDIT_JOURNAL)
@require_POST
def choose_finding(request: HttpRequest) -> HttpResponse:
    """Show a finding to the public, or show it no longer; go back to the edition of the form."""
    week, department = request.POST.get("week", ""), request.POST.get("department", "")
    back = check_address(week, department)
    edition = read_or_compose(week=week, department=department, now=request.now)
    finding = request.POST.get("finding", "")
    if request.POST.get("action") == "hide":
        operations.hide_finding(week=week, department=department, finding=finding, by=request.user)
        flash.success(request, _("The public does not read this finding any more."))
    elif finding in choosable_findings(edition):
        operations.show_finding(week=week, department=department, finding=finding, by=request.user, now=request.now)
        flash.success(request, _("The public reads this finding now, in the public edition of the week."))
    else:
        raise BadInput(gettext_noop("This finding cannot be public: fewer than three people, or sensitive."))
    return redirect(back)
