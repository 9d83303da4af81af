"""Queries of the news feed of the city's website, its articles, and the posts that may link to one."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from portevoix.kernel.messages import About, Direction
from portevoix.record.models import Account, Article, Feed, Message

type Key = tuple[str, str, str]
"""Channel, the city's account there, and the message's id on the network."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A message that was replied to: its article, and its text if it is the city's own ("" otherwise)."""

    about: About | None
    text: str


def feed() -> Feed | None:
    """Return the feed, None when the city has none."""
    return Feed.objects.first()


def count_articles() -> int:
    """Return the number of stored articles."""
    return Article.objects.count()


def mark() -> int | None:
    """Return a number that changes whenever the articles do; None without a feed."""
    return Feed.objects.values_list("mark", flat=True).first()


def articles() -> dict[str, About]:
    """Return each stored article by its normalised address (`channels.feeds.comparison_key`)."""
    return {key: About(url, title) for key, url, title in Article.objects.values_list("key", "url", "title")}


def parents(keys: Collection[Key]) -> dict[Key, Parent]:
    """Return those of these messages that are about an article, or are the city's own, with one statement."""
    if not keys:
        return {}
    rows = Message.objects.filter(
        Q(direction=Direction.OUT) | Q(about__isnull=False),
        account__in=Account.objects.filter(address__in={address for _, address, _ in keys}),
        external_id__among={external_id for _, _, external_id in keys},
    ).values_list("account__channel", "account__address", "external_id", "about", "text", "direction")
    return {
        (channel, address, external_id): Parent(
            About(**about) if about else None, text if direction == Direction.OUT else ""
        )
        for channel, address, external_id, about, text, direction in rows
    }
