"""What needs a person: messages to admit, envelopes that could not be read, replies that did not leave."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portevoix.desk import pages
from portevoix.record.access import Capability
from portevoix.record.operations import deliveries, envelopes
from portevoix.web.access import allowed


@allowed(Capability.ADMIT)
@require_safe
def aside(request: HttpRequest) -> HttpResponse:
    context = pages.aside(request.user, now=request.now)
    return render(request, "desk/aside.html#aside" if request.htmx.target == "aside" else "desk/aside.html", context)


@allowed(Capability.ADMIT)
@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    return _told(request, envelopes.admit(envelope=pk, by=request.user), _("It appears in the inbox within seconds."))


@allowed(Capability.ADMIT)
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _told(request, envelopes.reject(envelope=pk, by=request.user), _("It is kept out of the inbox."))


@allowed(Capability.ADMIT)
@require_POST
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    gone = deliveries.withdraws(pk)
    done = deliveries.decide(delivery=pk, arrived=True, by=request.user, now=request.now)
    text = _("Noted: it is gone from the network.") if gone else _("Noted: the citizen has the reply.")
    return _told(request, done, text)


@allowed(Capability.ADMIT)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    gone = deliveries.withdraws(pk)
    done = deliveries.decide(delivery=pk, arrived=False, by=request.user, now=request.now)
    text = _("It is deleted again within seconds.") if gone else _("The reply is sent again within seconds.")
    return _told(request, done, text)


def _told(request: HttpRequest, done: bool, text: str) -> HttpResponse:
    if done:
        messages.success(request, text)
    else:
        messages.warning(request, _("A colleague has decided already, or it cannot be read at all. Nothing changed."))
    response = redirect("desk:aside")
    response.status_code = 303
    return response
