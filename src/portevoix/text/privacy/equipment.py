"""Masking that leaves the place of public equipment: “la plaque devant le 9 rue Saint-Aubin”.

For readers inside the house who have to send somebody there. In doubt the address is masked: all addresses of a text
stay or none does, none stays where anything tells that somebody may live at one, and a name near an address masks it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from portevoix.text.phrases import Group, load_phrases
from portevoix.text.privacy import PersonalData, cover, find
from portevoix.text.tokens import fold

MOST_BETWEEN, MOST_COMMAS = 60, 2
"""Characters, and commas in them, between equipment and its address."""
_BEFORE = 160
_VEIL = "·"
_SENTENCE_END = re.compile(r"[.!?;…]+(?=\s|$)|\n")
_FIGURE = re.compile(r"\d")
_OWNER = re.compile(r"(?<!\w)(?:ma|mon|mes|notre|nos|sa|son|ses|leurs?|my|our|his|her|their) (?:\w{1,20} )?$")
_OPENING = r"[ ,:(\[–—-]{0,4}(?:n[°ºo]?\.? ?)?$"
"""What may stand between the words for a place and the number."""
_LOOSE = re.compile(rf"[,:(\[–—-] ?{_OPENING}|(?<!\w)[a-z]{{1,4}}[ -]?\d{{1,5}} $")
"""A mark, or a code that is painted on equipment (SC-118), directly before its address."""


def load_groups() -> tuple[Group, ...]:
    """Return the groups of phrases for equipment, its place, and what tells that somebody lives there."""
    return load_phrases("portevoix.text.privacy", "equipment.toml")


def compile_groups(groups: Iterable[Group], ending: str = r"(?!\w)") -> re.Pattern[str]:
    """Return a pattern of folded text for any phrase of the groups, as whole words."""
    phrases = "|".join(phrase for group in groups for phrase in group.phrases)
    return re.compile(rf"(?<!\w)(?:{phrases}){ending}")


def find_without_equipment(
    text: str, names: Iterable[str] = (), *, spared: Iterable[str] = ()
) -> tuple[PersonalData, ...]:
    """Return the personal data in the text, as `privacy.find` does, without addresses of public equipment."""
    names, spared = tuple(names), tuple(spared)
    found = find(text, names, spared=spared)
    addresses = [each for each in found if each.kind == "address"]
    if not addresses or _pattern("home").search(fold(text)):
        return found
    if not all(_is_of_equipment(text, each) for each in addresses):
        return found
    others = find(_veil_figures(text, addresses), names, spared=spared)
    return found if _has_person_near(text, addresses, others) else others


def mask_without_equipment(
    text: str, *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()
) -> str:
    """Return the text as `privacy.mask` does, with addresses of public equipment as they are."""
    return cover(text, find_without_equipment(text, names, spared=spared), lang=lang)


@cache
def _pattern(kind: str, name: str = "", ending: str = r"(?!\w)") -> re.Pattern[str]:
    """Return the pattern of a kind's groups, or of those of one name in any language."""
    groups = [each for each in load_groups() if each.kind == kind and each.name.startswith(name)]
    return compile_groups(groups, ending)


def _is_of_equipment(text: str, address: PersonalData) -> bool:
    """Return whether the address follows or precedes equipment of which it is the place, in the same sentence."""
    start, end = _find_sentence(text, address)
    before = fold(text[max(start, address.start - _BEFORE) : address.start])
    if _pattern("closing").search(fold(text[: address.start])):
        return False
    front = _pattern("place", "front", _OPENING).search(before)
    if _follows_equipment(before, front, fold(text[address.start : address.end])):
        return True
    return bool(front) and _precedes_equipment(before, fold(text[address.end : min(end, address.end + MOST_BETWEEN)]))


def _find_sentence(text: str, address: PersonalData) -> tuple[int, int]:
    start = max((found.end() for found in _SENTENCE_END.finditer(text, 0, address.start)), default=0)
    ending = _SENTENCE_END.search(text, address.end)
    return start, ending.start() if ending else len(text)


def _follows_equipment(before: str, front: re.Match[str] | None, address: str) -> bool:
    """Return whether the last equipment in the words before an address is directly tied to it."""
    thing = max(_pattern("thing").finditer(before), key=re.Match.end, default=None)
    if thing is None or _OWNER.search(before, 0, thing.start()):
        return False
    tie = front or _pattern("place", "at", _OPENING).search(before) or _LOOSE.search(before)
    between = before[thing.end() : tie.start() if tie else len(before)]
    if not _may_be_between(between):
        return False
    if front or _pattern("place", "front").search(address):
        return True
    return bool(_pattern("thing", "street").fullmatch(thing[0])) and (tie is not None or not between.strip())


def _precedes_equipment(before: str, after: str) -> bool:
    """Return whether equipment is named soon after an address: “devant le 9 rue Haute, la plaque claque”."""
    thing = _pattern("thing").search(after)
    if thing is None or _OWNER.search(after, 0, thing.start()):
        return False
    return _may_be_between(before) and _may_be_between(after[: thing.start()])


def _may_be_between(words: str) -> bool:
    return (
        len(words) <= MOST_BETWEEN and words.count(",") <= MOST_COMMAS and not _pattern("person").search(f" {words} ")
    )


def _veil_figures(text: str, addresses: Iterable[PersonalData]) -> str:
    """Return the text, of the same length, with a dot for each figure of the addresses, so that names in them show."""
    for each in addresses:
        inside = _FIGURE.sub(_VEIL, text[each.start : each.end])
        text = f"{text[: each.start]}{inside}{text[each.end :]}"
    return text


def _has_person_near(text: str, addresses: Sequence[PersonalData], others: Iterable[PersonalData]) -> bool:
    """Return whether personal data stands in the sentence of an address, or an address is still found."""
    sentences = [_find_sentence(text, each) for each in addresses]
    return any(
        each.kind == "address" or any(start < each.end and each.start < end for start, end in sentences)
        for each in others
        if each.kind != "handle"
    )
