"""What an operation says to whoever asked for it: its errors beside their form, its success on the next page."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.formats import localize
from django.utils.translation import gettext

from portevoix.channels.base import Sentence
from portevoix.kernel.errors import PortevoixError

type Said = PortevoixError | Mapping[str, Any] | str | None


def told(said: Said) -> str:
    """An error, a stored `{"text","values"}`, or what a test found to work, as a sentence of the reader's language."""
    match said:
        case None:
            return ""
        case PortevoixError() | Sentence():
            text, values = said.text, said.values
        case str():
            text, values = said, {}
        case _:
            text, values = said.get("text", ""), said.get("values") or {}
    if not text:
        return ""
    sentence = gettext(text).format(**_written(values)) if values else gettext(text)
    line = getattr(said, "line", None)
    return gettext("line {line}: {sentence}").format(line=line, sentence=sentence) if line else sentence


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fractions as the reader writes them: 1,3."""
    return {name: localize(value) if isinstance(value, float) else value for name, value in values.items()}


def done(request: HttpRequest, message: str, name: str, *args: Any) -> HttpResponseRedirect:
    """Says that it worked, and goes on to the page of that name."""
    messages.success(request, message)
    return redirect(name, *args)


def attempt(form: Form, act: Callable[[], Any]) -> bool:
    """Whether the operation went through; when not, its error is the form's."""
    try:
        act()
    except PortevoixError as error:
        form.add_error(None, told(error))
        return False
    return True


def status_of(form: Form) -> int:
    """200 for a form as it is opened, 422 for one that could not be taken."""
    return 422 if form.is_bound and form.errors else HttpResponse.status_code
