"""Folded text that remembers where its characters stood: cues are sought in it and shown in what was written."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from portevoix.text.tokens import fold_word

MOST_CHARACTERS = 4000
"""What is read of a draft: longer than any reply, so that no text takes long."""
_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[)»\"'’”]*+(?=\s|$)|\n+|[\u2600-\u27bf\U0001f000-\U0001faff]\ufe0f?(?=\s+[A-ZÀ-Þ])"
)
_JOINER = "\u200d"
_JOINS = re.compile(r"[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]\u200d[\u2600-\u27bf\U0001f000-\U0001faff]")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:m|mm|mme|dr|st|art|cf|n|al|l|r|d|av|bd|mr|mrs|ms|no)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Folded:
    """`text`: casefolded, no accents, no invisible characters but the joiner of emojis, each run of blanks one space
    (line breaks stay).

    `places[i]` is where character i of `text` stood in what was written; one more place ends it.
    """

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the folded text stands in what was written."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


@lru_cache(4096)
def _folded(char: str) -> str:
    if char == "\n":
        return char
    if char.isspace():
        return " "
    if char == _JOINER:
        return char
    if unicodedata.category(char) in ("Mn", "Me", "Cc", "Cf", "Cs"):
        return ""
    return fold_word(char)


def folded(text: str) -> Folded:
    """The beginning of a text, folded."""
    written: list[str] = []
    places: list[int] = []
    blank = True
    for place, char in enumerate(text[:MOST_CHARACTERS]):
        if char == _JOINER and not _JOINS.match(text, place - 1 if place else 0):
            continue
        for piece in _folded(char):
            if piece in " \n" and blank and (piece == " " or (written and written[-1] == "\n")):
                continue
            blank = piece in " \n"
            written.append(piece)
            places.append(place)
    return Folded("".join(written), (*places, min(len(text), MOST_CHARACTERS)))


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence or line of the beginning of a text, blanks around it left out."""
    text = text[:MOST_CHARACTERS]
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        if end.group() == "." and _ABBREVIATED.search(text[max(0, end.start() - 5) : end.start()]):
            continue
        found.append(_trimmed(text, start, end.end()))
        start = end.end()
    found.append(_trimmed(text, start, len(text)))
    return [(a, b) for a, b in found if b > a]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
