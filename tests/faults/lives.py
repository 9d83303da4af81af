"""Processes that are killed: each a fork of this one, in which Django is loaded, so that a thousand take minutes."""

import os
import random
import signal
import sys
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from django.db import connections

from portevoix.exchange.prediction import predictors
from tests.faults.points import NEVER, points

AHEAD = timedelta(minutes=6)
"""Between one life and the next: longer than any lease, so that the next one takes up what the dead one had."""
BY_CLOCK = 0.2
"""Of the deaths, how many come at a random moment rather than at a place."""
BESIDE = 0.3
"""Of the lives, beside how many another one does the same at the same time, and is left in peace."""


class Life:
    """A child at work."""

    def __init__(self, work: Callable[[], None], *, at: int | None, now: datetime, log: Path) -> None:
        """`at`: the place at which it dies, NEVER, or None: nor does it count places."""
        connections.close_all()
        self.began = time.monotonic()
        self.pid = os.fork()
        if not self.pid:
            _live(work, at, now, log)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> bool:
        """Waits for its end; whether it came to it by itself. Raises AssertionError when it fell ill instead."""
        _, status = os.waitpid(self.pid, 0)
        self.took = time.monotonic() - self.began
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL, f"signal {os.WTERMSIG(status)}"
            return False
        assert os.WEXITSTATUS(status) == 0, "a process failed by itself: see its log"
        return True


def _live(work: Callable[[], None], at: int | None, now: datetime, log: Path) -> None:
    status = 1
    try:
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(written, sys.stdout.fileno())
        os.dup2(written, sys.stderr.fileno())
        with time_machine.travel(now, tick=True):
            if at is not None:
                points.arm(at)
            work()
        status = 0
    except BaseException:  # noqa: BLE001 -- whatever it was, nothing of the parent may run here
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


class Lives:
    """One life after the other; most end early. Which and where, the seed decides; the clock runs ahead meanwhile."""

    def __init__(self, seed: int, log: Path) -> None:
        self.random = random.Random(seed)
        self.log = log
        self.kills = 0
        self.places: Counter[str] = Counter()
        self.now = datetime.now(UTC)
        self._passed: deque[int] = deque([60], maxlen=12)
        self._took: deque[float] = deque([0.2], maxlen=12)

    def start(self, work: Callable[[], None], *, within: int) -> Life:
        """It dies at one of the next so many places; 0: it does not."""
        points.clear()
        at = self.random.randint(1, within) if within else NEVER
        with time_machine.travel(self.now):
            predictors.labellers()  # so that no child has to learn
        return self._life(work, at)

    def _life(self, work: Callable[[], None], at: int | None) -> Life:
        return Life(work, at=at, now=self.now, log=self.log)

    def one(self, work: Callable[[], None], *, spared: bool = False) -> bool:
        """Whether it came to its end by itself."""
        by_clock = not spared and self.random.random() < BY_CLOCK
        life = self.start(work, within=0 if spared or by_clock else max(self._passed))
        beside = self._life(work, None) if self.random.random() < BESIDE else None
        if by_clock:
            time.sleep(self.random.uniform(0, max(self._took)))
            life.kill()
        whole = life.ended()
        if beside:
            beside.ended()
        self.over(life, whole=whole)
        self.pass_time()
        return whole

    def pass_time(self) -> None:
        """Until the next life begins."""
        self.now += AHEAD

    def over(self, life: Life, *, whole: bool) -> None:
        """Counts it."""
        self._passed.append(points.passed())
        self._took.append(life.took)
        if not whole:
            self.kills += 1
            self.places[points.last() or "before anything"] += 1
