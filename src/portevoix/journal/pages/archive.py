"""The archive: stored editions by week, the newest first, each with its first line, and the search in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.http import urlencode

from portevoix.journal.edition_addresses import department_names, edition_address
from portevoix.journal.editions.decisions import read_editions
from portevoix.journal.editions.edition import Edition
from portevoix.journal.pages.passages import Passage, find_passages, kinds_with
from portevoix.journal.words import figure_words
from portevoix.journal.words.front_lines import write_first_line
from portevoix.journal.words.wording import Sentence, plain
from portevoix.record.edition_words import split_query
from portevoix.record.queries.city import Contact
from portevoix.record.queries.editions import (
    MOST_WORDS,
    count_by_week,
    departments_with_editions,
    holding_words,
    readable_editions,
)
from portevoix.record.queries.matters import titles
from portevoix.text.tokens import fold

PAGE = 30
"""Editions after which a page ends, with all those of its last week."""
LONGEST_QUERY = 200
MOST_DIGITS = 6
WHOLE_CITY = "*"
"""The whole city's editions in the form, where "" means all; no department has this name."""


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """An edition in the archive: of whom, its first line, and the passages that hold the words of the search."""

    department: str
    name: str
    address: str
    line: Sentence
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class ArchiveWeek:
    """The editions of a week on one page of the archive; `days` is like "9 – 15 November 2026"."""

    week: str
    days: str
    rows: list[ArchiveRow]


def archive_context(contact: Contact, *, query: str, department: str, page: str) -> dict[str, Any]:
    """Return a page of the archive: whole weeks.

    An unknown department has no editions; an unknown page means the first or the last.
    """
    asked, names = query.strip()[:LONGEST_QUERY], department_names()
    words = list(dict.fromkeys(split_query(asked)))[:MOST_WORDS]
    rows = readable_editions(contact)
    if department:
        rows = rows.filter(department="" if department == WHOLE_CITY else department)
    if asked:
        rows = rows.filter(holding_words(words, {each: kinds_with(each) for each in words})) if words else rows.none()
    counts = count_by_week(rows)
    pages = _split_weeks(counts)
    number = int(page) if page.isascii() and page.isdecimal() and len(page) <= MOST_DIGITS else 1
    current = min(max(1, number), len(pages))
    shown = rows.filter(week__in=pages[current - 1]).values_list("content", flat=True)
    return {
        "query": asked,
        "longest_query": LONGEST_QUERY,
        "chosen": department,
        "choices": _choices(contact, names),
        "count": sum(counts.values()),
        "weeks": _by_week(read_editions(shown), words, names),
        "page": current,
        "pages": len(pages),
        "before": _page(asked, department, current - 1) if current > 1 else "",
        "after": _page(asked, department, current + 1) if current < len(pages) else "",
    }


def _split_weeks(counts: Mapping[str, int]) -> list[list[str]]:
    """Return the weeks of each page, the newest first; one page without any where there are none."""
    pages, editions = [list[str]()], 0
    for week, count in counts.items():
        if editions >= PAGE:
            pages, editions = [*pages, []], 0
        pages[-1].append(week)
        editions += count
    return pages


def _choices(contact: Contact, names: Mapping[str, str]) -> list[tuple[str, str]]:
    own = sorted(departments_with_editions(contact), key=lambda slug: _order(slug, names.get(slug, slug)))
    return [(slug or WHOLE_CITY, names.get(slug, slug)) for slug in own]


def _by_week(editions: list[Edition], words: list[str], names: Mapping[str, str]) -> list[ArchiveWeek]:
    known = titles(_matters_of(editions)) if words else {}
    return [
        ArchiveWeek(
            week, figure_words.days_of_week(week), sorted((_row(each, words, names, known) for each in some), key=_rank)
        )
        for week, some in groupby(editions, key=lambda edition: edition.week)
    ]


def _rank(row: ArchiveRow) -> tuple[bool, str]:
    return _order(row.department, row.name)


def _order(slug: str, name: str) -> tuple[bool, str]:
    """Return by what departments are sorted: the whole city first, then by name."""
    return bool(slug), fold(name)


def _row(edition: Edition, words: list[str], names: Mapping[str, str], known: Mapping[int, str]) -> ArchiveRow:
    line = write_first_line(edition)
    return ArchiveRow(
        department=edition.department,
        name=names.get(edition.department) or edition.department_names.get(edition.department, edition.department),
        address=edition_address(edition.week, edition.department),
        line=line,
        passages=find_passages(edition, words, known, plain(line)) if words else [],
    )


def _matters_of(editions: list[Edition]) -> set[int]:
    findings = (edition.section("findings") for edition in editions)
    return {each.matter for section in findings if section for each in section.subjects if each.matter}


def _page(query: str, department: str, number: int) -> str:
    return f"?{urlencode({'q': query, 'department': department, 'page': number})}"
