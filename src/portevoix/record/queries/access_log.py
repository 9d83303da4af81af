"""Queries of the access log, for administrators."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portevoix.record.models import Access, Author, Contact
from portevoix.record.queries.persons import conversations_of, with_parts

SIZE = 100
MOST_LINES = 20
WHATS = tuple(Access.What.values)


@dataclass(frozen=True, slots=True)
class Sought:
    """A filter of the log; None or "": everything. `since` and `until` bound the time, `until` not included."""

    contact: int | None = None
    what: str = ""
    conversation: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the log, the latest first. `after` and `before` are the keys of the pages around, None for none."""

    rows: list[Access]
    after: int | None
    before: int | None


def lines(sought: Sought, *, after: int | None = None, before: int | None = None) -> Lines:
    """Return a page of lines, with `contact`, and `conversation.author` and `author` as far as these still exist."""
    rows = Access.objects.select_related("contact", "conversation__author", "author")
    conditions = {
        "contact": sought.contact,
        "what": sought.what,
        "conversation": sought.conversation,
        "at__gte": sought.since,
        "at__lt": sought.until,
        "pk__lt": after,
        "pk__gt": before,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    page = list(rows.order_by("pk" if before else "-pk")[: SIZE + 1])
    more, page = len(page) > SIZE, page[:SIZE]
    if before:
        page.reverse()
    older, newer = (bool(before) or more), (more if before else bool(after))
    return Lines(
        rows=page,
        after=page[-1].pk if page and older else None,
        before=page[0].pk if page and newer else None,
    )


def of_person(authors: Iterable[Author]) -> list[Access]:
    """Return the latest lines about these accounts and their conversations, at most MOST_LINES."""
    authors = list(authors)
    rows = Access.objects.filter(Q(author__in=authors) | Q(conversation__in=with_parts(conversations_of(authors))))
    return list(rows.select_related("contact").order_by("-pk")[:MOST_LINES])


def readers() -> list[Contact]:
    """Return the colleagues who appear in the log."""
    return list(Contact.objects.filter(pk__in=Access.objects.values("contact")).order_by("name"))
