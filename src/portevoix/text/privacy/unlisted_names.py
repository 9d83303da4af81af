"""Detection of names in no list: adjacent capitalised words that no bundled message uses as words."""

import re
from collections.abc import Iterator

from portevoix.text.privacy.common_words import unknown
from portevoix.text.privacy.given_names import is_place
from portevoix.text.privacy.patterns import CAP, GAP
from portevoix.text.privacy.spans import Found

_FIRST = re.compile(CAP)
_PAIR = re.compile(rf"(?<![\w’'@#/-]){CAP}(?:{GAP}{CAP}){{1,3}}(?![\w’'])")
_WHERE = re.compile(
    r"(?i)(?<!\w)(?:à|a|au|aux|de|du|d[’']|en|vers|depuis|sur|sous|entre|par|jusqu[’']à|to|from|in|at|near|of)"
    r"[ \u00a0]?$"
)


def strangers(text: str) -> Iterator[Found]:
    """Yield sequences of two or more words with capitals, none of them a known word."""
    for match in _PAIR.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        first = _FIRST.match(text, match.start()) or match
        place = _WHERE.search(before) or is_place(text, match) or is_place(text, first)
        if not place and unknown(match.group()):
            yield Found(*match.span(), "name")
