"""Middleware for monitoring, sign-in before every page, errors and readable refusals."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.csp import CSP, build_policy
from django.utils.functional import SimpleLazyObject

from portevoix.kernel.bounds import MOST_NUMBER
from portevoix.kernel.errors import PortevoixError
from portevoix.record.queries import site_cache as houses
from portevoix.web.metrics_text import REQUESTS
from portevoix.web.permissions import View, is_open
from portevoix.web.request_info import by_htmx
from portevoix.web.views import monitoring
from portevoix.web.views.error_pages import error_response

_SENTENCES = {
    404: ("Il n’y a rien à cette adresse.", "There is nothing at this address."),
    405: ("Cette adresse ne se demande pas ainsi.", "This address is not asked in this way."),
    413: ("L’envoi dépasse la taille admise ici.", "This is more than this address takes."),
    429: (
        "Trop de demandes viennent d’ici. Réessayez plus tard.",
        "Too many requests come from here. Try again later.",
    ),
}
_ANY_REFUSAL = ("Cette demande est refusée.", "This request is refused.")
"""The sentence of any other refusal, in both languages: it may come before the language is known."""


class SentenceMiddleware:
    """Adds a sentence to a refusal without a body: a browser would show a page of its own or an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and response.status_code >= 400 and not response.content:
            response.content = "\n".join((*_SENTENCES.get(response.status_code, _ANY_REFUSAL), ""))
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
            response.headers["Content-Length"] = str(len(response.content))
        return response


class ValuesMiddleware:
    """Refuses what no database takes: null characters, and numbers of more than 64 bits in an address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, _: tuple[object, ...], values: dict[str, object]
    ) -> HttpResponse | None:
        """Look at the form too where it has been read already, by the check against forged requests."""
        if any(isinstance(value, int) and value > MOST_NUMBER for value in values.values()):
            raise Http404
        forms = [request.GET] if getattr(view, "csrf_exempt", False) else [request.GET, request.POST]
        texts = [
            request.path_info,
            *(text for form in forms for texts in form.lists() for text in (texts[0], *texts[1])),
        ]
        return HttpResponseBadRequest() if any("\0" in text for text in texts) else None


class MonitoredMiddleware:
    """Answers monitoring before the database is used, so that it learns of a failure; measures the other requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if view := _monitoring_views().get(request.path_info):
            return view(request)
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        room = match.namespace.partition(":")[0] if match else "other"  # a file, or nothing at all
        REQUESTS.labels(room or "home", f"{response.status_code // 100}xx").observe(time.perf_counter() - began)
        return response


@cache
def _monitoring_views() -> dict[str, View]:
    return {reverse("web:health"): monitoring.health, reverse("web:metrics"): monitoring.metrics}


class SignedInMiddleware:
    """Lets a request pass when its view is open to all or a colleague is signed in.

    Sets `request.city` (None before it is founded), `request.house` and `request.now`, the one clock of the request;
    activates the city's time zone and, when a colleague who is signed in has chosen one, their language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        city = houses.load_city()
        request.city, request.now = city, timezone.now()  # type: ignore[attr-defined]
        request.house = SimpleLazyObject(lambda: houses.site_cache(city))  # type: ignore[attr-defined]
        if city:
            timezone.activate(city.timezone)
        else:
            timezone.deactivate()
        language = getattr(request.user, "language", "")
        if translation.check_for_language(language) and language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = self.get_response(request)
        _let_listen(request, response)
        # What citizens wrote stays in no cache, and a page with a visitor's own token in none that others share.
        cache_control = "private, no-store" if request.user.is_authenticated else "private, no-cache"
        response.headers.setdefault("Cache-Control", cache_control)
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if is_open(view) or request.user.is_authenticated:
            return None
        if not by_htmx(request):
            return redirect_to_login(request.get_full_path())
        # A part of a page must not become a sign-in form: the whole page goes there, and comes back to where it was.
        page = request.headers.get("HX-Current-URL", "")
        return HttpResponse(status=204, headers={"HX-Redirect": _sign_in(request, page)})


class ErrorsMiddleware:
    """Turns Portevoix's own exceptions into a page, or a notice for htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, error) if isinstance(error, PortevoixError) else None


def _let_listen(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add the live process, which is another origin, to the security policy of a page that listens to it."""
    shell = vars(request).get("shell")
    live = urlsplit(shell.used_live_url) if shell else None
    if live and live.netloc and live.netloc != request.get_host():
        policy = {**settings.SECURE_CSP, "connect-src": [CSP.SELF, f"{live.scheme}://{live.netloc}"]}
        response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)


def _sign_in(request: HttpRequest, page: str) -> str:
    here = f"{request.scheme}://{request.get_host()}"
    path = page.removeprefix(here)
    back = path if page.startswith(f"{here}/") else resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirect_to_login(back).url
