"""Threads that answer pages, in lanes of their own: what strangers ask never takes a thread from colleagues.

Each process has its lanes. A lane that is full refuses at once, so that a flood costs it next to nothing.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus

from portevoix.config.refusals import RequestRefused

PUBLIC = ("/form/", "/hooks/")
"""Beginnings of addresses that anybody may post to."""
SIGN_IN = "/sign-in/"
MACHINES = frozenset({"/healthz", "/metrics"})
MOST_WAITING = 1_000
MOST_SIGN_INS = 3
"""That wait while a password is hashed, which takes a quarter of a second; from known devices some more."""
MOST_KNOWN_SIGN_INS = 40
MOST_MACHINES = 8
YIELDING = 10
"""How much later than others the threads are scheduled that hash passwords (nice)."""


@dataclass(slots=True)
class Lane:
    """So many threads, and how many requests may wait for one of them."""

    name: str
    threads: int
    most_waiting: int
    most_known_waiting: int
    when_full: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE
    nice: int = 0
    waiting: int = 0
    _pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, self.name, initializer=_be_nice, initargs=(self.nice,))

    def check_room(self, known: bool = False) -> None:
        """Raises RequestRefused when as many wait as may; `known`: for a visitor who is no stranger."""
        if self.waiting >= self.threads + (self.most_known_waiting if known else self.most_waiting):
            raise RequestRefused(self.when_full)

    async def run[T](self, work: Callable[[], T], known: bool = False) -> T:
        """Do the work on a thread of this lane. Raises RequestRefused as `check_room` does."""
        self.check_room(known)
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self.waiting -= 1


@dataclass(frozen=True, slots=True)
class Lanes:
    """Those of one process."""

    pages: Lane
    public: Lane
    sign_in: Lane
    machines: Lane

    def lane_of(self, method: str, path: str) -> Lane:
        """Return the lane of a request."""
        if path in MACHINES:
            return self.machines
        if path == SIGN_IN and method == "POST":
            return self.sign_in
        return self.public if path.startswith(PUBLIC) else self.pages


def make_lanes(threads: int) -> Lanes:
    """Return the lanes of a process that answers `threads` pages of colleagues at once."""
    return Lanes(
        pages=Lane("pages", threads, MOST_WAITING, MOST_WAITING),
        public=Lane("public", threads, MOST_WAITING, MOST_WAITING),
        sign_in=Lane("sign-in", 1, MOST_SIGN_INS, MOST_KNOWN_SIGN_INS, HTTPStatus.TOO_MANY_REQUESTS, nice=YIELDING),
        machines=Lane("machines", 1, MOST_MACHINES, MOST_MACHINES),
    )


def _be_nice(nice: int) -> None:
    """Let this thread alone be scheduled later than others; only Linux can do that."""
    if nice and sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
