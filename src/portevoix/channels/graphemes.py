"""Length of a text in graphemes: what a reader takes for one character (Unicode Standard Annex 29).

It may count too many for rare scripts (conjoining Hangul, some Indic vowels, flags of regions), and never too few, so
that nothing that counts as short enough is refused.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_JOINER: Final = "\u200d"
_MARKS: Final = frozenset({"Mn", "Me"})
_CONTROLS: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cn", "Cs"})
# Pictures that ZWJ joins, fewer than Unicode's: only those that have been so for years.
_PICTURE: Final = re.compile(
    "[\U0001f300-\U0001f320\U0001f32d-\U0001f335\U0001f337-\U0001f37c\U0001f37e-\U0001f393\U0001f3a0-\U0001f3ca"
    "\U0001f3cf-\U0001f3d3\U0001f3e0-\U0001f3f0\U0001f3f3\U0001f3f4\U0001f3f8-\U0001f3fa\U0001f400-\U0001f43e"
    "\U0001f440\U0001f442-\U0001f4fc\U0001f4ff-\U0001f53d\U0001f5fb-\U0001f64f\U0001f680-\U0001f6c5"
    "\U0001f90c-\U0001f93a\U0001f947-\U0001f9ff\u2640\u2642\u2695\u2696\u2708\u2764]"
)
_FIRST_MARK: Final = "\u0300"
_ALONE: Final = re.compile("[^\r\u0300-\u200f\u2028-\u202f\u2060-\u209f\u20d0-\U0010ffff]*")
"""Letters of western Europe and what is printed between them: each is one grapheme, whatever stands beside it."""


def graphemes(text: str) -> Iterator[str]:
    """Yield the text in pieces, none of which is more than one grapheme."""
    start = 0
    for index in range(1, len(text)):
        if not _extends_grapheme(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def length(text: str) -> int:
    return len(text) if _ALONE.fullmatch(text) else sum(1 for _ in graphemes(text))


def _extends_grapheme(text: str, start: int, index: int) -> bool:
    """Return whether the character at `index` belongs to the grapheme that begins at `start`."""
    before, here = text[index - 1], text[index]
    if here < _FIRST_MARK:
        return before == "\r" and here == "\n"
    if unicodedata.category(before) in _CONTROLS and before not in (_JOINER, "\u200c"):
        return False
    if here == _JOINER or _extends(here):
        return True
    if _is_regional(here):
        return _is_regional(before) and index - start == 1
    return bool(before == _JOINER and _PICTURE.match(here) and _is_picture(text, start, index - 2))


def _is_picture(text: str, start: int, index: int) -> bool:
    """Return whether a picture is at `index`, or before the marks there."""
    while index > start and _extends(text[index]):
        index -= 1
    return index >= start and bool(_PICTURE.match(text, index))


def _extends(character: str) -> bool:
    """Return whether a character extends the one before: a mark, or a skin colour."""
    return unicodedata.category(character) in _MARKS or "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
