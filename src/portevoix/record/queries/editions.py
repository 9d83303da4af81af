"""Queries for the archive: the stored editions that a colleague may read, and the search in them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from django.db.models import Count, Q, QuerySet

from portevoix.record.edition_words import mark_kind, mark_matter, split_query
from portevoix.record.models import Contact, Edition, Matter
from portevoix.record.permissions import departments

MOST_WORDS = 12
MOST_MATTERS = 20
"""Matters whose title holds the words of a search, the newest; more are not looked for."""


def readable_editions(contact: Contact) -> QuerySet[Edition]:
    """Return the stored editions that a colleague may read, the newest week first."""
    mine = departments(contact)
    rows = Edition.objects.all() if mine is None else Edition.objects.filter(department__in=mine)
    return rows.order_by("-week", "department")


def count_by_week(editions: QuerySet[Edition]) -> dict[str, int]:
    """Return how many of the editions each week has, the newest week first."""
    return dict(editions.order_by("-week").values_list("week").annotate(count=Count("pk")))


def departments_with_editions(contact: Contact) -> list[str]:
    """Return the departments, "" for the whole city, of which this colleague may read a stored edition."""
    return sorted(readable_editions(contact).order_by().values_list("department", flat=True).distinct())


def holding_words(words: Sequence[str], kinds: Mapping[str, Collection[str]]) -> Q:
    """Return a condition on Edition: every word stands in it, as a word or its beginning.

    `words` are folded, and at most MOST_WORDS count. `kinds`: by word, the kinds of finding whose sentences have it,
    which are not stored. An edition with a matter whose present title has all words is found by that, too.
    """
    asked = words[:MOST_WORDS]
    condition = Q()
    for word in asked:
        stands = Q(search__contains=f" {word}")
        for kind in kinds.get(word, ()):
            stands |= Q(search__contains=f" {mark_kind(kind)} ")
        condition &= stands
    for number in _find_matters(asked):
        condition |= Q(search__contains=f" {mark_matter(number)} ")
    return condition


def _find_matters(words: Sequence[str]) -> list[int]:
    """Return the matters that show a title with all words; a part shows that of the matter that it became part of."""
    rows = Matter.objects.order_by("-pk").values_list("pk", "title", "merged_into__title")
    found = (pk for pk, own, whole in rows.iterator() if _has_words(whole or own, words))
    return list(islice(found, MOST_MATTERS))


def _has_words(title: str, words: Sequence[str]) -> bool:
    here = split_query(title)
    return all(any(each.startswith(word) for each in here) for word in words)
