"""The one address of the process that serves `/live`."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portevoix.desk.live import live


def nothing_here(request: HttpRequest, exception: Exception | None = None, **more: Any) -> HttpResponse:
    return HttpResponse("Only /live is served here.", status=404, content_type="text/plain; charset=utf-8")


def not_here(request: HttpRequest, exception: Exception | None = None, **more: Any) -> HttpResponse:
    """Such as a request for another host."""
    return HttpResponse("This request is refused.", status=400, content_type="text/plain; charset=utf-8")


urlpatterns = [path("live", live)]
handler400, handler404 = not_here, nothing_here
