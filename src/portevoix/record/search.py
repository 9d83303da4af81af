"""Full-text search over messages: FTS5 on SQLite, a GIN index on PostgreSQL; the same folded words on both."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from portevoix.record.models import Message
from portevoix.text.words import fold

_WORD = re.compile(r"\w+")
MOST_WORDS = 12


def searchable(*parts: str) -> str:
    """What the index holds of a message: without accents or capitals."""
    return fold(" ".join(part for part in parts if part))


def words(query: str) -> list[str]:
    """The words of a query, folded; at most `MOST_WORDS`, so that no query costs without bound."""
    return _WORD.findall(fold(query))[:MOST_WORDS]


def matching(query: str) -> QuerySet[Message]:
    """Messages that hold every word of the query, each as a word or its beginning; none for a query without words."""
    asked = words(query)
    if not asked:
        return Message.objects.none()
    if connection.vendor == "sqlite":
        terms = " ".join(f'"{word}"*' for word in asked)
        rows = RawSQL("SELECT rowid FROM record_message_fts WHERE record_message_fts MATCH %s", [terms])
        return Message.objects.filter(pk__in=rows)
    terms = " & ".join(f"{word}:*" for word in asked)
    vector = SearchVector("search", config="simple")  # the very expression of the index in migration 0002
    return Message.objects.alias(vector=vector).filter(vector=SearchQuery(terms, config="simple", search_type="raw"))
