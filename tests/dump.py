"""All that the database holds, as one text to look for words in."""

import base64
import json
import re
from contextlib import suppress
from typing import Any

from django.db import connection

from portevoix.text.tokens import fold

_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


def dump() -> str:
    """Every cell of every table, folded; what is written as JSON or in base64 is read, on SQLite the index's words too.

    PostgreSQL's index holds words in their rows' positions only, and goes with them.
    """
    told = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith("record_message_fts"):
                continue  # packed: its words are asked for below
            cursor.execute(f'SELECT * FROM "{table}"')
            told += [f"{table}: " + " ".join(_read(cell) for cell in row) for row in cursor.fetchall()]
        if connection.vendor == "sqlite":
            cursor.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'record_message_fts', 'row')")
            cursor.execute("SELECT term FROM temp.terms")
            told.append("index: " + " ".join(term for (term,) in cursor.fetchall()))
            cursor.execute("DROP TABLE temp.terms")
    return fold("\n".join(told))


def found(words: list[str]) -> list[str]:
    """Where these words stand, in whatever table."""
    lines = dump().splitlines()
    return [f"{word}: {line[:300]}" for word in words for line in lines if fold(word) in line]


def _read(cell: Any) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    text = cell if isinstance(cell, str) else json.dumps(cell, default=str, ensure_ascii=False)
    if text[:1] in ("{", "[", '"'):
        with suppress(ValueError):
            text = json.dumps(json.loads(text), ensure_ascii=False)
    return text + " " + " ".join(_decoded(part) for part in _BASE64.findall(text))


def _decoded(part: str) -> str:
    try:
        return base64.b64decode(part, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""
