"""Removal of one person from texts that are kept, such as the city's own words, when a citizen is erased.

Unlike `text.privacy`, which masks data of any person, it searches for the known data of this one, in any spelling:
without accents, in other capitals, a telephone number with other spaces.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from portevoix.text.tokens import STOP, fold

_SHORT = 2
"""A part of a name with so few letters, or that is a common word, is only searched after a civility: “Madame Li”."""
_PARTICLES = frozenset({"d", "de", "du", "des", "l", "le", "la", "les"})
"""Parts of names that are searched only within full names: the name Le Goff does not remove “Monsieur le”."""
_LEAST_HANDLE = 3
MOST = 500
"""Most names, addresses and numbers that are searched for: texts with more are directories."""
_ID = re.compile(r"^(?=.*\d)[\w:./-]{12,}$")
"""An id that cannot be a word: did:plc:ewvi7nxzyoun6zhxrhs64oiz, 1594239429424."""
_COUNTRY = re.compile(r"^\+?33(?=[1-9]\d{8}$)")


@dataclass(frozen=True, slots=True)
class Identity:
    """Patterns of a person's data: pairs of a kind ("name", "email"…) and a pattern of folded text."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...] = ()


NOBODY = Identity()


@dataclass(frozen=True, slots=True)
class References:
    """Unambiguous references to a person: `spellings` as in texts, `person` to remove them."""

    spellings: tuple[str, ...]
    person: Identity


def identify(
    *, names: Iterable[str], handles: Iterable[str], texts: Iterable[str], spared: Iterable[str] = ()
) -> Identity:
    """Return the identity of the author of these texts, with these names and handles (or e-mail addresses).

    It includes the names, addresses and numbers in the texts. `spared`: data that is not the person's, such as the
    city's own addresses and the names of its colleagues.
    """
    # Slow to load, and most commands erase nobody.
    from portevoix.text.privacy import find_forms, find_stated_names  # noqa: PLC0415

    exempt_texts = {fold(text) for text in spared}
    values_by_kind: dict[str, set[str]] = {"name": set(), "handle": set(), "email": set()}
    for handle in handles:
        values_by_kind["email" if "@" in handle.strip("@") else "handle"].add(handle.strip("@"))
    values_by_kind["name"].update(name for name in names if name.strip())
    for text in texts:
        values_by_kind["name"].update(find_stated_names(text))
        for each in find_forms(text):
            if each.kind not in ("handle", "link"):
                values_by_kind.setdefault(each.kind, set()).add(text[each.start : each.end])
    return Identity(tuple(_patterns(values_by_kind, exempt_texts)))


_BEFORE = {"handle": r"(?<!\w)", "email": r"(?<![\w.+-])"}
"""Text that must not precede a match: anne-marie@ is not marie@."""


def find_references(handles: Iterable[str]) -> References:
    """Return the unambiguous references to a person: “@handle”, an e-mail address, a long id of a network."""
    values_by_kind: dict[str, list[str]] = {"handle": [], "email": []}
    for handle in filter(_is_written, handles):
        if "@" in handle.strip("@"):
            values_by_kind["email"].append(handle)
        elif len(handle) >= _LEAST_HANDLE:
            values_by_kind["handle"].append(handle if _ID.search(handle) else f"@{handle.strip('@')}")
    patterns = {
        kind: re.compile("|".join(rf"{_BEFORE[kind]}{_loose(value)}(?![\w-])" for value in values))
        for kind, values in values_by_kind.items()
        if values
    }
    return References(tuple(values_by_kind["email"] + values_by_kind["handle"]), Identity(tuple(patterns.items())))


def remove_person(text: str, person: Identity, *, lang: str = "fr") -> str:
    """Return the text with the person's data replaced by its kind in brackets."""
    from portevoix.text.privacy import MASKS  # noqa: PLC0415 -- as above

    words = MASKS.get(lang.split("-")[0], MASKS["fr"])
    for kind, pattern in person.patterns:
        text = _replace_matches(text, pattern, words[kind])
    return text


def _replace_matches(text: str, pattern: re.Pattern[str], by: str) -> str:
    """Return the text with each match of the pattern in the folded text replaced by `by`."""
    plain_letters = [_fold(letter) for letter in text]
    places = [place for place, plain in enumerate(plain_letters) for _ in plain]
    left, end = [], 0
    for match in pattern.finditer("".join(plain_letters)):
        left += [text[end : places[match.start()]], by]
        end = places[match.end() - 1] + 1
    return "".join([*left, text[end:]]) if left else text


def _patterns(values_by_kind: dict[str, set[str]], spared: set[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield a pattern for each kind, longer values first: full names before their parts, addresses before names."""
    for kind in sorted(values_by_kind, key=lambda kind: kind == "name"):
        values = [value for value in values_by_kind[kind] if fold(value) not in spared and _is_written(value)]
        values = sorted(values, key=lambda value: (-len(value), value))[:MOST]
        spellings = [how for value in values for how in _spellings(kind, value, spared)]
        if spellings:
            spellings.sort(key=len, reverse=True)
            yield kind, re.compile("|".join(dict.fromkeys(spellings)))


def _spellings(kind: str, value: str, spared: set[str]) -> Iterator[str]:
    """Yield patterns of the possible spellings of a value."""
    match kind:
        case "name":
            yield from _names(value, spared)
        case "handle":
            if len(value) >= _LEAST_HANDLE:
                yield rf"(?<![\w@.-])@?{_loose(value)}(?!\w)"
        case "email":
            yield rf"(?<![\w.+-])@?{_loose(value)}(?!\w)"
            yield rf"(?<!\w)@{_loose(value.split('@')[0])}(?![\w@-])"  # as some networks shorten it
        case "phone":
            digits = _COUNTRY.sub("", re.sub(r"[^\d+]", "", value.replace("(0)", ""))).lstrip("+0")
            yield rf"(?<![\w+])(?:\+\d{{1,3}}[\s.-]?(?:\(0\)\s?)?|00\d\d\s?|0)?{r'[\s./-]?'.join(digits)}(?!\w)"
        case "iban" | "number" | "plate":
            letters = re.sub(r"[^\w]", "", fold(value))
            yield rf"(?<!\w){r'[\s.-]?'.join(map(re.escape, letters))}(?!\w)"
        case _:
            yield rf"(?<![\w.+-]){_loose(value)}(?!\w)"


def _names(name: str, spared: set[str]) -> Iterator[str]:
    from portevoix.text.privacy import load_civility  # noqa: PLC0415 -- as above

    # A letter or a figure in each part, else what stands between two of them could be read in too many ways.
    parts = [part for part in re.split(r"[\s,;()\"“”«»]+", name) if _is_written(part)]
    if parts:
        yield rf"(?<!\w){r'[\s.-]+'.join(map(_loose, parts))}(?!\w)"
    for part in parts:
        letters = part.strip(".'’-")
        if not letters or fold(letters) in spared or fold(letters) in _PARTICLES:
            continue
        if len(letters) > _SHORT and fold(letters) not in STOP:
            yield rf"(?<!\w){_loose(letters)}(?!\w)"
        elif letters[0].isupper():
            yield rf"(?<!\w){fold(load_civility())}\s{_loose(letters)}(?!\w)"


def _is_written(text: str) -> bool:
    """Return whether it has a letter or a figure: of marks alone a pattern would find everything."""
    return bool(re.search(r"\w", fold(text)))


def _loose(text: str) -> str:
    """Return a pattern of a text, folded, with any blanks."""
    return r"\s+".join(map(re.escape, fold(text).split()))


@cache
def _fold(letter: str) -> str:
    return fold(letter)
