"""The page of letters: what became of them, those that wait for an editor, and addresses that get none any more."""

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portevoix.exchange.outbound.letter_delivery import find_mailbox
from portevoix.journal.words.letter_words import letter_title
from portevoix.kernel.letters import DispatchState
from portevoix.record.operations import letter_decisions
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as houses
from portevoix.record.queries.dispatches import (
    LetterRow,
    count_waiting_letters,
    letter_counts,
    recent_whats,
    suppressed_addresses,
    waiting_letters,
)
from portevoix.web.permissions import require_capability

MOST = 500
"""Waiting letters on the page; the others come once these are decided."""
_ORDER = (DispatchState.UNCERTAIN, DispatchState.LATE, DispatchState.REFUSED, DispatchState.RETURNED)


@require_capability(Capability.EDIT_JOURNAL)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Show what waits for an editor, what was sent lately, and the addresses that get no letter any more."""
    departments = {row.slug: row.name for row in houses.departments()}
    waiting = waiting_letters(limit=MOST)
    recent = recent_whats(limit=20)
    counts = letter_counts([row.what for row in recent])
    context = {
        "groups": [_group(state, waiting, departments) for state in _ORDER if any(r.state == state for r in waiting)],
        "count": sum(count_waiting_letters().values()),
        "most": MOST,
        "recent": [
            {"title": letter_title(row, departments), "due_at": row.due_at, "counts": _count_cells(counts[row.what])}
            for row in recent
        ],
        "suppressed": suppressed_addresses(),
        "has_mailbox": find_mailbox() is not None,
    }
    return render(request, "journal/letters.html", context)


@require_capability(Capability.EDIT_JOURNAL)
@require_POST
def decide_letters(request: HttpRequest) -> HttpResponse:
    """Do with the chosen letters what the button says."""
    numbers = [int(each) for each in request.POST.getlist("letter")[:MOST] if each.isascii() and each.isdigit()]
    decision = request.POST.get("decision", "")
    if not numbers:
        messages.error(request, _("Choose at least one letter first."))
        return redirect("journal:letters")
    decide, text = _decision(decision)
    count = decide(numbers=numbers, by=request.user, now=request.now)
    if count:
        messages.success(request, text(count) % {"count": count})
    if count < len(numbers):
        left = _("The others stay: somebody decided on them before, or their address gets no letter any more.")
        messages.warning(request, left)
    return redirect("journal:letters")


@require_capability(Capability.EDIT_JOURNAL)
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """Let letters go to an address again."""
    address = request.POST.get("address", "")[:320]
    if letter_decisions.lift_suppression(address=address, by=request.user):
        messages.success(request, _("Letters go to %(address)s again.") % {"address": address})
    return redirect("journal:letters")


def _decision(decision: str) -> tuple[Callable[..., int], Callable[[int], str]]:
    if decision == "send":
        return letter_decisions.send_late_letters, lambda n: ngettext(
            "%(count)s letter leaves within a minute.", "%(count)s letters leave within minutes.", n
        )
    if decision == "arrived":
        return letter_decisions.confirm_letters, lambda n: ngettext(
            "Noted: %(count)s letter arrived.", "Noted: %(count)s letters arrived.", n
        )
    return letter_decisions.drop_letters, lambda n: ngettext(
        "%(count)s letter will not be sent.", "%(count)s letters will not be sent.", n
    )


def _group(state: DispatchState, waiting: list[LetterRow], departments: dict[str, str]) -> dict[str, object]:
    """Return the letters in a state, by what is sent."""
    rows = [row for row in waiting if row.state == state]
    whats = [
        {"title": letter_title(first, departments), "due_at": first.due_at, "rows": [first, *more]}
        for first, *more in (list(group) for _, group in groupby(rows, key=lambda row: row.what))
    ]
    return {"state": state.value, "count": len(rows), "whats": whats}


def _count_cells(counts: dict[DispatchState, int]) -> dict[str, int]:
    waiting = sum(counts.get(state, 0) for state in _ORDER)
    due = counts.get(DispatchState.DUE, 0) + counts.get(DispatchState.SENDING, 0)
    return {"sent": counts.get(DispatchState.SENT, 0), "due": due, "waiting": waiting,
            "cancelled": counts.get(DispatchState.CANCELLED, 0)}  # fmt: skip
