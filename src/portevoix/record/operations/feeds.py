"""Operations on the news feed of the city's website: set its address, lease it, store its articles."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from portevoix.channels.feeds import Article as FeedArticle
from portevoix.channels.feeds import comparison_key
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.db import bulk
from portevoix.record.models import Article, Contact, Feed
from portevoix.record.models.city import new_mark
from portevoix.record.permissions import Capability

log = structlog.get_logger("portevoix.feeds")
EVERY = timedelta(hours=1)
LEASE = timedelta(minutes=5)
"""Many times the duration of a fetch: after a worker was killed, others wait so long."""
RETENTION = timedelta(days=730)
MOST = 20_000
"""The number of articles kept, the latest. Each process that takes messages has them in memory."""
MOST_ADDRESS = 500
MOST_KEY = 2000
"""Bytes: no index of PostgreSQL takes longer values than some 2,700."""


def check_address(address: str) -> None:
    """Raise BadInput for an address that cannot be fetched."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or len(address) > MOST_ADDRESS or not address.isprintable() or " " in address:
        raise BadInput(
            gettext_noop("“{address}” is no address of a feed. Write one like https://www.valmont.example/rss."),
            address=address[:200],
        )


def set_address(*, address: str, by: Contact, now: datetime) -> None:
    """Set the feed's address; a worker reads it soon. "" removes the feed and its articles.

    The articles of the former feed stay: a site that has moved still has them. Raise BadInput as
    `check_address` does.
    """
    permissions.check(by, Capability.SETTINGS)
    if address:
        check_address(address)
    with transaction.atomic():
        if not address:
            Feed.objects.all().delete()
            Article.objects.all().delete()
        elif not Feed.objects.filter(address=address).exists():
            new = {"address": address, "due_at": now, "leased_until": None, "trouble": None, "read_at": None}
            Feed.objects.update_or_create(id=1, defaults=new)


def claim(*, now: datetime) -> Feed | None:
    """Lease and return the feed; None when it is not due, or when there is none."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    until = now + LEASE
    if not Feed.objects.filter(free, due_at__lte=now).update(leased_until=until):
        return None
    return Feed.objects.filter(leased_until=until).first()


def store_articles(*, feed: Feed, articles: Iterable[FeedArticle], now: datetime) -> int | None:
    """Store the articles, and delete those older than RETENTION and no longer in the feed. Return how many are new.

    Store nothing and return None when the feed's address has changed or another worker has taken the turn.
    """
    latest = {address: article for article in articles if _fits(address := comparison_key(article.url), article)}
    with transaction.atomic():
        if not _mine(feed).select_for_update():
            return None
        there = {row.key: row for row in Article.objects.all()}
        rows = [_row(address, article, there.get(address), now) for address, article in latest.items()]
        changes = [row for row in rows if (old := there.get(row.key)) is None or _says(old) != _says(row)]
        bulk.upsert(changes, unique=["key"], changing=["url", "title", "published_at"])
        deletions = _forget(latest, now)
        mark = new_mark() if changes or deletions else feed.mark
        _mine(feed).update(leased_until=None, due_at=now + EVERY, trouble=None, read_at=now, mark=mark)
    return sum(address not in there for address in latest)


def record_trouble(*, feed: Feed, error: PortevoixError, now: datetime) -> None:
    """Record that the feed could not be read: store the error, and try again at the usual time."""
    trouble = {"text": error.text, "values": error.values}
    if _mine(feed).update(leased_until=None, due_at=now + EVERY, trouble=trouble) and feed.trouble != trouble:
        log.warning("feed_troubled", why=str(error))  # once, not at every try


def _mine(feed: Feed) -> QuerySet[Feed]:
    return Feed.objects.filter(address=feed.address, leased_until=feed.leased_until)


def _fits(address: str, article: FeedArticle) -> bool:
    """Return whether the article can be stored: it needs an address, and not too long a one."""
    return bool(address) and max(len(address.encode()), len(article.url)) <= MOST_KEY and "\0" not in article.url


def _row(address: str, article: FeedArticle, old: Article | None, now: datetime) -> Article:
    date = article.published.astimezone(UTC) if article.published else None
    published_at = date or (old.published_at if old else now)
    return Article(key=address, url=article.url, title=article.title[:500], published_at=published_at)


def _says(row: Article) -> tuple[str, str, datetime]:
    return row.url, row.title, row.published_at


def _forget(addresses: Iterable[str], now: datetime) -> int:
    """Delete old and surplus articles; return how many."""
    old = Article.objects.filter(published_at__lt=now - RETENTION).exclude(key__in=list(addresses))
    surplus = Article.objects.order_by("-published_at", "-pk").values_list("pk", flat=True)[MOST:]
    return old.delete()[0] + Article.objects.filter(pk__in=list(surplus)).delete()[0]
