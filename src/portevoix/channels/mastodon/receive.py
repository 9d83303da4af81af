"""Reading what is new for an account: mentions, the city's own statuses, edits and deletions, one turn at a time."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from portevoix.channels.http import Parameters
from portevoix.channels.mastodon.client import Instance, said_at
from portevoix.channels.mastodon.cursor import Cursor, Watched, rank
from portevoix.channels.mastodon.edit_watch import look_again
from portevoix.channels.mastodon.status import (
    Here,
    Unclear,
    author_id,
    entries,
    identifier,
    listed,
    moment,
    parent_id,
    quote,
    read,
    revision,
    text,
    unreadable,
)
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.messages import Batch, Change, Direction, Incoming, Unreadable

PAGE: Final = 80
"""Notifications asked for at a time: the most that Mastodon gives."""
OWN_PAGE: Final = 40
SHORT: Final = 15
"""A page of fewer is the last one: no instance gives less at a time when there is more."""
FIRST: Final = timedelta(days=30)
FIRST_PAGES: Final = 20
"""How far back an account is read that was never read before, whichever is less."""
SETTLING: Final = timedelta(seconds=20)
"""Ids are given before what they name can be seen: the last moments are read again; what is known is passed over."""
own_delay = timedelta(minutes=2)
"""The city's own statuses are read when a reply of ours has its receipt, so that none is taken for another's."""
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_THREADS: Final = 20
"""Conversations whose beginning is asked for in one turn."""


class _Enough(Exception):
    """The next status needs a request that this turn has no room for."""


@dataclass(slots=True)
class Page:
    """Entries in the order of their ids, the oldest first; `strange` are those without an id. `full`: there may be
    more.
    """

    items: list[Mapping[str, Any]] = field(default_factory=list)
    strange: list[Any] = field(default_factory=list)
    full: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(slots=True)
class Turn:
    """One reading and what it has collected. `roots` maps the statuses of known threads to their first status."""

    instance: Instance
    here: Here
    cursor: Cursor
    messages: list[Incoming] = field(default_factory=list)
    unreadable_items: list[Unreadable] = field(default_factory=list)
    roots: dict[str, str] = field(default_factory=dict)
    thread_requests: int = 0

    def run(self) -> Batch:
        page = self._mentions()
        if not page.full:
            try:
                self._own(page.now)
                look_again(self.instance, self.here, self.cursor, self.messages)
            except TryLater:
                if not self.messages:
                    raise  # else they are handed on now, and this is tried again in the next turn
        return Batch(
            messages=tuple(self.messages),
            unreadable=tuple(self.unreadable_items),
            cursor=self.cursor.write(page.now),
            more=page.full,
        )

    def _mentions(self) -> Page:
        parameters: Parameters = {"types[]": ["mention", "update"], "limit": PAGE}
        page = pages(self.instance, "/api/v1/notifications", parameters, self.cursor.upto or self.cursor.notified)
        self.unreadable_items += [unreadable(raw, f"notification:{digest(raw)}") for raw in page.strange]
        count = 0
        for item in page.items:
            try:
                self._mention(item)
            except _Enough:
                page.full = True
                break
            count += 1
        self._move(page, page.items[:count])
        return page

    def _move(self, page: Page, read_now: list[Mapping[str, Any]]) -> None:
        """Move the cursor to the next page; after the last one, back to what may still change, to read it again."""
        settled_items = list(takewhile(lambda item: _creation_time(item) < page.now - SETTLING, read_now))
        if settled_items:
            self.cursor.notified = identifier(settled_items[-1])
        elif self.cursor.notified is None:
            self.cursor.notified = "0"
        self.cursor.upto = identifier(read_now[-1]) if page.full else None

    def _mention(self, item: Mapping[str, Any]) -> None:
        status, kind = item.get("status"), item.get("type")
        if kind not in ("mention", "update") or status is None:  # without one: deleted before it was read
            return
        try:
            previous = self.cursor.watched.get(identifier(status))
            if author_id(status) == self.here.me or (previous is None and kind == "update"):
                return
            arrival = _creation_time(item)
            self._take(status, previous, arrived=None if arrival == LONG_AGO else arrival)
        except Unclear:
            self.unreadable_items.append(unreadable(item, f"notification:{identifier(item)}"))

    def _own(self, now: datetime) -> None:
        path = f"/api/v1/accounts/{self.here.me}/statuses"
        parameters: Parameters = {"exclude_reblogs": "true", "limit": OWN_PAGE}
        first = self.cursor.own is None
        page = pages(self.instance, path, parameters, self.cursor.own)
        if first:
            self.cursor.own = "0"
        for status in page.items:
            if _creation_time(status) > now - own_delay:
                break
            try:
                if first or not self._continues(status):
                    self._take(status, self.cursor.watched.get(identifier(status)))
            except _Enough:
                break
            except Unclear:
                self.unreadable_items.append(unreadable(status, f"status:{identifier(status)}"))
            self.cursor.own = identifier(status)

    def _continues(self, status: Mapping[str, Any]) -> bool:
        """Return whether this is a later part of a reply of ours, which is stored whole, or a boost."""
        if entries(status.get("reblog")):
            return True
        if status.get("in_reply_to_account_id") != self.here.me:
            return False
        posted_by = text(entries(status.get("application")).get("name"))
        return bool(posted_by) and posted_by == self.instance.application()

    def _take(self, status: Any, previous: Watched | None, arrived: datetime | None = None) -> None:
        """Add the status if it is new or edited. Raise Unclear, or _Enough."""
        if previous is not None:
            if revision(status) > previous.revision:
                self._hand_on(
                    read(status, self.here, thread=previous.root, arrived=arrived, change=Change.AMEND), previous.at
                )
            return
        message = read(status, self.here, arrived=arrived)  # unclear ones need no thread
        root, quotation = self._thread(status)
        if root != message.thread or quotation:
            message = replace(message, thread=root, quoted=quotation)
        self._hand_on(message, int(message.sent_at.timestamp()))

    def _hand_on(self, message: Incoming, at: int) -> None:
        self.messages.append(message)
        mine = message.direction is Direction.OUT
        self.cursor.watched[message.external_id] = Watched(at, message.revision, message.thread, mine)

    def _thread(self, status: Any) -> tuple[str, str]:
        """Return the first status of the thread, and a quotation of the parent where the city has not seen it."""
        parent = parent_id(status)
        if not parent:
            return identifier(status), ""
        if parent in self.cursor.watched:
            return self.cursor.watched[parent].root, ""
        if parent in self.roots:
            return self.roots[parent], ""
        if self.thread_requests >= MOST_THREADS:
            raise _Enough
        self.thread_requests += 1
        try:
            before = self.instance.context(identifier(status))["ancestors"]
        except Refused:
            before = []
        except TryLater:
            if self.messages:
                raise _Enough from None
            before = []  # one that never can be told holds up nothing
        return self._beginning(before, parent)

    def _beginning(self, before: list[Any], parent: str) -> tuple[str, str]:
        try:
            keys = [identifier(status) for status in before]
        except Unclear:
            keys = []
        root = keys[0] if keys else parent
        self.roots.update(dict.fromkeys([*keys, parent], root))
        parent_status = before[-1] if keys and author_id(before[-1]) != self.here.me else None
        return root, quote(parent_status, self.here) if parent_status else ""


def pages(instance: Instance, path: str, parameters: Parameters, after: str | None) -> Page:
    """Return the page after `after`; with None the last thirty days, in at most `FIRST_PAGES` requests."""
    if after is not None:
        answer = instance.get(path, {**parameters, "min_id": after})
        page = _sorted_page(listed(answer.json()), lambda key: rank(key) > rank(after))
        page.now, page.full = said_at(answer), len(page.items) >= SHORT
        return page
    collection = Page()
    known_ids: set[str] = set()
    more: dict[str, str] = {}
    for _ in range(FIRST_PAGES):
        answer = instance.get(path, {**parameters, **more})
        collection.now = said_at(answer)
        page = _sorted_page(listed(answer.json()), lambda key: key not in known_ids)
        collection.strange += page.strange
        recent = [item for item in page.items if not (LONG_AGO < _creation_time(item) < collection.now - FIRST)]
        collection.items = recent + collection.items
        known_ids.update(map(identifier, page.items))
        if len(page.items) < SHORT or len(recent) < len(page.items):
            break
        more = {"max_id": identifier(page.items[0])}
    return collection


def _sorted_page(raw: list[Any], is_wanted: Callable[[str], bool]) -> Page:
    page = Page()
    items_by_id: dict[str, Mapping[str, Any]] = {}
    for item in raw:
        try:
            items_by_id[identifier(item)] = entries(item)
        except Unclear:
            page.strange.append(item)
    page.items = [items_by_id[key] for key in sorted(items_by_id, key=rank) if is_wanted(key)]
    return page


def _creation_time(item: Mapping[str, Any]) -> datetime:
    """Return when it was created; long ago where that cannot be read, so that it is not waited for."""
    try:
        return moment(item.get("created_at"))
    except Unclear:
        return LONG_AGO


def digest(raw: Any) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:32]
