"""Detection of surnames after initials in running text: "signalé par L. Martin", "J.-P. Morel".

A single letter also names a section, a building or a shop, so a word that precedes persons is required before it.
"""

import re
from collections.abc import Iterator
from functools import cache

from portevoix.text.privacy.common_words import is_word, unknown
from portevoix.text.privacy.given_names import famous_names, is_called_after
from portevoix.text.privacy.patterns import CAP, GAP
from portevoix.text.privacy.spans import Found
from portevoix.text.tokens import fold_word

_WHOLE = re.compile(
    rf"(?<![\w.’'/-])(?P<first>[A-ZÀ-ÖØ-Þ])\.(?P<second>{GAP}?-?{GAP}?[A-ZÀ-ÖØ-Þ]\.)?{GAP}?"
    rf"(?P<name>(?:(?:[dD]e|[lL]e|[dD]u|[lL]a){GAP}){{0,2}}(?P<last>{CAP}))(?![\w’'])"
)
_BY = re.compile(
    r"(?i)(?:(?<![\w’'-])(?:par|de|chez|avec|contre|(?:d[’'])?apr[èe]s|selon|sign[ée]e?|contact(?:er|ez|ed)?|by|from|"
    r"with)[ \u00a0:]{1,2}|(?<!\w)d[’'])$"
)
_BEFORE = 14
_COMPOUND = "JM"
"""First letters of two initials that are those of Jean-… and Marie-…, whatever precedes them."""
_BRANDS = frozenset({"leclerc"})


def initials(text: str) -> Iterator[Found]:
    """Yield initials with a surname, where they mean a person and not a place or a shop."""
    for match in _WHOLE.finditer(text):
        monsieur = match["first"] == "M" and not match["second"]
        is_compound = match["second"] and match["first"] in _COMPOUND
        if monsieur or not (is_compound or _BY.search(text[max(0, match.start() - _BEFORE) : match.start()])):
            continue
        is_word_alone = is_word(match["name"]) and match["name"] == match["last"]
        if is_word_alone or not unknown(match["last"]) or _is_public(match) or is_called_after(text, match.start()):
            continue
        yield Found(*match.span(), "name")


def _is_public(match: re.Match[str]) -> bool:
    """Return whether streets are named after a person with that name and initial, or it is a shop."""
    word = fold_word(match["last"])
    return word in _BRANDS or (match["first"].lower(), word) in _public()


@cache
def _public() -> frozenset[tuple[str, str]]:
    """Return the first letter and the last word of each person after whom streets are named."""
    return frozenset((name[0], name.split()[-1]) for name in famous_names())
