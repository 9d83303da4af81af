"""Calls to networks in threads of their own, so that a slow one holds up neither the others nor the worker."""

import random
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from time import monotonic
from typing import Any

from portevoix.exchange.result import Ok, attempt

MOST_SCATTERED = timedelta(minutes=10)
PATIENCE = 1.0
"""Seconds that the worker waits for answers before it goes on; a healthy network needs less."""
MOST = 8
"""Networks that are called at once."""
SLOW = 60.0
"""Seconds after which a call takes no other's place any more: a server may send one byte after the other for ever."""
ENDING = 30.0
"""Seconds that a worker that ends waits for calls under way."""


class BackgroundCall[T]:
    """A call that runs in a thread from its creation on. `call` must not use the database.

    The thread ends with the process at the latest, as if the process had been killed.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._result: Ok[T] | Exception | None = None
        self._slow_from = monotonic() + SLOW
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    @property
    def is_slow(self) -> bool:
        """Return whether it has been running for longer than SLOW."""
        return monotonic() >= self._slow_from and self._thread.is_alive()

    def _run(self) -> None:
        self._result = attempt(self._call)

    def result(self, *, within: float | None) -> Ok[T] | Exception | None:
        """Return the result or the exception, None while it runs. Wait `within` seconds; None: until it ends."""
        self._thread.join(within)
        return None if self._thread.is_alive() else self._result


def free_places(several: Iterable[BackgroundCall[Any]]) -> int:
    """Return how many more calls may begin beside these, of which slow ones take no place."""
    return max(0, MOST - sum(not call.is_slow for call in several))


def with_jitter(pause: timedelta) -> timedelta:
    """Return the pause with random jitter added: a fifth at most, and ten minutes at most."""
    return pause + min(pause / 5, MOST_SCATTERED) * random.random()  # noqa: S311 -- no secret


def wait(several: Iterable[BackgroundCall[object]], *, within: float | None) -> None:
    """Wait until all calls have ended, `within` seconds at most; None: without limit."""
    ends = None if within is None else monotonic() + within
    for call in several:
        call.result(within=None if ends is None else max(0.0, ends - monotonic()))
