"""The one place where any fault is caught: the other work goes on, and whoever asked learns what came in the way."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done[T]:
    """What came of it."""

    value: T


def attempt[T](work: Callable[[], T]) -> Done[T] | Exception:
    """Does it, and gives what came of it, or the fault that ended it; never raises one."""
    try:
        return Done(work())
    except Exception as error:  # noqa: BLE001 -- returned: who asked decides, by name, what each fault means
        return error
