"""Threads that answer pages, in separate lanes: requests of strangers never take a thread from colleagues.

Each process has its lanes. A full lane refuses at once, so that a flood costs it next to nothing.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic

from portevoix.config.refusals import RequestRefused
from portevoix.kernel.visitor_addresses import SITE_FACTOR

PUBLIC = ("/form/", "/hooks/")
"""Beginnings of addresses that anybody may post to. What strangers ask elsewhere has the same lane."""
SIGN_IN = "/sign-in/"
HEALTH = "/healthz"
MACHINES = frozenset({HEALTH, "/metrics"})
MOST_WAITING = 1_000
MOST_WAITING_OF_LINE = 200
"""Requests of one stranger that are answered or wait: who asks for more keeps no other stranger waiting."""
MOST_SIGN_INS = 16
"""That wait while a password is hashed, which takes a quarter of a second; from known devices some more."""
MOST_SIGN_INS_OF_LINE = 3
MOST_SIGN_INS_A_MINUTE = 20
"""Of one stranger, waiting and begun: one who asks without end, or without a token, keeps no new device out."""
MOST_KNOWN_SIGN_INS = 40
MINUTE = 60.0
MOST_MACHINES = 8
YIELDING = 10
"""Nice value of the threads that hash passwords, so that others run first."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The sender of a request: its line, and whether its device is one from which a colleague has signed in before."""

    line: str
    known: bool = False
    site: str = ""

    def limits(self, most: int) -> dict[str, int]:
        """Return how often its line, and the site that the line is in, may do what one line may do `most` times."""
        return {self.line: most, **({self.site: most * SITE_FACTOR} if self.site not in ("", self.line) else {})}


@dataclass(slots=True)
class Lane:
    """A number of threads, and a limit on the requests that wait for one of them."""

    name: str
    threads: int
    most_waiting: int
    most_known_waiting: int
    when_full: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE
    nice: int = 0
    most_of_line: int = MOST_WAITING_OF_LINE
    most_a_minute: int | None = None
    waiting: int = 0
    _of_line: Counter[str] = field(default_factory=Counter)
    _begun: Counter[str] = field(default_factory=Counter)
    _minute_ends: float = 0.0
    _pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, self.name, initializer=_be_nice, initargs=(self.nice,))

    def check_room(self, visitor: Visitor) -> None:
        """Raise RequestRefused when the limit of waiting requests is reached, in all or for one stranger."""
        most = self.most_known_waiting if visitor.known else self.most_waiting
        greedy = not visitor.known and self._is_greedy(visitor)
        if greedy or self.waiting >= self.threads + most:
            raise RequestRefused(self.when_full)

    def _is_greedy(self, visitor: Visitor) -> bool:
        """Return whether as many of its requests wait, or began within the minute, as one stranger may have."""
        if any(self._of_line[key] >= most for key, most in visitor.limits(self.most_of_line).items()):
            return True
        if self.most_a_minute is None:
            return False
        if monotonic() >= self._minute_ends:
            self._begun.clear()
            self._minute_ends = monotonic() + MINUTE
        return any(self._begun[key] >= most for key, most in visitor.limits(self.most_a_minute).items())

    async def run[T](self, work: Callable[[], T], visitor: Visitor) -> T:
        """Do the work on a thread of this lane. Raise RequestRefused as `check_room` does."""
        self.check_room(visitor)
        self.waiting += 1
        keys = list(visitor.limits(0))
        self._of_line.update(keys)
        if self.most_a_minute is not None:
            self._begun.update(keys)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self.waiting -= 1
            self._of_line.subtract(keys)
            for key in keys:
                if not self._of_line[key]:
                    del self._of_line[key]


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of one process."""

    pages: Lane
    public: Lane
    sign_in: Lane
    machines: Lane

    def lane_of(self, method: str, path: str, *, known: bool) -> Lane:
        """Return the lane of a request, whose method is in capitals; `known` as of a Visitor."""
        if path in MACHINES:
            return self.machines
        if path == SIGN_IN and method == "POST":
            return self.sign_in
        return self.pages if known and not path.startswith(PUBLIC) else self.public


def make_lanes(threads: int) -> Lanes:
    """Return the lanes of a process that answers `threads` pages of colleagues at once."""
    return Lanes(
        pages=Lane("pages", threads, MOST_WAITING, MOST_WAITING),
        public=Lane("public", threads, MOST_WAITING, MOST_WAITING),
        sign_in=Lane(
            "sign-in",
            1,
            MOST_SIGN_INS,
            MOST_KNOWN_SIGN_INS,
            HTTPStatus.TOO_MANY_REQUESTS,
            nice=YIELDING,
            most_of_line=MOST_SIGN_INS_OF_LINE,
            most_a_minute=MOST_SIGN_INS_A_MINUTE,
        ),
        machines=Lane("machines", 1, MOST_MACHINES, MOST_MACHINES + 1),  # one more: see `pages.Health`
    )


def _be_nice(nice: int) -> None:
    """Let this thread alone be scheduled later than others; only Linux can do that."""
    if nice and sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
