"""Informative pages, and the style sheet of the city's colour."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portevoix.web import colour
from portevoix.web.permissions import open_to_all

DEFAULT_ACCENT = "#1f5673"


@open_to_all
@require_safe
@cache_control(public=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:
    """Return the city's accent as a style sheet, made readable on both papers.

    Pages put the accent's value into its address.
    """
    city = request.city  # type: ignore[attr-defined]
    accent = city.accent if city else DEFAULT_ACCENT
    light = colour.readable(accent, on=colour.PAPER_LIGHT)
    dark = colour.readable(accent, on=colour.PAPER_DARK)
    return HttpResponse(f":root{{--accent-on-light:{light};--accent-on-dark:{dark}}}\n", content_type="text/css")


@open_to_all
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@open_to_all
@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    return render(request, "web/keyboard.html")
