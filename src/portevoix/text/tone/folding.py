"""Folded text with the original places of its characters: cues are searched in it and shown in the original."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from portevoix.text.tokens import fold_word

MOST_CHARACTERS = 4000
"""Characters read of a draft: more than any reply has, so that the time is bounded."""
_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]++[)»\"'’”]*+(?=\s|$)|\n+|[\u2600-\u27bf\U0001f000-\U0001faff]\ufe0f?(?=\s+[A-ZÀ-Þ])"
)
_JOINER = "\u200d"
_JOINS = re.compile(r"[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]\u200d[\u2600-\u27bf\U0001f000-\U0001faff]")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:m|mm|mme|dr|st|art|cf|n|al|l|r|d|av|bd|mr|mrs|ms|no)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text: casefolded, without accents and invisible characters except the emoji joiner, blanks single.

    Line breaks are kept. `places[i]` is the place of character i of `text` in the original; one more place ends it.
    """

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original of a piece of the folded text."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


@lru_cache(4096)
def _fold_character(char: str) -> str:
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
    """Return the beginning of a text, folded."""
    pieces: list[str] = []
    places: list[int] = []
    blank = True
    for place, char in enumerate(text[:MOST_CHARACTERS]):
        if char == _JOINER and not _JOINS.match(text, place - 1 if place else 0):
            continue
        for piece in _fold_character(char):
            if piece in " \n" and blank and (piece == " " or (pieces and pieces[-1] == "\n")):
                continue
            blank = piece in " \n"
            pieces.append(piece)
            places.append(place)
    return Folded("".join(pieces), (*places, min(len(text), MOST_CHARACTERS)))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence or line in the beginning of a text, without blanks around it."""
    text = text[:MOST_CHARACTERS]
    spans, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        if end.group() == "." and _ABBREVIATION.search(text[max(0, end.start() - 5) : end.start()]):
            continue
        spans.append(_trim(text, start, end.end()))
        start = end.end()
    spans.append(_trim(text, start, len(text)))
    return [(a, b) for a, b in spans if b > a]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
