"""Permission to frame the form in pages of the city's own website only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from portevoix.record.queries import city as queries

type View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """Allow the city's sites to frame the view, by the content security policy, as X-Frame-Options cannot list them."""
    exempt = xframe_options_exempt(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        policy = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF, *origins()]}
        return csp_override(policy)(exempt)(request, *args, **kwargs)

    return answer


def origins() -> list[str]:
    """Return the city's sites as origins of the content security policy."""
    city = queries.city()
    hosts = [host.strip() for host in city.site.split(",")] if city else []
    return [f"{scheme}://{host}" for host in hosts if host for scheme in ("https", "http")]
