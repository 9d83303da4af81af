"""The one place that catches every exception and returns it to the caller, so that other work goes on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ok[T]:
    """A result that was returned without an exception."""

    value: T


def attempt[T](work: Callable[[], T]) -> Ok[T] | Exception:
    """Run `work`; return its result as `Ok`, or the exception that it raised."""
    try:
        return Ok(work())
    except Exception as error:  # noqa: BLE001 -- returned: who asked decides, by name, what each fault means
        return error
