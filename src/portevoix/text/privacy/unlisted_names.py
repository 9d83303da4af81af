"""Detection of names in no list: adjacent capitalised words that no bundled message uses as words."""

import re
from collections.abc import Iterator

from portevoix.text.privacy.common_words import is_unknown
from portevoix.text.privacy.given_names import is_place
from portevoix.text.privacy.name_patterns import load_patterns
from portevoix.text.privacy.patterns import CAP, GAP
from portevoix.text.privacy.spans import PersonalData

_FIRST = re.compile(CAP)
_PAIR = re.compile(rf"(?<![\w’'@#/-]){CAP}(?:{GAP}{CAP}){{1,3}}(?![\w’'])")


def find_unlisted_names(text: str) -> Iterator[PersonalData]:
    """Yield sequences of two or more words with capitals, none of them a known word."""
    direction = load_patterns("places.toml")["before"]["direction"]
    for match in _PAIR.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        first = _FIRST.match(text, match.start()) or match
        place = direction.search(before) or is_place(text, match) or is_place(text, first)
        if not place and is_unknown(match.group()):
            yield PersonalData(*match.span(), "name")
