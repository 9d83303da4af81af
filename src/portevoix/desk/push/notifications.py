"""Notifications of changes: each process has one watcher for all pages that it serves.

On PostgreSQL it listens; the embedded database is polled twice a second.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, connections

from portevoix.desk.push import colleague_presence
from portevoix.record.queries import live

log = structlog.get_logger("portevoix.live")
LOOK_EVERY = 0.5
CHECK_EVERY = 15.0
"""Seconds between two looks at whether those who listen are still signed in, with the same rights."""
RETRY_AFTER = 5.0
_LIBPQ = frozenset({"dbname", "user", "password", "host", "port", "service", "passfile", "connect_timeout"})


@dataclass(frozen=True, slots=True)
class News:
    """Conversations with new events, and those where somebody came or began to write.

    `has_gap`: there was a gap, and what happened in it is unknown.
    """

    updates: frozenset[int] = frozenset()
    presence: frozenset[int] = frozenset()
    has_gap: bool = False

    def __or__(self, other: "News") -> "News":
        return News(self.updates | other.updates, self.presence | other.presence, self.has_gap or other.has_gap)

    def __bool__(self) -> bool:
        return bool(self.updates or self.presence or self.has_gap)


@dataclass(slots=True, eq=False)
class Box:
    """The news that one open page has not received yet; several that arrive in the meantime are merged.

    `confinee` and `listener`: see `sse.stream`. `is_over`: the page is not to be told anything any more.
    """

    confinee: int | None = None
    listener: live.Listener | None = None
    is_over: bool = False
    _news: News = field(default_factory=News)
    _ring: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, news: News) -> None:
        self._news |= news
        self._ring.set()

    def end(self) -> None:
        self.is_over = True
        self._ring.set()

    async def take(self) -> News:
        """Wait until there is news, and return it."""
        await self._ring.wait()
        self._ring.clear()
        news, self._news = self._news, News()
        return news


class Hub:
    """A watcher that runs while at least one page is open, and passes the news to all of them."""

    def __init__(self, watch: Callable[[], AsyncIterator[News]]) -> None:
        self._watch = watch
        self._boxes: set[Box] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def pages(self) -> int:
        """Return the number of open pages."""
        return len(self._boxes)

    @asynccontextmanager
    async def open(self, confinee: int | None = None, listener: live.Listener | None = None) -> AsyncIterator[Box]:
        box = Box(confinee, listener)
        self._boxes.add(box)
        if all(task.done() for task in self._tasks):
            # A context of their own: the watchers outlive the request that started them.
            create = partial(asyncio.get_running_loop().create_task, context=Context())
            self._tasks = [create(self._run()), create(self._check())]
        try:
            yield box
        finally:
            self._boxes.discard(box)
            if not self._boxes:
                for task in self._tasks:
                    task.cancel()
                self._tasks = []

    async def _run(self) -> None:
        while True:
            try:
                async with aclosing(self._watch()) as several:
                    async for news in several:
                        await self._tell(news)
            except (DatabaseError, connection.Database.Error) as error:
                log.warning("live_interrupted", error=type(error).__name__, why=str(error).partition("\n")[0])
            await asyncio.sleep(RETRY_AFTER)
            await self._tell(News(has_gap=True))

    async def _check(self) -> None:
        """End the boxes of those who have signed out, were dismissed, or have another role, password or reach."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            listeners = {box.listener for box in self._boxes if box.listener}
            try:
                gone = listeners - await sync_to_async(live.still_listening)(listeners)
            except (DatabaseError, connection.Database.Error):
                continue  # a stream ends after ten minutes at the latest
            for box in self._boxes:
                if box.listener in gone:
                    box.end()

    async def _tell(self, news: News) -> None:
        """Pass the news to all boxes; what confined colleagues may see is queried for all of them at once."""
        confinees = set()
        for box in self._boxes:
            if box.confinee is None:
                box.put(news)
            else:
                confinees.add(box.confinee)
        if not confinees:
            return
        visible_ids = await sync_to_async(live.visible_to)(confinees, news.updates | news.presence)
        for box in self._boxes:
            if box.confinee in confinees:
                theirs = visible_ids.get(box.confinee, frozenset())
                if mine := News(news.updates & theirs, news.presence & theirs, news.has_gap):
                    box.put(mine)


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the news: the last event, and the last change of presences."""

    event: int
    moment: datetime

    @classmethod
    def now(cls) -> "Position":
        return cls(live.latest_event(), datetime.now(UTC))

    def look(self) -> tuple["Position", News]:
        """Return the position reached now, and the news since this one."""
        event, conversations = live.events_since(self.event)
        moment, here = colleague_presence.changed_since(self.moment)
        return Position(event, moment), News(conversations, here)


async def poll_database() -> AsyncIterator[News]:
    """Poll for new events and presences twice a second, in a thread of its own."""
    loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(1, "live")
    try:
        position = await loop.run_in_executor(pool, Position.now)
        while True:
            await asyncio.sleep(LOOK_EVERY)
            position, news = await loop.run_in_executor(pool, position.look)
            if news:
                yield news
    finally:
        pool.submit(connections.close_all)
        pool.shutdown(wait=False)


async def listen_to_database() -> AsyncIterator[News]:
    """Listen to the notifications of the record and the desk; several at once are merged.

    The driver is the one that Django has loaded: the embedded database does without its six megabytes.
    """
    driver = connection.Database
    async with await driver.AsyncConnection.connect(_address(), autocommit=True) as async_connection:
        await async_connection.execute("LISTEN portevoix")
        async for notify in async_connection.notifies():
            if news := parse(notify.payload):
                yield news


def parse(payload: str) -> News:
    """Parse a payload: "12,13" have new events; at "presence:12" somebody came or began to write."""
    kind, _, rest = payload.rpartition(":")
    numbers = frozenset(int(number) for number in re.findall(r"\d+", rest))
    return News(presence=numbers) if kind == "presence" else News(updates=numbers)


def _address() -> str:
    """Return the database's address for libpq, without Django's own settings."""
    params = connection.get_connection_params()
    address: str = connection.Database.conninfo.make_conninfo(
        **{key: value for key, value in params.items() if key in _LIBPQ or key.startswith(("ssl", "target", "options"))}
    )
    return address


def watch_database() -> AsyncIterator[News]:
    return listen_to_database() if connection.vendor == "postgresql" else poll_database()
