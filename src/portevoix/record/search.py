"""Full-text search over messages: FTS5 on SQLite, a GIN index on PostgreSQL; the same folded words on both."""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from portevoix.record.models import Conversation, Message
from portevoix.text.tokens import fold

_WORD = re.compile(r"\w+")
MOST_WORDS = 12
MOST_CHARACTERS = 100_000
"""Of a message, from its beginning: PostgreSQL indexes no more than a megabyte of one."""
MOST_MESSAGES = 2000
"""A search returns at most so many messages, the newest: common words cost no more than rare ones."""

# The index and, on PostgreSQL, the column `words` are made by migrations 0002 and 0009.
_MATCHING = {
    "sqlite": """SELECT record_message.conversation_id FROM record_message_fts
        JOIN record_message ON record_message.id = record_message_fts.rowid
        WHERE record_message_fts MATCH %s {within} ORDER BY record_message_fts.rowid DESC LIMIT %s""",
    "postgresql": """SELECT record_message.conversation_id FROM record_message
        WHERE record_message.words @@ to_tsquery('simple', %s) {within}
        ORDER BY record_message.id DESC LIMIT %s""",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The conversations of the newest messages that match. `more`: there are earlier matches beyond the limit."""

    conversations: frozenset[int]
    more: bool


def searchable(*parts: str) -> str:
    """Return the text to index: without accents or capitals, its first MOST_CHARACTERS."""
    text = " ".join(part for part in reversed(parts) if part)  # names before a text without end
    return fold(text[:MOST_CHARACTERS])[:MOST_CHARACTERS]


def indexed(message: Message) -> str:
    """Return the text to index of this message in its present form; reads its `author` and `contact`."""
    author, contact = message.author, message.contact
    names = (author.name, author.handle) if author else (contact.name,) if contact else ()
    return searchable(message.text, message.subject, *names)


def words(query: str) -> list[str]:
    """Return the folded words of a query; at most `MOST_WORDS`, to bound the cost."""
    return _WORD.findall(fold(query))[:MOST_WORDS]


def matching(query: str, *, within: Q) -> Found:
    """Find conversations `within` that have messages with every word of the query, as a word or its beginning.

    A query without words matches nothing.
    """
    query_words = words(query)
    if not query_words:
        return Found(frozenset(), more=False)
    statement, values = statement_of(query_words, within)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return Found(frozenset(pk for (pk,) in rows), more=len(rows) == MOST_MESSAGES)


def statement_of(query_words: list[str], within: Q) -> tuple[str, list[object]]:
    """Return the SQL statement for these words, and its parameters."""
    condition, values = "", ()
    if within:
        subquery, values = Conversation.objects.filter(within).values("pk").query.sql_with_params()
        condition = f"AND record_message.conversation_id IN ({subquery})"
    terms = {
        "sqlite": " ".join(f'"{word}"*' for word in query_words),
        "postgresql": " & ".join(f"{word}:*" for word in query_words),
    }
    statement = _MATCHING[connection.vendor].format(within=condition)
    return statement, [terms[connection.vendor], *values, MOST_MESSAGES]
