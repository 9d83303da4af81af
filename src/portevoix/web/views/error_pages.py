"""Error pages, and error notices for requests by htmx."""

import sys

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils.translation import gettext
from django.views.defaults import server_error

from portevoix.kernel.errors import (
    BadInput,
    ChannelError,
    Conflict,
    NotAllowed,
    NotPossible,
    NotThere,
    PortevoixError,
)
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.db.errors import is_away
from portevoix.web.permissions import has_json_errors
from portevoix.web.request_info import by_htmx, onward

log = structlog.get_logger("portevoix.access")
AGAIN_AFTER = 30
"""Seconds after which a request may be repeated when the database was away."""
# What people write at length: shown again, so that nothing typed is lost.
LONG_FIELDS = ("text", "question", "answer", "reason")
_PAGES: tuple[tuple[type[PortevoixError], int, str, str], ...] = (
    (NotThere, 404, gettext_noop("There is no such page"), ""),
    (NotAllowed, 403, gettext_noop("This is not yours to do"), ""),
    (
        Conflict,
        409,
        gettext_noop("Somebody was faster"),
        gettext_noop("Nothing of yours was sent. Open the conversation again to see what changed."),
    ),
    (
        NotPossible,
        409,
        gettext_noop("This is not possible now"),
        gettext_noop("Nothing was changed. Go back and look at where it stands."),
    ),
    (
        BadInput,
        400,
        gettext_noop("This cannot be used"),
        gettext_noop("Nothing was changed. Go back, correct it and send it again."),
    ),
    (
        ChannelError,
        502,
        gettext_noop("The network did not do it"),
        gettext_noop("Nothing was changed here. Try again later, or look at the channel's settings."),
    ),
)


def error_response(request: HttpRequest, error: PortevoixError) -> HttpResponse | None:
    """Return the response to an error; None for an error that no page should raise."""
    if isinstance(error, NotAllowed):
        log.warning("access_refused", colleague=request.user.pk, method=request.method, path=request.path)
    for kind, status, title, advice in _PAGES:
        if isinstance(error, kind):
            return _render_error(request, status=status, title=gettext(title), error=error, advice=advice)
    return None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is missing or old, mostly after a sign-out in another tab. Called by Django."""
    error = NotAllowed(gettext_noop("This form had grown too old to be trusted, so that nothing was done with it."))
    advice = gettext_noop("Open the page again and repeat. If it happens again, allow cookies for this site.")
    return _render_error(request, status=403, title=gettext("This form has expired"), error=error, advice=advice)


def handle_failure(request: HttpRequest) -> HttpResponse:
    """Answer when a page failed; 503 when the database is away, as that passes and needs no report.

    Called by Django.
    """
    if not is_away(sys.exception()):
        return server_error(request)
    if _asked_by_machine(request):
        response: HttpResponse = JsonResponse({"error": "The database does not answer. Try again later."}, status=503)
    else:
        here = request.get_full_path() if request.method == "GET" else request.headers.get("Referer")
        address = onward(request, here, otherwise=settings.LOGIN_REDIRECT_URL)
        context = {"kept": _typed_texts(request, *LONG_FIELDS, "message"), "address": address}
        response = HttpResponse(loader.render_to_string("503.html", context), status=503)
    response["Retry-After"], response["Cache-Control"] = str(AGAIN_AFTER), "private, no-store"
    return response


def _asked_by_machine(request: HttpRequest) -> bool:
    try:
        return has_json_errors(resolve(request.path_info).func)
    except Resolver404:
        return False


def _typed_texts(request: HttpRequest, *names: str) -> list[str]:
    """Return the long texts that were typed; none where the form itself cannot be read."""
    try:
        return [text for name in names if (text := request.POST.get(name, "").strip())]
    except (OSError, SuspiciousOperation, BadRequest):
        return []


def _render_error(request: HttpRequest, *, status: int, title: str, error: PortevoixError, advice: str) -> HttpResponse:
    context = {"title": title, "error": error, "advice": gettext(advice) if advice else ""}
    if by_htmx(request):
        response = render(request, "web/error_part.html", context, status=status)
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Reselect"] = "#told", "innerHTML", "unset"
        return response
    context["back"] = onward(request, request.headers.get("Referer"), otherwise=settings.LOGIN_REDIRECT_URL)
    context["kept"] = _typed_texts(request, *LONG_FIELDS)
    return render(request, "web/error.html", context, status=status)
