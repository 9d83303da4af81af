"""A network is asked in a thread of its own: however slow it is, it holds up no other, nor the worker's other work."""

import random
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from time import monotonic

from portevoix.exchange.result import Done, attempt

MOST_SCATTERED = timedelta(minutes=10)
PATIENCE = 1.0
"""Seconds that the worker waits for answers before it does something else; a network that is well needs less."""
MOST = 8
"""Networks that are asked at once."""


class Apart[T]:
    """At work from the beginning on. `call` touches no database: its thread has no connection of its own.

    The thread ends with the process at the latest: what it was doing is found as it is when a process dies.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._came: Done[T] | Exception | None = None
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._came = attempt(self._call)

    def came(self, *, within: float | None) -> Done[T] | Exception | None:
        """What came of it; None while it is at work. Waits for it so many seconds, None: until it ends."""
        self._thread.join(within)
        return None if self._thread.is_alive() else self._came


def scattered(pause: timedelta) -> timedelta:
    """A little longer, so that not all come back at one moment: by a fifth at most, and by ten minutes."""
    return pause + min(pause / 5, MOST_SCATTERED) * random.random()  # noqa: S311 -- no secret


def wait(several: Iterable[Apart[object]], *, within: float | None) -> None:
    """Until all have ended, so many seconds at most; None: until they have."""
    ends = None if within is None else monotonic() + within
    for one in several:
        one.came(within=None if ends is None else max(0.0, ends - monotonic()))
