"""Detection of surnames after initials in running text: "signalé par L. Martin", "J.-P. Morel".

A single letter also names a section, a building or a shop, so a word that precedes persons is required before it.
"""

import re
from collections.abc import Iterator
from functools import cache

from portevoix.text.privacy.common_words import is_unknown, is_word
from portevoix.text.privacy.given_names import famous_names, is_called_after
from portevoix.text.privacy.name_patterns import load_lists, load_patterns
from portevoix.text.privacy.patterns import CAP, GAP
from portevoix.text.privacy.spans import PersonalData
from portevoix.text.tokens import fold_word

_WHOLE = re.compile(
    rf"(?<![\w.’'/-])(?P<first>[A-ZÀ-ÖØ-Þ])\.(?P<second>{GAP}?-?{GAP}?[A-ZÀ-ÖØ-Þ]\.)?{GAP}?"
    rf"(?P<name>(?:(?:[dD]e|[lL]e|[dD]u|[lL]a){GAP}){{0,2}}(?P<last>{CAP}))(?![\w’'])"
)
_BEFORE = 14
_COMPOUND = "JM"
"""First letters of two initials that are those of Jean-… and Marie-…, whatever precedes them."""


def initials(text: str) -> Iterator[PersonalData]:
    """Yield initials with a surname, where they mean a person and not a place or a shop."""
    before = load_patterns("names.toml")["before"]
    for match in _WHOLE.finditer(text):
        monsieur = match["first"] == "M" and not match["second"]
        is_compound = match["second"] and match["first"] in _COMPOUND
        announced = before["initials"].search(text[max(0, match.start() - _BEFORE) : match.start()])
        if monsieur or not (is_compound or announced):
            continue
        is_word_alone = is_word(match["name"]) and match["name"] == match["last"]
        if is_word_alone or not is_unknown(match["last"]) or _is_public(match) or is_called_after(text, match.start()):
            continue
        yield PersonalData(*match.span(), "name")


def _is_public(match: re.Match[str]) -> bool:
    """Return whether streets are named after a person with that name and initial, or it is a shop."""
    word = fold_word(match["last"])
    is_shop = word in map(fold_word, load_lists("famous_names.toml")["shop"])
    return is_shop or (match["first"].lower(), word) in _public()


@cache
def _public() -> frozenset[tuple[str, str]]:
    """Return the first letter and the last word of each person after whom streets are named."""
    return frozenset((name[0], name.split()[-1]) for name in famous_names())
