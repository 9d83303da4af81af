"""Permissions of views. Without a decorator, any signed-in colleague may call one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from portevoix.record.permissions import Capability, check

type View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """Let anybody call the view, signed in or not."""

    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def json_errors(view: View) -> View:
    """Mark the view as called by machines: where the database is away they get JSON, not a page."""

    view.json_errors = True  # type: ignore[attr-defined]
    return view


def require_capability(capability: Capability) -> Callable[[View], View]:
    """Let colleagues call the view whose role has the capability; others get the page of `NotAllowed`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def check_and_call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request.user, capability)  # type: ignore[arg-type]
            return view(request, *args, **kwargs)

        return check_and_call

    return decorate


def has_json_errors(view: View) -> bool:
    return getattr(view, "json_errors", False)


def is_open(view: View) -> bool:
    return getattr(view, "open_to_all", False)
