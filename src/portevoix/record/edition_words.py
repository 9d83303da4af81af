"""The words of a stored edition, as they are searched: without accents or capitals, each once.

They are read from its content by its shape alone, and written with it, so that a search finds what stands there and
nothing that was taken out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portevoix.text.tokens import fold

_QUOTED = ("phrase", "text", "reply", "thanks", "gist", "word")
"""The entries of an edition that hold citizens' words, or the city's."""
_WORD = re.compile(r"\w+")
MOST_CHARACTERS = 100_000


def index_edition(content: Mapping[str, Any]) -> str:
    """Return what is searched of an edition: its words, and marks of its findings' kinds and of its matters.

    Each has a blank on both sides, so that words are found by their beginnings.
    """
    words = dict.fromkeys(_find_words(content))
    return f" {' '.join(words)} "[:MOST_CHARACTERS]


def mark_kind(kind: str) -> str:
    """Return the mark of a kind of finding; no word of a text begins like it."""
    return f"@{kind}"


def mark_matter(number: int) -> str:
    """Return the mark of a matter; no word of a text begins like it."""
    return f"#{number}"


def split_query(query: str) -> list[str]:
    """Return the words of a query, or of a text, as they stand in an index."""
    return _WORD.findall(fold(query))


def _find_words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _find_own_words(value)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_words(each)


def _find_own_words(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in _QUOTED:
        if isinstance(text := entry.get(key), str):
            yield from split_query(text)
    for name in entry.get("names", ()):
        yield from split_query(name)
    if kind := entry.get("finding"):
        yield mark_kind(kind)
    if isinstance(number := entry.get("matter"), int):
        yield mark_matter(number)
