"""Messages and replies that need a decision: held messages, unreadable envelopes, failed deliveries."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portevoix.desk.forms import CommonForm
from portevoix.desk.inbox import set_aside
from portevoix.record import operations
from portevoix.record.operations import deliveries, envelopes
from portevoix.record.permissions import Capability
from portevoix.web.notices import status_of
from portevoix.web.permissions import allowed
from portevoix.web.templatetags.shell import channel_name


@allowed(Capability.ADMIT)
@require_safe
def aside(request: HttpRequest) -> HttpResponse:
    params = request.GET
    context = set_aside.aside(request.user, sort=params.get("sort", ""), page=params.get("page", ""))
    return render(request, "desk/aside.html#aside" if request.htmx.target == "aside" else "desk/aside.html", context)


@allowed(Capability.ADMIT)
@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    return _report_decision(
        request, envelopes.admit(envelope=pk, by=request.user), _("It appears in the inbox within seconds.")
    )


@allowed(Capability.ADMIT)
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _report_decision(request, envelopes.reject(envelope=pk, by=request.user), _("It is kept out of the inbox."))


@allowed(Capability.ADMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest) -> HttpResponse:
    """Refuse several messages at once: choose the criteria, preview the matches, confirm."""
    params = request.POST if request.method == "POST" else request.GET
    form = CommonForm(params if "words" in params else None, accounts=_accounts(request), initial=params.dict())
    if not form.is_bound or not form.is_valid():
        return render(request, "desk/refuse.html", {"form": form}, status=status_of(form))
    before = form.cleaned_data["before"]
    if request.method != "POST" or before is None:
        matches = set_aside.fitting(request.user, form, now=request.now)
        return render(request, "desk/refuse.html", {"form": form, "found": matches})
    count = operations.refuse(common=form.common(before=before), by=request.user)
    text = ngettext(
        "%(count)s message is kept out of the inbox.", "%(count)s messages are kept out of the inbox.", count
    )
    messages.success(request, text % {"count": number_format(count, force_grouping=True)})
    return _back()


def _accounts(request: HttpRequest) -> list[tuple[int, str]]:
    return [(pk, f"{channel_name(row.channel)} · {row.address}") for pk, row in request.house.accounts.items()]


@allowed(Capability.ADMIT)
@require_POST
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    is_withdrawal = deliveries.withdraws(pk)
    is_decided = deliveries.decide(delivery=pk, arrived=True, by=request.user, now=request.now)
    text = _("Noted: it is gone from the network.") if is_withdrawal else _("Noted: the citizen has the reply.")
    return _report_decision(request, is_decided, text)


@allowed(Capability.ADMIT)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    is_withdrawal = deliveries.withdraws(pk)
    is_decided = deliveries.decide(delivery=pk, arrived=False, by=request.user, now=request.now)
    text = _("It is deleted again within seconds.") if is_withdrawal else _("The reply is sent again within seconds.")
    return _report_decision(request, is_decided, text)


def _report_decision(request: HttpRequest, is_decided: bool, text: str) -> HttpResponse:
    if is_decided:
        messages.success(request, text)
    else:
        messages.warning(request, _("A colleague has decided already, or it cannot be read at all. Nothing changed."))
    return _back()


def _back() -> HttpResponse:
    response = redirect("desk:aside")
    response.status_code = 303
    return response
