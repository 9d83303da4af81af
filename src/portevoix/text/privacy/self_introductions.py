"""Detection of names without capitals after an introduction: "mon nom est abdelkader benali"."""

import re
from collections.abc import Iterator

from portevoix.text.privacy.common_words import is_unknown
from portevoix.text.privacy.given_names import first_names
from portevoix.text.privacy.name_patterns import load_patterns
from portevoix.text.privacy.patterns import GAP, LETTERS
from portevoix.text.privacy.spans import PersonalData
from portevoix.text.tokens import STOP, fold_word

_MOST = 5
_TAIL = 120
_PART = re.compile(
    rf"{GAP}?(?:(?:el|al|ben|bin|bint|abou|abd|ould|de|du|des|la|le|da|dos|di|van|den|der|von){GAP}){{0,2}}"
    rf"(?:[dlo][’'])?({LETTERS}{{2,30}}(?:[-’']{LETTERS}{{2,30}}){{0,3}})(?![\w’'])"
)
_CONDITIONS = {
    "name-is": (1, False, False),
    "being": (1, False, True),
    "it-is": (2, True, True),
    "relation": (2, True, False),
}
"""How many words a name needs after an introduction, and whether it must begin small, and with a first name."""


def find_introductions(text: str) -> Iterator[PersonalData]:
    """Yield the words after an introduction as far as they can be a name."""
    names = load_patterns("names.toml")
    patterns = names["introduced"]
    for name, (least, is_small, is_first) in _CONDITIONS.items():
        for match in patterns[name].finditer(text):
            start, end, parts = _name(text, match.end())
            plain = not is_small or text[start : start + 1].islower()
            if plain and parts >= least and (not is_first or _is_first(text[start:end])):
                yield PersonalData(start, end, "name")
    if (signature := names["closing"]["small-initial"].search(text, max(0, len(text) - _TAIL))) and is_unknown(
        signature["last"]
    ):
        yield PersonalData(*signature.span("v"), "name")
    peoples = load_patterns("common_words.toml")["ending"]["people"]
    for match in patterns["alone"].finditer(text):
        name = match["v"]
        if not name.isupper() and not peoples.search(name) and is_unknown(name):
            yield PersonalData(*match.span("v"), "name")


def _name(text: str, place: int) -> tuple[int, int, int]:
    """Return the start and the end of the name after this place, and its number of words without particles."""
    start, end, parts = place + 1, place + 1, 0
    while parts < _MOST and (part := _PART.match(text, place)) and _can_be_name(part, text[start : start + 1]):
        place = end = part.end()
        parts += 1
    return start, end, parts


def _can_be_name(part: re.Match[str], first: str) -> bool:
    """Return whether a word can belong to a name; `first` is the name's first letter.

    If that is a capital, plain words no longer belong to the name.
    """
    word = fold_word(part[1])
    if first_names().get(word) == "":
        return True
    plain = first.isupper() and part[1].islower() and part.group().strip() == part[1]
    return not plain and word not in STOP and is_unknown(part[1])


def _is_first(name: str) -> bool:
    """Return whether a name begins with a word that is only a first name."""
    return first_names().get(fold_word(re.split(r"[ \u00a0\u202f]", name, maxsplit=1)[0])) == ""
