"""The shell alone, with stand-ins for the rooms above it, and a page that shows every component."""

from pathlib import Path

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from portevoix.kernel.errors import BadInput, Conflict, NotPossible
from portevoix.record.permissions import Capability
from portevoix.web.permissions import open_to_all, require_capability
from tests.web.given import guide

HERE = Path(__file__).parent


def _page(request: HttpRequest, name: str) -> HttpResponse:
    template = Template((HERE / name).read_text(encoding="utf-8"))
    return HttpResponse(template.render(RequestContext(request, guide(request.now))))


@open_to_all
def components(request: HttpRequest) -> HttpResponse:
    return _page(request, "components.html")


@open_to_all
def panes(request: HttpRequest) -> HttpResponse:
    return _page(request, "panes.html")


@open_to_all
def public(request: HttpRequest) -> HttpResponse:
    return _page(request, "public.html")


def home(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Your reply is on its way.")
    return _page(request, "public.html")


@require_capability(Capability.SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    return HttpResponse("settings")


def raising(request: HttpRequest, name: str) -> HttpResponse:
    raise {
        "bad": BadInput("There is no view “{view}” of the inbox.", view="<b>x</b>"),
        "impossible": NotPossible("This conversation is closed already."),
        "conflict": Conflict("Claire Aubry replied two minutes ago."),
        "broken": RuntimeError("broken"),
    }[name]


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


desk = ([path("inbox/", panes, name="inbox"), path("aside/", components, name="aside")], "desk")
journal = ([path("", components, name="home")], "journal")
urlpatterns = [
    path("", home, name="home"),
    path("", include("portevoix.web.urls")),
    path("", include(desk)),
    path("journal/", include(journal)),
    path("components/", components),
    path("panes/", panes),
    path("public/", public),
    path("settings/", settings),
    path("raise/<name>/", raising),
    path("denied/", denied),
]
