"""Territory of a post, from given place names and from words typical of a city or an agglomeration.

The code is the narrowest territory that covers the post: one that names the agglomeration is about the agglomeration,
though it names the city too; elsewhere counts only when neither is named.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from portevoix.text.labels.features import MOST_CHARACTERS
from portevoix.text.phrases import Group, by_kind, load_phrases
from portevoix.text.posts.codes import Places
from portevoix.text.tokens import clean, fold
from portevoix.text.tone.cue import join_groups

_CAMEL = re.compile(r"(?<=[a-zà-ÿ\d])(?=[A-ZÀ-Þ])")
_LINK = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_GAP = re.compile(r"[^\w#@]+|_+")
_TAG = re.compile(r"[#@]")
_REPLY_HANDLES = re.compile(r"^(?:\s*@[\w.@-]+)+")
_MARKS = re.compile(r"[\u0300-\u036f]")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"})
_PEOPLE = r"[a-z]{0,4}(?:aise?s?|oise?s?|ien(?:ne)?s?|aine?s?|ine?s?|een(?:ne)?s?)"
SHORTEST_STEM = 6
"""Fewest letters of a name from which names of inhabitants are derived: a shorter stem is ambiguous."""


def load_groups() -> tuple[Group, ...]:
    return load_phrases("portevoix.text.posts", "territory.toml")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return patterns of words that are typical of each territory, by its code."""
    return {territory: re.compile(join_groups(groups)) for territory, groups in by_kind(load_groups()).items()}


class Territories:
    """Coder of territories by the place names of one city; made once for many posts."""

    def __init__(self, places: Places) -> None:
        self._city = _names(places.city, people=True)
        self._agglomeration = _names(places.agglomeration)
        self._others = _names(places.others)

    def of(self, text: str) -> str:
        """Return "city", "agglomeration", "elsewhere", or "" when no place is named."""
        flat = _flat(text[:MOST_CHARACTERS])
        rest, has_agglomeration = _without(self._agglomeration, flat)
        if has_agglomeration or _patterns()["agglomeration"].search(_small(rest)):
            return "agglomeration"
        rest, own = _without(self._city, rest)
        if own:
            return "city"
        rest, others = _without(self._others, rest)
        small = _small(rest)
        if others or _patterns()["elsewhere"].search(small):
            return "elsewhere"
        return "city" if _patterns()["city"].search(small) else ""


def _flat(text: str) -> str:
    """Return the words without accents, with single spaces; hashtags and handles are split, addresses left out."""
    text = _REPLY_HANDLES.sub("", _LINK.sub(" ", text))
    text = unicodedata.normalize("NFKD", clean(_CAMEL.sub(" ", text)).translate(_LIGATURES))
    return _GAP.sub(" ", _MARKS.sub("", text))


def _small(flat: str) -> str:
    return " ".join(fold(_TAG.sub(" ", flat)).split())


def _names(names: Iterable[str], *, people: bool = False) -> re.Pattern[str] | None:
    """Return a pattern for any of these names with a capital, or in any case after # or @; None without names.

    The capital distinguishes Tours from tours and Nice from nice. `people`: also French names of inhabitants.
    """
    flat = sorted({name.strip() for name in map(_flat, names) if name.strip()}, key=len, reverse=True)
    if not flat:
        return None
    capital, tag_names = [], [re.escape(name.replace(" ", "")) for name in flat]
    for name in flat:
        first = re.escape(name[0].upper())
        capital.append(f"{first}(?i:{re.escape(name[1:])})")
        if people and len(name) >= SHORTEST_STEM:
            capital.append(f"{first}(?i:{re.escape(name[1:-2])}{_PEOPLE})")
    initials = re.escape("".join(sorted({name[0].upper() for name in flat})))  # most letters are none of them
    whole_names = rf"\b(?=[{initials}])(?:{'|'.join(capital)})\b"
    return re.compile(rf"{whole_names}|(?<=[#@])(?i:{'|'.join(tag_names)})\b")


def _without(names: re.Pattern[str] | None, text: str) -> tuple[str, bool]:
    if names is None:
        return text, False
    rest, count = names.subn(" ", text)
    return rest, count > 0
