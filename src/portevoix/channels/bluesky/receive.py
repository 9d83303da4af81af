"""What comes in: mentions, replies, quotes; the city's own posts; what a search finds; what was deleted since."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from portevoix.channels.bluesky import parse
from portevoix.channels.bluesky.cursor import Cursor
from portevoix.channels.bluesky.parse import POST, Reader
from portevoix.channels.bluesky.session import Client
from portevoix.channels.bluesky.sweep import Entry, Page, restarted, sweep
from portevoix.channels.http import Parameters, Rejected
from portevoix.channels.timestamps import instant
from portevoix.kernel.errors import TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Batch, Direction, Incoming, Unreadable

FIRST_DAYS: Final = timedelta(days=30)
"""How far back the first reading goes."""
FIRST_SEARCH: Final = timedelta(days=1)
"""As above: many may name the city without a word to it."""
PAGE: Final = 100
PAGES: Final = 5
"""How many pages one call reads at most; the next call goes on."""
WATCH_DAYS: Final = timedelta(days=14)
WATCH_PAGE: Final = 25
_CONFIRMED: Final = 2  # by a request each
_REASONS: Final = ("mention", "reply", "quote")
_MOST_CURSOR: Final = 1000

_log = structlog.get_logger("portevoix.bluesky")


class Intake:
    """One call of `receive`."""

    def __init__(self, client: Client, account: str, search: str, cursor: str | None, now: datetime) -> None:
        self._client, self._search, self._now = client, search.strip(), now
        self._fetches: dict[str, Callable[[str], Page]] = {"notifications": self._notifications, "posts": self._posts}
        if self._search:
            self._fetches["search"] = self._found
        self._reader = Reader(account, client.did)
        floors = {"search": _millis(now - FIRST_SEARCH)}
        self._cursor = Cursor.read(cursor, floor=_millis(now - FIRST_DAYS), floors=floors)
        self._messages: list[Incoming] = []
        self._unreadable: list[Unreadable] = []

    def run(self) -> Batch:
        """The notifications, and once they are read, one thing more in its turn."""
        self._sweep("notifications")
        if not self._cursor.listings["notifications"].page:
            self._aside()
        return Batch(
            messages=tuple(self._messages),
            unreadable=tuple(self._unreadable),
            cursor=str(self._cursor),
            more=any(self._cursor.listings[name].page for name in self._fetches),
        )

    def _aside(self) -> None:
        """A sweep that is under way goes on. What goes wrong holds up no citizen's message: it has its turn again."""
        under_way = [name for name in self._fetches if self._cursor.listings[name].page]
        turns = under_way or [*list(self._fetches)[1:], "watch"]
        turn = turns[self._cursor.turn % len(turns)]
        try:
            self._watch() if turn == "watch" else self._sweep(turn)
        except (TryLater, Rejected) as error:
            _log.warning("bluesky_postponed", what=turn, why=str(error))
            stopped = {name: restarted(self._cursor.listings[name]) for name in under_way}
            self._cursor = replace(self._cursor, listings={**self._cursor.listings, **stopped})
        self._cursor = replace(self._cursor, turn=(self._cursor.turn + 1) % 1_000_000)

    def _sweep(self, name: str) -> None:
        listings = self._cursor.listings
        known = {each for other in listings if other != name for each in listings[other].names()}
        try:
            listing, entries = sweep(listings[name], self._fetches[name], most=PAGES, known=known)
        except Rejected as error:
            if error.status != 400 or not listings[name].page:
                raise
            listing, entries = restarted(listings[name]), []
        self._cursor = replace(self._cursor, listings={**listings, name: listing})
        self._messages += [entry.item for entry in entries if isinstance(entry.item, Incoming)]
        self._unreadable += [entry.item for entry in entries if isinstance(entry.item, Unreadable)]

    def _notifications(self, page: str) -> Page:
        asked: Parameters = {"limit": PAGE, "reasons": _REASONS}
        told = self._page("app.bsky.notification.listNotifications", asked, page)
        rows = _rows(told, "notifications")
        found = self._read(told, [(row, row if row.get("reason") in _REASONS else None) for row in rows])
        return replace(found, next=overlapping(found.next, page))

    def _posts(self, page: str) -> Page:
        """The city's own; what it reposted is of others."""
        asked: Parameters = {"actor": self._reader.did, "filter": "posts_with_replies", "limit": PAGE}
        told = self._page("app.bsky.feed.getAuthorFeed", asked, page)
        pairs = []
        for row in _rows(told, "feed"):
            post, reason = row.get("post"), row.get("reason")
            placed = reason if isinstance(reason, dict) else post
            pairs.append((placed if isinstance(placed, dict) else {}, post if placed is post else None))
        return self._read(told, pairs)

    def _found(self, page: str) -> Page:
        asked: Parameters = {"q": self._search, "sort": "latest", "limit": PAGE}
        told = self._page("app.bsky.feed.searchPosts", asked, page)
        return self._read(told, [(row, row) for row in _rows(told, "posts")], own=False)

    def _page(self, method: str, asked: Parameters, page: str) -> Mapping[str, Any]:
        return self._client.get(method, {**asked, "cursor": page} if page else asked)

    def _read(self, told: Mapping[str, Any], pairs: Sequence[tuple[Mapping[str, Any], Any]], own: bool = True) -> Page:
        """`pairs`: what says when, and the post, None when it is of no interest."""
        entries, oldest = [], None
        for placed, view in pairs:
            when = instant(placed.get("indexedAt"))
            at = _millis(when) if when else oldest if oldest is not None else _millis(self._now)
            oldest = at
            if view is not None and (entry := self._entry(at, view, own)):
                entries.append(entry)
        following = told.get("cursor")
        following = following if isinstance(following, str) and len(following) <= _MOST_CURSOR else ""
        reached = min(filter(None, (oldest, reached_by(following))), default=None)
        return Page(tuple(entries), reached, following, full=len(pairs) >= PAGE // 2)

    def _entry(self, at: int, view: object, own: bool) -> Entry | None:
        name = _name(view)
        if self._reader.is_ours(view):
            return Entry(at, name, None, watched=not self._reader.goes_on(view))
        item = self._reader.post(view)
        if not own and isinstance(item, Incoming) and item.direction is Direction.OUT:
            return None
        return Entry(at, name, item, watched=isinstance(item, Incoming))

    def _watch(self) -> None:
        """Are the next of the newest messages still there? Gone is what neither of two ways finds: a citizen who has
        blocked the city hides from the first one.
        """
        since = _millis(self._now - WATCH_DAYS)
        every = {seen.name: seen.at for each in self._cursor.listings.values() for seen in each.seen if seen.watched}
        names = sorted((name for name, at in every.items() if at >= since), key=lambda name: (-every[name], name))
        start = self._cursor.watch if self._cursor.watch < len(names) else 0
        asked = names[start : start + WATCH_PAGE]
        if not asked:
            return
        told = self._client.get("app.bsky.feed.getPosts", {"uris": [_uri(name) for name in asked]})
        there = {_name(row) for row in _rows(told, "posts")}
        passed, doubts, gone = 0, 0, set()
        for name in asked:
            if name not in there:
                doubts += 1
                if doubts > _CONFIRMED:
                    break
                if not exists(self._client, _uri(name)):
                    gone.add(name)
                    seen_at = datetime.fromtimestamp(every[name] / 1000, UTC)
                    self._messages.append(self._reader.gone(_uri(name), seen_at))
                    continue
            passed += 1
        self._cursor = replace(_unwatched(self._cursor, gone), watch=start + passed)


def exists(client: Client, uri: str) -> bool:
    """Whether the post's record is there, whoever may see it."""
    did, rkey = parse.split_uri(uri) or ("", "")
    try:
        client.get("com.atproto.repo.getRecord", {"repo": did, "collection": POST, "rkey": rkey})
    except Rejected as error:
        if is_absent(error):
            return False
        raise
    return True


def is_absent(error: Rejected) -> bool:
    """Whether getRecord says that there is none; older servers have no code for it."""
    return error.code == "RecordNotFound" or "Could not locate record" in str(error)


def _unwatched(cursor: Cursor, gone: set[str]) -> Cursor:
    listings = {
        name: replace(
            listing,
            seen=tuple(replace(seen, watched=False) if seen.name in gone else seen for seen in listing.seen),
        )
        for name, listing in cursor.listings.items()
    }
    return replace(cursor, listings=listings)


def _name(view: object) -> str:
    """Short, as the cursor holds many."""
    found = parse.split_uri(view.get("uri")) if isinstance(view, dict) else None
    return "/".join(found) if found else parse.digest(view)


def _uri(name: str) -> str:
    return parse.uri_of(*name.split("/"))


def _rows(told: Mapping[str, Any], key: str) -> list[Any]:
    rows = told.get(key)
    if not isinstance(rows, list):
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    return [row if isinstance(row, dict) else {"unknown": row} for row in rows[: 2 * PAGE]]


def overlapping(cursor: str, before: str) -> str:
    """Where the cursor is a moment, a page ends in the middle of it: the next one begins with all of that moment."""
    when = instant(cursor)
    if when is None:
        return cursor
    later = (when + timedelta(milliseconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return cursor if later == before else later


def reached_by(cursor: str) -> int | None:
    """How far back a page went of which the network shows only what was asked for: its cursors are moments."""
    first = cursor.split("::")[0]
    if first.isascii() and first.isdecimal() and len(first) == 13:
        return int(first)
    when = instant(first)
    return _millis(when) if when else None


def _millis(when: datetime) -> int:
    return int(when.timestamp() * 1000)
