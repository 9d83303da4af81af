"""The one address of the process that serves `/live`."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portevoix.desk.push.sse import live
from portevoix.record.db.errors import away


def nothing_here(request: HttpRequest, exception: Exception | None = None, **more: Any) -> HttpResponse:
    return HttpResponse("Only /live is served here.", status=404, content_type="text/plain; charset=utf-8")


def broken(request: HttpRequest) -> HttpResponse:
    """Return 503 while the database is away, which passes, else 500."""
    if away(sys.exception()):
        return HttpResponse("Try again later.", status=503, headers={"Retry-After": "30"}, content_type="text/plain")
    return HttpResponse("This could not be answered.", status=500, content_type="text/plain")


def not_here(request: HttpRequest, exception: Exception | None = None, **more: Any) -> HttpResponse:
    """Return 400, for example for another host."""
    return HttpResponse("This request is refused.", status=400, content_type="text/plain; charset=utf-8")


urlpatterns = [path("live", live)]
handler400, handler404, handler500 = not_here, nothing_here, broken
