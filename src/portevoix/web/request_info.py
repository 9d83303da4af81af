"""Properties of a request: its sender, its raw bytes, and where it may be redirected."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portevoix.kernel.messages import RawRequest
from portevoix.kernel.visitor_addresses import client_address


def address(request: HttpRequest) -> str:
    """Return the visitor's network address; behind a trusted proxy, the last one that it wrote."""
    forwarded_for = request.headers.get("X-Forwarded-For") if settings.TRUST_PROXY else None
    return client_address(forwarded_for, request.META.get("REMOTE_ADDR", ""))


def raw(request: HttpRequest) -> RawRequest:
    """Return the request as bytes, for a connector. Raise RequestDataTooBig."""
    return RawRequest(
        method=request.method or "",
        path=request.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        received_at=request.now,
    )


def onward(request: HttpRequest, target: str | None, *, otherwise: str) -> str:
    """Return `target` when it is a page of this site, else the address of the page named `otherwise`."""
    hosts = {request.get_host()}
    is_address = target and (target.startswith("/") or "://" in target)  # a name alone could be one of our own routes
    if is_address and url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure()):
        return target
    return reverse(otherwise)


def by_htmx(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of a page, so that a full page would be wrong.

    Read from the header, because django-htmx comes later in the chain than sign-in does.
    """
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
