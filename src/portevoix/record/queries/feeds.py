"""The news feed of the city's website: how it goes with it, its articles, and the posts that may link to one."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from portevoix.kernel.messages import About, Direction
from portevoix.record.models import Account, Article, Feed, Message

type Key = tuple[str, str, str]
"""Channel, the city's account there, and the message's id on the network."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What was replied to: what it is about, and the text when the city itself said it ("" otherwise)."""

    about: About | None
    text: str


def feed() -> Feed | None:
    """None when the city has named none."""
    return Feed.objects.first()


def known() -> int:
    """How many articles are known."""
    return Article.objects.count()


def mark() -> int | None:
    """Another one whenever the articles change; None without a feed."""
    return Feed.objects.values_list("mark", flat=True).first()


def articles() -> dict[str, About]:
    """Each known article under its address as it is compared (`channels.feeds.key`)."""
    return {key: About(url, title) for key, url, title in Article.objects.values_list("key", "url", "title")}


def parents(keys: Collection[Key]) -> dict[Key, Parent]:
    """Those of these messages that are about an article, or that the city said. One statement, however many."""
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
