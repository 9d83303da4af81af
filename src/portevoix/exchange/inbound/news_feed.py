"""Reads the news feed of the city's website, so that messages can be tied to its articles."""

from datetime import datetime
from urllib.parse import quote, urlsplit

import structlog
from django.db import DatabaseError

from portevoix.channels.feeds import Article, articles
from portevoix.channels.http import Http
from portevoix.exchange.background_call import PATIENCE, Apart
from portevoix.exchange.result import Done
from portevoix.kernel.errors import PortevoixError, fault
from portevoix.record.operations import feeds as operations
from portevoix.record.queries.feeds import Feed

log = structlog.get_logger("portevoix.feeds")
ACCEPT_HEADERS = {"Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.8"}


class Reader:
    """Fetches the feed when it is due, in the background."""

    def __init__(self) -> None:
        self._call: tuple[Feed, Apart[tuple[Article, ...]]] | None = None

    def begin(self, now: datetime) -> None:
        """Fetch the feed and wait a moment for the answer; do nothing when no feed is set or it is not due."""
        if self._call is None and (feed := operations.claim(now=now)):
            self._call = feed, Apart(lambda: fetch(feed.address))
            self._call[1].came(within=PATIENCE)

    def take(self, now: datetime, *, within: float | None = 0) -> int:
        """Store the answer if there is one, and return how many articles are new; `within` None waits for it."""
        if self._call is None:
            return 0
        feed, apart = self._call
        result = apart.came(within=within)
        if result is None:
            return 0
        self._call = None
        return _store_result(feed, result, now)


def fetch(address: str) -> tuple[Article, ...]:
    """Return the articles of the feed. Raise TryLater, Refused or BadInput."""
    parts = urlsplit(address)
    site = Http(f"{parts.scheme}://{parts.netloc}", headers=ACCEPT_HEADERS, budget="feed")
    query = f"?{parts.query}" if parts.query else ""
    return articles(site.get(quote((parts.path or "/") + query, safe="/%?&=+,;:@!$'()*~")).content)


def _store_result(feed: Feed, result: Done[tuple[Article, ...]] | Exception, now: datetime) -> int:
    match result:
        case Done(latest):
            return operations.keep(feed=feed, articles=latest, now=now) or 0
        case PortevoixError():
            operations.troubled(feed=feed, error=result, now=now)
        case DatabaseError():
            raise result
        case _:
            log.error("feed_failed", exc_info=result)
            operations.troubled(feed=feed, error=fault(result), now=now)
    return 0
