"""Reading from Bluesky: mentions, replies, quotes; the city's own posts; search results; deletions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from portevoix.channels.bluesky import parse
from portevoix.channels.bluesky.cursor import Cursor
from portevoix.channels.bluesky.parse import POST, Reader
from portevoix.channels.bluesky.session import Client
from portevoix.channels.bluesky.sweep import Entry, Page, restart, sweep
from portevoix.channels.http import Parameters
from portevoix.channels.http_answers import Rejected
from portevoix.channels.timestamps import parse_timestamp
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
_MOST_CONFIRMATIONS: Final = 2  # by a request each
_REASONS: Final = ("mention", "reply", "quote")
_MOST_CURSOR: Final = 1000

_log = structlog.get_logger("portevoix.bluesky")


class Intake:
    """One call of `receive`."""

    def __init__(self, client: Client, account: str, search: str, cursor: str | None, now: datetime) -> None:
        self._client, self._search, self._now = client, search.strip(), now
        self._fetches: dict[str, Callable[[str], Page]] = {"notifications": self._notifications, "posts": self._posts}
        if self._search:
            self._fetches["search"] = self._search_results
        self._reader = Reader(account, client.did)
        floors = {"search": _millis(now - FIRST_SEARCH)}
        self._cursor = Cursor.read(cursor, floor=_millis(now - FIRST_DAYS), floors=floors)
        self._messages: list[Incoming] = []
        self._unreadable: list[Unreadable] = []

    def run(self) -> Batch:
        """Read the notifications, and once they are read, one other thing in its turn."""
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
        """Continue a sweep, or begin another job. A failure delays no citizen's message: the job has another turn."""
        under_way = [name for name in self._fetches if self._cursor.listings[name].page]
        turns = under_way or [*list(self._fetches)[1:], "watch"]
        turn = turns[self._cursor.turn % len(turns)]
        try:
            self._watch() if turn == "watch" else self._sweep(turn)
        except (TryLater, Rejected) as error:
            _log.warning("bluesky_postponed", what=turn, why=str(error))
            restarted_listings = {name: restart(self._cursor.listings[name]) for name in under_way}
            self._cursor = replace(self._cursor, listings={**self._cursor.listings, **restarted_listings})
        self._cursor = replace(self._cursor, turn=(self._cursor.turn + 1) % 1_000_000)

    def _sweep(self, name: str) -> None:
        listings = self._cursor.listings
        known_names = {each for other in listings if other != name for each in listings[other].names()}
        try:
            listing, entries = sweep(listings[name], self._fetches[name], most=PAGES, known=known_names)
        except Rejected as error:
            if error.status != 400 or not listings[name].page:
                raise
            listing, entries = restart(listings[name]), []
        self._cursor = replace(self._cursor, listings={**listings, name: listing})
        self._messages += [entry.item for entry in entries if isinstance(entry.item, Incoming)]
        self._unreadable += [entry.item for entry in entries if isinstance(entry.item, Unreadable)]

    def _notifications(self, page: str) -> Page:
        parameters: Parameters = {"limit": PAGE, "reasons": _REASONS}
        answer = self._page("app.bsky.notification.listNotifications", parameters, page)
        rows = _rows(answer, "notifications")
        result = self._read(answer, [(row, row if row.get("reason") in _REASONS else None) for row in rows])
        return replace(result, next=overlapping(result.next, page))

    def _posts(self, page: str) -> Page:
        """Return the city's own posts; its reposts are posts of others."""
        parameters: Parameters = {"actor": self._reader.did, "filter": "posts_with_replies", "limit": PAGE}
        answer = self._page("app.bsky.feed.getAuthorFeed", parameters, page)
        pairs = []
        for row in _rows(answer, "feed"):
            post, reason = row.get("post"), row.get("reason")
            dated_row = reason if isinstance(reason, dict) else post
            pairs.append((dated_row if isinstance(dated_row, dict) else {}, post if dated_row is post else None))
        return self._read(answer, pairs)

    def _search_results(self, page: str) -> Page:
        parameters: Parameters = {"q": self._search, "sort": "latest", "limit": PAGE}
        answer = self._page("app.bsky.feed.searchPosts", parameters, page)
        return self._read(answer, [(row, row) for row in _rows(answer, "posts")], own=False)

    def _page(self, method: str, parameters: Parameters, page: str) -> Mapping[str, Any]:
        return self._client.get(method, {**parameters, "cursor": page} if page else parameters)

    def _read(
        self, answer: Mapping[str, Any], pairs: Sequence[tuple[Mapping[str, Any], Any]], own: bool = True
    ) -> Page:
        """Return a page from `pairs` of a dated row and the post, which is None when it is of no interest."""
        entries, oldest = [], None
        for dated_row, view in pairs:
            when = parse_timestamp(dated_row.get("indexedAt"))
            at = _millis(when) if when else oldest if oldest is not None else _millis(self._now)
            oldest = at
            if view is not None and (entry := self._entry(at, view, own)):
                entries.append(entry)
        following = answer.get("cursor")
        following = following if isinstance(following, str) and len(following) <= _MOST_CURSOR else ""
        oldest_reached = min(filter(None, (oldest, reached_by(following))), default=None)
        return Page(tuple(entries), oldest_reached, following, full=len(pairs) >= PAGE // 2)

    def _entry(self, at: int, view: object, own: bool) -> Entry | None:
        name = _name(view)
        if self._reader.is_ours(view):
            return Entry(at, name, None, watched=not self._reader.is_later_part(view))
        item = self._reader.post(view)
        if not own and isinstance(item, Incoming) and item.direction is Direction.OUT:
            return None
        return Entry(at, name, item, watched=isinstance(item, Incoming))

    def _watch(self) -> None:
        """Check whether the next of the newest messages still exist. A message only counts as deleted when a second way
        does not find it either: a citizen who has blocked the city is hidden from the first one.
        """
        since = _millis(self._now - WATCH_DAYS)
        every = {
            entry.name: entry.at for each in self._cursor.listings.values() for entry in each.seen if entry.watched
        }
        names = sorted((name for name, at in every.items() if at >= since), key=lambda name: (-every[name], name))
        start = self._cursor.watch if self._cursor.watch < len(names) else 0
        batch_names = names[start : start + WATCH_PAGE]
        if not batch_names:
            return
        answer = self._client.get("app.bsky.feed.getPosts", {"uris": [_uri(name) for name in batch_names]})
        present_names = {_name(row) for row in _rows(answer, "posts")}
        present_count, doubts, deleted_names = 0, 0, set()
        for name in batch_names:
            if name not in present_names:
                doubts += 1
                if doubts > _MOST_CONFIRMATIONS:
                    break
                if not exists(self._client, _uri(name)):
                    deleted_names.add(name)
                    seen_at = datetime.fromtimestamp(every[name] / 1000, UTC)
                    self._messages.append(self._reader.read_deletion(_uri(name), seen_at))
                    continue
            present_count += 1
        self._cursor = replace(_stop_watching(self._cursor, deleted_names), watch=start + present_count)


def exists(client: Client, uri: str) -> bool:
    """Return whether the post's record exists, whoever may see it."""
    did, rkey = parse.split_uri(uri) or ("", "")
    try:
        client.get("com.atproto.repo.getRecord", {"repo": did, "collection": POST, "rkey": rkey})
    except Rejected as error:
        if is_absent(error):
            return False
        raise
    return True


def is_absent(error: Rejected) -> bool:
    """Return whether getRecord says that there is none; older servers have no code for it."""
    return error.code == "RecordNotFound" or "Could not locate record" in str(error)


def _stop_watching(cursor: Cursor, names: set[str]) -> Cursor:
    listings = {
        name: replace(
            listing,
            seen=tuple(replace(entry, watched=False) if entry.name in names else entry for entry in listing.seen),
        )
        for name, listing in cursor.listings.items()
    }
    return replace(cursor, listings=listings)


def _name(view: object) -> str:
    """Return a short name, as the cursor holds many."""
    uri_parts = parse.split_uri(view.get("uri")) if isinstance(view, dict) else None
    return "/".join(uri_parts) if uri_parts else parse.digest(view)


def _uri(name: str) -> str:
    return parse.uri_of(*name.split("/"))


def _rows(answer: Mapping[str, Any], key: str) -> list[Any]:
    rows = answer.get(key)
    if not isinstance(rows, list):
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    return [row if isinstance(row, dict) else {"unknown": row} for row in rows[: 2 * PAGE]]


def overlapping(cursor: str, before: str) -> str:
    """Return the next cursor. Where it is a time, a page may end within it, so that the next one includes all of it."""
    when = parse_timestamp(cursor)
    if when is None:
        return cursor
    later = (when + timedelta(milliseconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return cursor if later == before else later


def reached_by(cursor: str) -> int | None:
    """Return how far back a filtered page reached, since its cursor is a time."""
    first = cursor.split("::")[0]
    if first.isascii() and first.isdecimal() and len(first) == 13:
        return int(first)
    when = parse_timestamp(first)
    return _millis(when) if when else None


def _millis(when: datetime) -> int:
    return int(when.timestamp() * 1000)
