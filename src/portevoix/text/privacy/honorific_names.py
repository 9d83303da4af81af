"""Detection of surnames after a civility with a particle or in capitals: "Mme Le Goff", "M. de Kerangal", "MME LOPEZ".

An article after a civility mostly introduces an office ("Monsieur le Maire", "Madame La Directrice"), so the next words
must be possible only as a name.
"""

import re
from collections.abc import Iterator

from portevoix.text.privacy.common_words import is_unknown
from portevoix.text.privacy.name_patterns import load_lists, load_patterns
from portevoix.text.privacy.patterns import GAP
from portevoix.text.tokens import STOP, fold_word

_ARTICLE = re.compile(rf"(?i)(?<!\w)(?:l(?:a|es?){GAP}|l[’'])")
_SMALL_ARTICLE = re.compile(rf"(?<!\w)(?:l(?:a|es?){GAP}|l[’'])")
_NOBLE = re.compile(rf"(?i:(?:de{GAP}))L(?:[ae]{GAP}{{1,2}}|[’'])$")
_OF = re.compile(rf"(?i)(?<!\w)(?:de|du|des){GAP}|[dnm][’']")


def after_civility(text: str) -> Iterator[str]:
    """Yield surnames with a particle, or in capitals, after a civility."""
    surnames = load_patterns("titles.toml")["surname"]
    for match in surnames["with-a-particle"].finditer(text):
        if _is_surname(match["before"], match["last"]):
            yield match["name"]
    for match in surnames["in-capitals"].finditer(text):
        if _is_surname("", match["name"]) and is_unknown(match["name"]):
            yield match["name"]


def small_after_civility(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of surnames without capitals after a civility: "mme lopez", "mme da silva"."""
    for match in load_patterns("titles.toml")["surname"]["in-small-letters"].finditer(text):
        before, last = match["before"], match["last"]
        article = _SMALL_ARTICLE.search(before)
        trade = article and match.group()[:3].lower() != "mme"
        if not trade and (not before or is_unknown(last)) and _is_surname(before, last):
            yield match.span("name")


def is_office(word: str) -> bool:
    """Return whether a part of the word is an office or a service, which a civility may precede."""
    offices = load_lists("titles.toml")["office"]
    return any(part in offices for part in fold_word(word).split("-"))


def _is_surname(before: str, last: str) -> bool:
    """Return whether the word after these particles is a surname, not an office or another word."""
    word = fold_word(last)
    if word in STOP or is_office(last):
        return False
    if _NOBLE.search(before):
        return True
    if _ARTICLE.search(before):
        trade = load_patterns("common_words.toml")["ending"]["trade"]
        if not is_unknown(last):
            return word in load_lists("titles.toml")["adjective"] and not _SMALL_ARTICLE.search(before)
        return not _SMALL_ARTICLE.search(before) or not trade.search(word)
    return is_unknown(last) if _OF.search(before) else True
