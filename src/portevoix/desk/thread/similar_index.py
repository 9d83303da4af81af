"""An index of recent messages for finding similar ones, in the memory of each process that serves pages.

Each process builds its own at the first request. It holds what is needed to compare, and the numbers of messages.
Their texts, owners and visibility are read from the record each time, so that nothing is shown that was erased, deleted
or given to another department meanwhile.
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
    from portevoix.text.similarity.index import Index, SimilarMessage

SLICE = 2000
AT_ONCE = 200
"""Maximum of new messages indexed within a request: tenths of a second. More are indexed in a thread, as at first."""
LATE = 1000
"""Distance back over which numbers are read again: a message may become visible after one with a higher number."""
# BLAS needs more stack than the server gives to the threads that answer requests: there it kills the whole process.
_comparing = ThreadPoolExecutor(1, "look-alikes")
log = structlog.get_logger("portevoix.alike")


def _start_thread(work: Callable[[], None]) -> None:
    """Run `work` in a daemon thread that keeps no database connection."""

    def work_and_leave() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threading.Thread(target=work_and_leave, name="look-alikes", daemon=True).start()


@dataclass(slots=True)
class _LoadedIndex:
    """An index of the messages after `floor` up to `last`, and which of the LATE numbers before `last` it has."""

    index: "Index"
    floor: int
    last: int
    recent: set[int]
    using: threading.Lock = field(default_factory=threading.Lock)
    """Held while the index is changed or searched: one request may add to it while another one compares."""

    def take(self, most: int) -> int:
        """Add up to `most` messages that are not indexed yet. Return how many there were, or `most` + 1."""
        reach = max(self.floor, self.last - LATE)
        fresh = [pk for pk in record.numbers(reach, most=len(self.recent) + most + 1) if pk not in self.recent]
        if not fresh:
            return 0
        messages = record.message_texts(fresh[:most])
        with self.using:
            self.index.add(
                [str(message.pk) for message in messages],
                [message.text for message in messages],
                at=[message.at for message in messages],
            )
        self.last = max(self.last, fresh[:most][-1])
        self.recent = {pk for pk in self.recent.union(fresh[:most]) if pk > self.last - LATE}
        return len(fresh)


class SimilarIndex:
    """An index of similar messages that threads may share. `begin` starts longer work elsewhere."""

    def __init__(self, begin: Callable[[Callable[[], None]], None] = _start_thread) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._loaded_index: _LoadedIndex | None = None

    def ready(self) -> bool:
        """Return whether it can be searched. When it cannot, or much is new, start reading, to be ready soon.

        A request never waits for another one, and indexes AT_ONCE messages at most.
        """
        if self._lock.acquire(blocking=False):
            handed_on = False
            try:
                if self._loaded_index is None or self._loaded_index.take(AT_ONCE) > AT_ONCE:
                    self._begin(self._load)  # which lets go of the lock
                    handed_on = True
            finally:
                if not handed_on:
                    self._lock.release()
        return self._loaded_index is not None

    def like(
        self, text: str, *, at: datetime, most: int, least: float, without: frozenset[int]
    ) -> "list[SimilarMessage]":
        """Return the matches as `text.similarity.index.Index.like` does; none before the index is `ready`."""
        if self._loaded_index is None:
            return []
        loaded_index, others = self._loaded_index, [str(pk) for pk in without]
        with loaded_index.using:
            asking = _comparing.submit(loaded_index.index.like, text, at=at, most=most, least=least, without=others)
            return asking.result()

    def in_common(self, words: Mapping[str, str], other: str) -> tuple[str, ...]:
        """Return the common words as `text.similarity.index.Index.in_common` does."""
        return self._loaded_index.index.in_common(words, other) if self._loaded_index else ()

    def _load(self) -> None:
        """Read everything new. A first index is used only once it is complete."""
        try:
            loaded_index = self._loaded_index or _empty_index()
            while loaded_index.take(SLICE) > SLICE:
                pass
            self._loaded_index = loaded_index
        except DatabaseError as error:  # the next one who asks begins again
            log.warning("look_alikes_interrupted", error=type(error).__name__)
        finally:
            self._lock.release()


def _empty_index() -> _LoadedIndex:
    # SciPy takes memory that a process that is never asked does not need.
    from portevoix.text.similarity.index import Index  # noqa: PLC0415

    beginning = record.beginning(datetime.now(UTC))
    return _LoadedIndex(Index(most=record.MOST), beginning, beginning, set())


process_index = SimilarIndex()
