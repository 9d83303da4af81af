"""Reads Mastodon without an account: a city's statuses on its own instance, and the context of each.

Source: https://docs.joinmastodon.org/methods/accounts/ and /methods/statuses/#context. Anonymous readers get 40
statuses above one and 60 below it, twenty deep, and no mentions at all.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, urlsplit

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
from portevoix.channels import internal_hosts
from portevoix.channels.http import Http
from portevoix.channels.http_answers import Rejected
from portevoix.channels.importers import mastodon
from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import build_item
from portevoix.channels.importers.values import Values
from portevoix.channels.mastodon.client import status_path
from portevoix.kernel.errors import BadLine, ChannelError, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Direction, Incoming

PAGE: Final = 40
MOST_PAGES: Final = 2_500
"""Pages of one account: 100,000 statuses, more than any city writes in a period."""
MOST_BELOW: Final = 60
"""Statuses below one that an anonymous reader is shown."""


class Mastodon:
    """Reads one account `user@server`: its host, its statuses, then the context of those that people talk about."""

    def __init__(self, handle: str, waiting: Callable[[float], None]) -> None:
        self._handle = handle
        self._user, _, self._domain = handle.partition("@")
        self._waiting = waiting
        self._city = City((handle, self._user))  # on its own instance it goes by its name alone, whatever its domain
        if not self._domain:
            message = gettext_noop("{handle} is without its server: write it as @user@server in accounts.csv.")
            raise Refused(message, handle=handle)

    def read(self, place: Place, window: Window) -> Page:
        step = place.get("step", "lookup")
        if step == "lookup":
            return self._lookup()
        return self._statuses(place, window) if step == "statuses" else self._context(place, window)

    def _lookup(self) -> Page:
        try:
            host, profile = self._domain, self._account(self._domain)
        except ChannelError:  # the server of a handle may stand elsewhere, as its WebFinger says
            host = self._host()
            profile = self._account(host)
        page = Page({"step": "statuses", "host": host, "key": profile["id"], "threads": []})
        page.audience = audience_counts(profile, "followers_count", "following_count")
        page.hidden["mentions"] += 1
        return page

    def _account(self, host: str) -> dict[str, Any]:
        profile = self._at(host).get("/api/v1/accounts/lookup", {"acct": self._user}).json()
        if isinstance(profile, dict) and isinstance(profile.get("id"), str) and profile["id"]:
            return profile
        raise Refused(gettext_noop("{host} does not know {handle}."), host=host, handle=self._handle)

    def _host(self) -> str:
        query = {"resource": f"acct:{self._handle}"}
        answer = self._at(self._domain).get("/.well-known/webfinger", query).json()
        links = answer.get("links") if isinstance(answer, dict) else None
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get("rel") == "self" and isinstance(link.get("href"), str):
                with suppress(ValueError):  # no address at all
                    return urlsplit(link["href"]).netloc
        raise Refused(gettext_noop("{host} does not know {handle}."), host=self._domain, handle=self._handle)

    def _statuses(self, place: Place, window: Window) -> Page:
        if (pages := place.get("pages", 0)) >= MOST_PAGES:
            message = gettext_noop("{host} lists more statuses of {handle} than an account has. They are not read.")
            raise Refused(message, host=place["host"], handle=self._handle)
        query: dict[str, str | int] = {"limit": PAGE, "exclude_reblogs": "true"}
        if last := place.get("last"):
            query["max_id"] = last
        path = f"/api/v1/accounts/{quote(place['key'], safe='')}/statuses"
        answer = self._at(place["host"]).get(path, query).json()
        page = Page({})
        posts = [one for one in self._messages({"statuses": answer}, page) if one.direction is Direction.OUT]
        page.messages = [one for one in posts if window.holds(one)]
        thread_ids = [one.external_id for one in page.messages if one.in_reply_to or one.counts.get("replies")]
        over = not isinstance(answer, list) or not answer or (posts and posts[-1].sent_at < window.early)
        following = "" if over else _last(answer)
        step = "statuses" if following and following != last else "contexts"
        threads = list(
            dict.fromkeys((*reversed(thread_ids), *place["threads"]))
        )  # oldest first: it shows most of the rest
        page.place = {**place, "step": step, "last": following, "threads": threads, "pages": pages + 1}
        return page

    def _context(self, place: Place, window: Window) -> Page:
        queue = list(place["threads"])
        if not queue:
            return Page({"step": END_STEP})
        page = Page({})
        path = f"{status_path(queue[0])}/context"
        try:
            answer = self._at(place["host"]).get(path).json()
        except Rejected as error:
            if error.status not in (401, 403, 404, 410):
                raise
            page.hidden["deleted" if error.status in (404, 410) else "threads_refused"] += 1
            page.place = {**place, "threads": queue[1:]}
            return page
        below = self._messages({"descendants": _list_under(answer, "descendants")}, page)
        messages = [*self._messages({"ancestors": _list_under(answer, "ancestors")}, page), *below]
        is_capped = len(below) >= MOST_BELOW
        page.hidden["context_capped"] += is_capped
        page.hidden["replies_missing"] += count_missing_replies(below)
        page.messages = [one for one in messages if one.sent_at < window.until]
        shown_ids = set() if is_capped else {one.external_id for one in messages}
        page.place = {**place, "threads": [key for key in queue[1:] if key not in shown_ids]}
        return page

    def _messages(self, answer: Any, page: Page) -> list[Incoming]:
        try:
            statuses = list(mastodon.statuses(Values(answer)))
        except BadLine:  # not the answer of that interface
            page.hidden["unreadable"] += 1
            return []
        items = (build_item(status, lambda value: mastodon.status(value, self._city), 1) for status in statuses)
        return [replace(one, account=self._handle) for one in pick_messages(items, page)]

    def _at(self, host: str) -> RetryingClient:
        name = host.partition(":")[0]
        base = f"http://{host}" if name in internal_hosts.internal else f"https://{host}"
        return RetryingClient(Http(base, budget="barometer"), self._waiting)


def _last(statuses: list[Any]) -> str:
    key = statuses[-1].get("id") if isinstance(statuses[-1], dict) else None
    return key if isinstance(key, str) else ""


def _list_under(answer: Any, name: str) -> list[Any]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    return rows if isinstance(rows, list) else []
