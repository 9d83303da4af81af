"""What citizens wrote lately, to be compared with: the memory of one process that serves pages.

Each process has its own, from the first question on. It holds what is needed to compare, and the numbers of messages:
what these say, to whom they belong and who may see them is asked of the record each time, so that nothing is shown here
that was erased, taken back or given to another department meanwhile.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, connections

from portevoix.record.queries import similar as record

if TYPE_CHECKING:
    from portevoix.text.similarity.index import Alike, Index

SLICE = 2000
AT_ONCE = 200
"""So many new messages at most are taken in within a request: tenths of a second. More come by the way of the first."""
LATE = 1000
"""So far back is looked anew: a message may become visible after one with a higher number, written at the same time."""
# BLAS needs more stack than the server gives to the threads that answer requests: there it kills the whole process.
_comparing = ThreadPoolExecutor(1, "look-alikes")
log = structlog.get_logger("portevoix.alike")


def _beside(work: Callable[[], None]) -> None:
    """In a thread of its own; it ends with the process, and keeps no connection."""

    def work_and_leave() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threading.Thread(target=work_and_leave, name="look-alikes", daemon=True).start()


@dataclass(slots=True)
class _Filled:
    """An index of what came after message `floor`, the last that it has, and which it has of the LATE before that."""

    index: "Index"
    floor: int
    last: int
    recent: set[int]
    using: threading.Lock = field(default_factory=threading.Lock)
    """Held while the index is changed or asked: one request may add to it while another one compares."""

    def take(self, most: int) -> int:
        """Adds messages that it has not, `most` of them at most. Returns how many there were, or `most` + 1."""
        reach = max(self.floor, self.last - LATE)
        fresh = [pk for pk in record.numbers(reach, most=len(self.recent) + most + 1) if pk not in self.recent]
        if not fresh:
            return 0
        taken = record.spoken(fresh[:most])
        with self.using:
            self.index.add(
                [str(each.pk) for each in taken], [each.text for each in taken], at=[each.at for each in taken]
            )
        self.last = max(self.last, fresh[:most][-1])
        self.recent = {pk for pk in self.recent.union(fresh[:most]) if pk > self.last - LATE}
        return len(fresh)


class Lookalikes:
    """Messages of the record, to be compared with; threads may share them. `begin` does longer work elsewhere."""

    def __init__(self, begin: Callable[[Callable[[], None]], None] = _beside) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._filled: _Filled | None = None

    def ready(self) -> bool:
        """Whether it can be asked. When it cannot, or much is new, it begins to read, and can be asked soon.

        A request waits for no other one, and takes in AT_ONCE messages at most.
        """
        if self._lock.acquire(blocking=False):
            handed_on = False
            try:
                if self._filled is None or self._filled.take(AT_ONCE) > AT_ONCE:
                    self._begin(self._fill)  # which lets go of the lock
                    handed_on = True
            finally:
                if not handed_on:
                    self._lock.release()
        return self._filled is not None

    def like(self, text: str, *, at: datetime, most: int, least: float, without: frozenset[int]) -> "list[Alike]":
        """As `text.similar.Index.like`; nothing before it is `ready`."""
        if self._filled is None:
            return []
        filled, others = self._filled, [str(pk) for pk in without]
        with filled.using:
            asking = _comparing.submit(filled.index.like, text, at=at, most=most, least=least, without=others)
            return asking.result()

    def in_common(self, words: Mapping[str, str], other: str) -> tuple[str, ...]:
        """As `text.similar.Index.in_common`."""
        return self._filled.index.in_common(words, other) if self._filled else ()

    def _fill(self) -> None:
        """Reads all that is new. Its first index counts only once it has everything."""
        try:
            filled = self._filled or _empty()
            while filled.take(SLICE) > SLICE:
                pass
            self._filled = filled
        except DatabaseError as error:  # the next one who asks begins again
            log.warning("look_alikes_interrupted", error=type(error).__name__)
        finally:
            self._lock.release()


def _empty() -> _Filled:
    # SciPy takes memory that a process that is never asked does not need.
    from portevoix.text.similarity.index import Index  # noqa: PLC0415

    beginning = record.beginning(datetime.now(UTC))
    return _Filled(Index(most=record.MOST), beginning, beginning, set())


of_this_process = Lookalikes()
