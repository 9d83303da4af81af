"""Receives request bodies completely before a thread is taken, so that slow connections do not block pages.

A body has a deadline that grows with the bytes received, each visitor sends few at a time, and the memory of all bodies
together is bounded, separately for strangers and colleagues. Nothing is written to a disk.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from weakref import WeakValueDictionary

from portevoix.config.refusals import RequestRefused

PATIENCE = 20.0
"""Seconds that a body may take, whatever its size; and the longest silence within it."""
BYTES_A_SECOND = 8_000
"""Each so many bytes that have come give it a second more: a photograph over a poor line is no attack."""
MOST_OF_LINE = 8
"""Bodies that one visitor sends at the same time; the next ones wait, within their own deadline."""
MOST_AWAITED_OF_LINE = 200
"""Bodies of one visitor that are being sent or wait; beyond these, that visitor is refused."""
MOST_AT_ONCE = 2_000
"""Bodies that are being sent at the same time, by all."""
SMALL = 65_536
"""Bytes of a body that always find room: a form as people fill it in."""
MOST_BYTES, MOST_BYTES_OF_STRANGERS = 192_000_000, 64_000_000
"""Beyond these, what bodies hold in memory together until they are answered."""

type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]


class Disconnected(Exception):
    """The client disconnected before its request was complete."""


@dataclass(slots=True)
class BodyReader:
    """The bodies that this process is receiving, from colleagues or from strangers."""

    most_bytes: int = MOST_BYTES
    bytes_used: int = 0
    reading: Counter[str] = field(default_factory=Counter)
    _turns: WeakValueDictionary[str, asyncio.Semaphore] = field(default_factory=WeakValueDictionary)

    @asynccontextmanager
    async def body(self, receive: Receive, *, line: str, most: int) -> AsyncIterator[bytes]:
        """Yield the whole body, of `most` bytes at most; its memory counts until the context is left.

        Raises RequestRefused for one that is too large or too slow, or when too many are being sent, and Disconnected.
        """
        used = _Used(self)
        try:
            yield await self._read(receive, line, most, used)
        finally:
            used.give_back()

    async def _read(self, receive: Receive, line: str, most: int, used: "_Used") -> bytes:
        if self.reading.total() >= MOST_AT_ONCE or self.reading[line] >= MOST_AWAITED_OF_LINE:
            raise RequestRefused(HTTPStatus.SERVICE_UNAVAILABLE)
        self.reading[line] += 1
        try:
            async with asyncio.timeout(PATIENCE) as deadline:
                first = await receive()
                if not first.get("more_body"):
                    return await _gather(first, receive, most, used, deadline)
                turn = self._turns.setdefault(line, asyncio.Semaphore(MOST_OF_LINE))
                async with turn:
                    return await _gather(first, receive, most, used, deadline)
        except TimeoutError as error:
            raise RequestRefused(HTTPStatus.REQUEST_TIMEOUT) from error
        finally:
            self.reading[line] -= 1
            if not self.reading[line]:
                del self.reading[line]


@dataclass(slots=True)
class _Used:
    """The share of one body in the memory that all bodies have."""

    reader: BodyReader
    bytes: int = 0

    def grow(self, size: int) -> None:
        growth = max(0, size - SMALL) - self.bytes
        if growth > 0 and self.reader.bytes_used + growth > self.reader.most_bytes:
            raise RequestRefused(HTTPStatus.SERVICE_UNAVAILABLE)
        self.reader.bytes_used += growth
        self.bytes += growth

    def give_back(self) -> None:
        self.reader.bytes_used -= self.bytes
        self.bytes = 0


async def _gather(message: Message, receive: Receive, most: int, used: _Used, deadline: asyncio.Timeout) -> bytes:
    loop = asyncio.get_running_loop()
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] != "http.request":
            raise Disconnected
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise RequestRefused(HTTPStatus.CONTENT_TOO_LARGE)
        used.grow(size)
        if not message.get("more_body"):
            return b"".join(parts)
        ends = deadline.when() or loop.time()
        deadline.reschedule(min(ends + len(parts[-1]) / BYTES_A_SECOND, loop.time() + PATIENCE))
        message = await receive()
