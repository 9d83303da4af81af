"""The language of the public pages: the one that the address asks for, else the browser's."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

type View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """Answers in the language of ?lang=, when there are pages in it."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        if asked not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        with translation.override(asked):
            request.LANGUAGE_CODE = asked
            response = view(request, *args, **kwargs)
            response.headers["Content-Language"] = asked
            return response

    return answer
