"""Reads the news feed of the city's website, so that messages can be tied to the articles that they speak of."""

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
ACCEPTED = {"Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.8"}


class Reader:
    """Asks for the feed once its turn has come, apart from the worker's other work."""

    def __init__(self) -> None:
        self._asked: tuple[Feed, Apart[tuple[Article, ...]]] | None = None

    def begin(self, now: datetime) -> None:
        """Asks for it, and waits a moment for the answer; does nothing when no feed is named, or when it is not due."""
        if self._asked is None and (feed := operations.claim(now=now)):
            self._asked = feed, Apart(lambda: fetch(feed.address))
            self._asked[1].came(within=PATIENCE)

    def take(self, now: datetime, *, within: float | None = 0) -> int:
        """Stores what has come, and returns how many articles are new; `within` None waits for it."""
        if self._asked is None:
            return 0
        feed, apart = self._asked
        came = apart.came(within=within)
        if came is None:
            return 0
        self._asked = None
        return _received(feed, came, now)


def fetch(address: str) -> tuple[Article, ...]:
    """Raises TryLater, Refused or BadInput."""
    parts = urlsplit(address)
    site = Http(f"{parts.scheme}://{parts.netloc}", headers=ACCEPTED, budget="feed")
    asked = f"?{parts.query}" if parts.query else ""
    return articles(site.get(quote((parts.path or "/") + asked, safe="/%?&=+,;:@!$'()*~")).content)


def _received(feed: Feed, came: Done[tuple[Article, ...]] | Exception, now: datetime) -> int:
    match came:
        case Done(told):
            return operations.keep(feed=feed, articles=told, now=now) or 0
        case PortevoixError():
            operations.troubled(feed=feed, error=came, now=now)
        case DatabaseError():
            raise came
        case _:
            log.error("feed_failed", exc_info=came)
            operations.troubled(feed=feed, error=fault(came), now=now)
    return 0
