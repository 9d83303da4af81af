"""Reads Bluesky without an account: a city's feed, the posts that mention it, and the threads of both.

Source: https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed, …/get-post-thread, …/search-posts.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from portevoix.barometer.collect.retrying_client import (
    END_STEP,
    Page,
    Place,
    RetryingClient,
    Window,
    audience_counts,
    count_missing_replies,
    pick_messages,
)
from portevoix.channels.http import Http, Parameters
from portevoix.channels.http_answers import Rejected
from portevoix.channels.importers import bluesky
from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import build_item
from portevoix.channels.importers.values import Values
from portevoix.kernel.errors import BadLine
from portevoix.kernel.messages import Direction, Incoming

PUBLIC: Final = "https://public.api.bsky.app"
"""The AppView that answers without an account."""
PAGE: Final = 100
DEPTH: Final = 1000
"""How far below and above a post its thread is asked for: the most that the interface allows."""


class Bluesky:
    """Reads one account: its profile and its feed, then the search for mentions, then each thread once."""

    def __init__(self, handle: str, waiting: Callable[[float], None], base: str = PUBLIC) -> None:
        self._handle = handle
        self._ask = RetryingClient(Http(f"{base}/xrpc", budget="barometer"), waiting)
        self._city = City((handle,))

    def read(self, place: Place, window: Window) -> Page:
        step = place.get("step")
        if step == "feed":
            return self._feed(place, window)
        if step == "mentions":
            return self._mentions(place, window)
        return self._thread(place, window) if step == "threads" else self._profile()

    def _profile(self) -> Page:
        profile = self._ask.get("/app.bsky.actor.getProfile", {"actor": self._handle}).json()
        return Page({"step": "feed"}, audience=audience_counts(profile, "followersCount", "followsCount"))

    def _feed(self, place: Place, window: Window) -> Page:
        query: dict[str, str | int] = {"actor": self._handle, "filter": "posts_with_replies", "limit": PAGE}
        answer = self._answer("app.bsky.feed.getAuthorFeed", query, place)
        page = Page({})
        posts = [one for one in self._messages(answer, page) if one.direction is Direction.OUT]
        page.messages = [one for one in posts if window.holds(one)]
        threads = _threads_to_read({*place.get("threads", ())}, page.messages)
        over = posts and posts[-1].sent_at < window.early
        cursor = "" if over else _cursor(answer, place)
        page.place = {"step": "feed" if cursor else "mentions", "cursor": cursor, "threads": threads}
        return page

    def _mentions(self, place: Place, window: Window) -> Page:
        query: dict[str, str | int] = {
            "q": self._handle,
            "mentions": self._handle,
            "sort": "latest",
            "since": _moment(window.early),
            "until": _moment(window.until),
            "limit": PAGE,
        }
        page = Page({"step": "threads", "threads": place["threads"]})
        try:
            answer = self._answer("app.bsky.feed.searchPosts", query, place)
        except Rejected:  # many servers answer this to who has signed in only
            page.hidden["search_refused"] += 1
            return page
        page.messages = [one for one in self._messages(answer, page) if window.holds(one)]
        threads = sorted({*place["threads"], *(one.thread for one in page.messages)})
        cursor = _cursor(answer, place) if page.messages else ""
        page.place = {"step": "mentions" if cursor else "threads", "cursor": cursor, "threads": threads}
        return page

    def _thread(self, place: Place, window: Window) -> Page:
        queue = list(place["threads"])
        if not queue:
            return Page({"step": END_STEP})
        page = Page({"step": "threads", "threads": queue[1:]})
        query: Parameters = {"uri": queue[0], "depth": DEPTH, "parentHeight": DEPTH}
        try:
            answer = self._ask.get("/app.bsky.feed.getPostThread", query).json()
        except Rejected as error:
            if error.status not in (400, 404):  # its beginning was deleted: what the feed showed is all there is
                raise
            page.hidden["deleted"] += 1
            return page
        posts = self._messages(answer, page)
        page.hidden["replies_missing"] += count_missing_replies(posts)
        page.messages = [one for one in posts if one.sent_at < window.until]
        return page

    def _answer(self, method: str, query: dict[str, str | int], place: Place) -> Any:
        cursor = place.get("cursor")
        return self._ask.get(f"/{method}", {**query, "cursor": cursor} if cursor else query).json()

    def _messages(self, answer: Any, page: Page) -> list[Incoming]:
        try:
            posts = list(bluesky.posts(Values(answer)))
        except BadLine:  # not the answer of that interface
            page.hidden["unreadable"] += 1
            return []
        messages = pick_messages(
            (build_item(post, lambda value: bluesky.post(value, self._city), 1) for post in posts), page
        )
        # All of it was asked of this account, whoever it names.
        return [replace(one, account=self._handle) for one in messages]


def _threads_to_read(threads: set[str], messages: list[Incoming]) -> list[str]:
    """Return the threads to read: those given, and those of messages that are replies or have replies."""
    return sorted(threads | {one.thread for one in messages if one.in_reply_to or one.counts.get("replies")})


def _cursor(answer: Any, place: Place) -> str:
    cursor = answer.get("cursor") if isinstance(answer, dict) else None
    return cursor if isinstance(cursor, str) and cursor != place.get("cursor") else ""


def _moment(when: Any) -> str:
    return str(when.isoformat(timespec="milliseconds")).replace("+00:00", "Z")
