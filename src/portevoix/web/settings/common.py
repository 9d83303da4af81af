"""What all settings pages share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portevoix.channels.base import Sentence
from portevoix.kernel.errors import PortevoixError


def told(said: PortevoixError | str) -> str:
    """An error, or what a test found to work, in the reader's language."""
    if not isinstance(said, PortevoixError | Sentence):
        return _(said)
    text = _(said.text)
    return text.format(**said.values) if said.values else text


def done(request: HttpRequest, message: str, to: str, *args: Any) -> HttpResponseRedirect:
    """Says that it worked, and goes on to a page of the settings."""
    return done_at(request, message, f"web-settings:{to}", *args)


def done_at(request: HttpRequest, message: str, name: str, *args: Any) -> HttpResponseRedirect:
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
