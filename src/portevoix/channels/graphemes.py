"""Length of a text in graphemes: what a reader takes for one character (Unicode Standard Annex 29).

Networks count by the Unicode of various years, and by programs with faults. What some of them take apart (Indic
conjuncts, a mark after a flag, signs before numbers, characters that Python does not know yet) counts apart: sometimes
too many, never too few, so that nothing that counts as short enough is refused.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import regex

_GRAPHEME: Final = regex.compile(r"\p{RI}{1,2}|\p{GCB=Prepend}|\X")
"""Flags by themselves: at each one, `\\X` goes back over all those before it."""
_CONJOINED: Final = regex.compile(r"\p{InCB=Consonant}")
_ALONE: Final = re.compile("[^\r\u0300-\u200f\u2028-\u202f\u2060-\u209f\u20d0-\U0010ffff]*")
"""Letters of western Europe and what is printed between them: each is one grapheme, whatever stands beside it."""


def graphemes(text: str) -> Iterator[str]:
    """Yield the text in pieces, none of which is more than one grapheme."""
    for piece in _GRAPHEME.findall(text):
        if len(piece) == 1:
            yield piece
        else:
            yield from _split_late_joins(piece)


def count_graphemes(text: str) -> int:
    return len(text) if _ALONE.fullmatch(text) else sum(1 for _ in graphemes(text))


def _split_late_joins(piece: str) -> Iterator[str]:
    """Yield the parts of a grapheme that is one since Unicode 15.1 only."""
    start = 0
    for index in range(1, len(piece)):
        if _CONJOINED.match(piece, index) or "Cn" in map(unicodedata.category, piece[index - 1 : index + 1]):
            yield piece[start:index]
            start = index
    yield piece[start:]
