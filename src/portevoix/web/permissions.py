"""Who may call a view. Without a decorator: any signed-in colleague."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from portevoix.record.permissions import Capability, check

type View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """The view answers anybody, signed in or not."""

    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def for_machines(view: View) -> View:
    """No person reads what the view answers: what goes wrong is told as JSON, not as a page."""

    view.for_machines = True  # type: ignore[attr-defined]
    return view


def allowed(capability: Capability) -> Callable[[View], View]:
    """The view answers colleagues whose role has the capability; others get the page of `NotAllowed`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request.user, capability)  # type: ignore[arg-type]
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def is_for_machines(view: View) -> bool:
    return getattr(view, "for_machines", False)


def is_open(view: View) -> bool:
    return getattr(view, "open_to_all", False)
