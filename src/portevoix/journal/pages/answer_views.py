"""The pages on which departments answer findings, and editors show answers to the public."""

from typing import Any

import structlog
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portevoix.journal.edition_addresses import check_address, department_names
from portevoix.journal.pages.answer_counts import list_departments
from portevoix.journal.pages.answer_forms import AnswerForm, list_answerable, store_answer
from portevoix.journal.pages.dead_links import explain_link
from portevoix.journal.storage.answer_links import edition_of
from portevoix.journal.storage.stored_editions import read_or_compose
from portevoix.kernel.errors import BadInput
from portevoix.kernel.links import LinkPurpose
from portevoix.record.operations import answer_findings as operations
from portevoix.record.operations.signed_links import mark_used
from portevoix.record.permissions import Capability, JournalRight, check_journal_right, journal_rights
from portevoix.record.queries import city as houses
from portevoix.record.queries.journal import edition as stored_edition
from portevoix.record.queries.signed_links import LinkReading, LinkState, read_link
from portevoix.web.permissions import open_to_all, require_capability

log = structlog.get_logger("portevoix.journal")
MOST_DIGITS = 18


@require_capability(Capability.JOURNAL)
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Show by department what was answered: never by person."""
    return render(request, "journal/answers.html", {"departments": list_departments(request.user, now=request.now)})


@require_capability(Capability.INFORM)
@require_POST
def answer_finding(request: HttpRequest) -> HttpResponse:
    """Store an answer from the edition's page; show the form again, with all that was typed, where something lacks."""
    week, department = request.POST.get("week", ""), request.POST.get("department", "")
    back = check_address(week, department)
    check_journal_right(request.user, department, JournalRight.ANSWER)
    context = {"week": week, "department": department, "back": back}
    return _answer(request, request.user, f"{back}#journal-findings", context)


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a letter's one page, on which its reader answers without signing in. Only its buttons change anything."""
    reading = read_link(token, LinkPurpose.ANSWER_FINDINGS, now=request.now)
    city, link = houses.city(), reading.link
    language = (link.contact.language if link else "") or (city.language if city and link else "")
    with translation.override(language or translation.get_language()):
        request.LANGUAGE_CODE = translation.get_language()
        response = _by_link(request, reading)
    response["Cache-Control"], response["X-Robots-Tag"] = "private, no-store", "noindex"
    response["Content-Language"] = request.LANGUAGE_CODE
    return response


def _by_link(request: HttpRequest, reading: LinkReading) -> HttpResponse:
    link = reading.link
    if link is None or reading.state != LinkState.VALID:
        return _explain(request, reading.state, link)
    week, department = edition_of(link.about)
    if stored_edition(week, department) is None or JournalRight.ANSWER not in journal_rights(link.contact, department):
        return _explain(request, LinkState.REVOKED, link)
    context = {"week": week, "department": department, "by_link": True}
    if request.method != "POST":
        return _page(request, context, opened=request.GET.get("finding", ""))
    response = _answer(request, link.contact, request.path, context)
    if response.status_code == 302:
        mark_used(link, now=request.now)
    return response


def _answer(request: HttpRequest, by: Any, back: str, context: dict[str, Any]) -> HttpResponse:
    week, department = context["week"], context["department"]
    form, finding = AnswerForm(request.POST), request.POST.get("finding", "")
    if not form.is_valid():
        return _page(request, context, opened=finding, form=form, status=422)
    try:
        stored = store_answer(form, week=week, department=department, finding=finding, by=by, now=request.now)
    except BadInput as error:
        form.add_error(None, _(error.text).format(**error.values))
        return _page(request, context, opened=finding, form=form, status=422)
    log.info(
        "finding_answered", department=department, kind=stored.kind if stored else "", by_link="by_link" in context
    )
    flash.success(request, _("Thank you: your answer is stored. The next edition opens with it."))
    return redirect(back)


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    *,
    opened: str = "",
    form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the findings with their forms; only the one that was sent where it came from the edition's page."""
    week, department = context["week"], context["department"]
    edition = read_or_compose(week=week, department=department, now=request.now)
    listed = list_answerable(edition, answers=True, opened=opened, bound=form)
    if form is not None and not any(each.opened for each in listed):
        raise BadInput(gettext_noop("This edition does not have this finding any more."))
    listed.sort(key=lambda each: not each.opened)
    page_context = {
        **context,
        "edition": edition,
        "listed": [each for each in listed if each.opened] if "back" in context else listed,
        "name": department_names().get(department, department),
        "trouble": form is not None,
    }
    return render(request, "journal/answer.html", page_context, status=status)


def _explain(request: HttpRequest, state: LinkState, link: Any) -> HttpResponse:
    """Say why a link answers nothing, and what to do instead."""
    status = 410 if state == LinkState.EXPIRED else 404
    return render(request, "journal/dead_link.html", explain_link(state, link), status=status)


@require_capability(Capability.EDIT_JOURNAL)
@require_POST
def publish_answer(request: HttpRequest) -> HttpResponse:
    """Show an answer to the public, or show it no longer; go back to the edition of the form."""
    week, department = request.POST.get("week", ""), request.POST.get("department", "")
    back, number = check_address(week, department), request.POST.get("answer", "")
    if not (number.isascii() and number.isdecimal() and len(number) < MOST_DIGITS):
        raise BadInput(gettext_noop("Choose an answer."))
    if request.POST.get("action") == "withdraw":
        operations.withdraw_answer_from_public(answer=int(number), by=request.user)
        flash.success(request, _("The public does not read this answer any more."))
    else:
        operations.publish_answer(answer=int(number), by=request.user, now=request.now)
        flash.success(request, _("The public reads this answer now, below its finding."))
    return redirect(f"{back}#journal-findings")
