"""A reply that is longer than a status may be, as several."""

import re

_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"\S+\s*")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”»)\]]*\s*$|\n\s*$")


def length(text: str, address: int) -> int:
    """As the instance counts: each address as `address` characters, 0 as it is. Never less than the instance does."""
    if not address:
        return len(text)
    return len(_ADDRESS.sub("", text)) + sum(max(address, 1) for _ in _ADDRESS.finditer(text))


def split(text: str, most: int, address: int) -> list[str]:
    """Parts of at most `most`, at the ends of sentences where that leaves none half empty, else of words.

    Only a word that is longer by itself is cut. Together the parts say what `text` says.
    """
    parts: list[str] = []
    left = text.strip()
    while length(left, address) > most:
        end = _end(left, most, address)
        parts.append(left[:end].strip())
        left = left[end:].strip()
    return [part for part in (*parts, left) if part]


def _end(text: str, most: int, address: int) -> int:
    """Where the first part ends."""
    words = sentences = size = 0
    for found in _WORD.finditer(text):
        word = found[0]
        if size + length(word.rstrip(), address) > most:
            break
        size += length(word, address)
        words = found.end()
        if _SENTENCE_END.search(word) and size * 2 >= most:
            sentences = words
    return sentences or words or most
