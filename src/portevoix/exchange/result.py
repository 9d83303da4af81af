"""The one place that catches every exception and returns it to the caller, so that other work goes on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done[T]:
    """A result that was returned without an exception."""

    value: T


def attempt[T](work: Callable[[], T]) -> Done[T] | Exception:
    """Run `work`; return its result as Done, or the exception that it raised."""
    try:
        return Done(work())
    except Exception as error:  # noqa: BLE001 -- returned: who asked decides, by name, what each fault means
        return error
