"""Messages of operations to their users: errors beside the form, success on the next page."""

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


def told(notice: Said) -> str:
    """Return an error, a stored `{"text","values"}`, or a result of a test as a sentence in the reader's language."""
    match notice:
        case None:
            return ""
        case PortevoixError() | Sentence():
            text, values = notice.text, notice.values
        case str():
            text, values = notice, {}
        case _:
            text, values = notice.get("text", ""), notice.get("values") or {}
    if not text:
        return ""
    sentence = gettext(text).format(**_localize_fractions(values)) if values else gettext(text)
    line = getattr(notice, "line", None)
    return gettext("line {line}: {sentence}").format(line=line, sentence=sentence) if line else sentence


def _localize_fractions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with fractions in the reader's notation: 1,3."""
    return {name: localize(value) if isinstance(value, float) else value for name, value in values.items()}


def done(request: HttpRequest, message: str, name: str, *args: Any) -> HttpResponseRedirect:
    """Add a success message and redirect to the page of that name."""
    messages.success(request, message)
    return redirect(name, *args)


def attempt(form: Form, act: Callable[[], Any]) -> bool:
    """Return whether the operation succeeded; if not, add its error to the form."""
    try:
        act()
    except PortevoixError as error:
        form.add_error(None, told(error))
        return False
    return True


def status_of(form: Form) -> int:
    """Return 200 for a new form, 422 for one with errors."""
    return 422 if form.is_bound and form.errors else HttpResponse.status_code
