"""Takes one person out of texts that stay: what erasing a citizen leaves of the city's own words.

Unlike `text.privacy`, which masks whatever may tell of anybody, it looks for what is known of this one person, however
it is written: without accents, in other capitals, a telephone number with other spaces.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from portevoix.text.tokens import STOP, fold

_SHORT = 2
"""A part of a name with so few letters, or that is a common word, is only looked for after a civility: “Madame Li”."""
_PARTICLES = frozenset({"d", "de", "du", "des", "l", "le", "la", "les"})
"""Parts of names that are looked for only within them: who is called Le Goff is not “Monsieur le”."""
_LEAST_HANDLE = 3
MOST = 500
"""Names, addresses and numbers are looked for up to so many: whoever writes more has written a directory."""
_ID = re.compile(r"^(?=.*\d)[\w:./-]{12,}$")
"""An id that no word could be: did:plc:ewvi7nxzyoun6zhxrhs64oiz, 1594239429424."""
_COUNTRY = re.compile(r"^\+?33(?=[1-9]\d{8}$)")


@dataclass(frozen=True, slots=True)
class Identity:
    """What is looked for, as pairs of what it is ("name", "email"…) and how folded text may write it."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...] = ()


NOBODY = Identity()


@dataclass(frozen=True, slots=True)
class Mentions:
    """How others name the person beyond doubt: `written` as it stands in texts, `person` to take it out of them."""

    written: tuple[str, ...]
    person: Identity


def identify(
    *, names: Iterable[str], handles: Iterable[str], texts: Iterable[str], spared: Iterable[str] = ()
) -> Identity:
    """The person with these names and handles (an e-mail address is one), who wrote these texts.

    Names, addresses and numbers that the texts tell are looked for too. `spared`: what is not the person's, such as
    the city's own addresses and the names of its colleagues.
    """
    from portevoix.text.privacy import find_forms, told  # noqa: PLC0415 -- slow to load, and most commands erase nobody

    kept = {fold(text) for text in spared}
    found: dict[str, set[str]] = {"name": set(), "handle": set(), "email": set()}
    for handle in handles:
        found["email" if "@" in handle.strip("@") else "handle"].add(handle.strip("@"))
    found["name"].update(name for name in names if name.strip())
    for text in texts:
        found["name"].update(told(text))
        for each in find_forms(text):
            if each.kind not in ("handle", "link"):
                found.setdefault(each.kind, set()).add(text[each.start : each.end])
    return Identity(tuple(_patterns(found, kept)))


_BEFORE = {"handle": r"(?<!\w)", "email": r"(?<![\w.+-])"}
"""What does not stand before one: anne-marie@ is not marie@."""


def mentions(handles: Iterable[str]) -> Mentions:
    """What tells of one person alone in whatever text: “@handle”, an e-mail address, a long id of a network."""
    found: dict[str, list[str]] = {"handle": [], "email": []}
    for handle in filter(_is_written, handles):
        if "@" in handle.strip("@"):
            found["email"].append(handle)
        elif len(handle) >= _LEAST_HANDLE:
            found["handle"].append(handle if _ID.search(handle) else f"@{handle.strip('@')}")
    patterns = {
        kind: re.compile("|".join(rf"{_BEFORE[kind]}{_loose(value)}(?![\w-])" for value in values))
        for kind, values in found.items()
        if values
    }
    return Mentions(tuple(found["email"] + found["handle"]), Identity(tuple(patterns.items())))


def without(text: str, person: Identity, *, lang: str = "fr") -> str:
    """The text, with what is known of the person replaced by what it is, in brackets."""
    from portevoix.text.privacy import MASKS  # noqa: PLC0415 -- as above

    words = MASKS.get(lang.split("-")[0], MASKS["fr"])
    for kind, pattern in person.patterns:
        text = _replaced(text, pattern, words[kind])
    return text


def _replaced(text: str, pattern: re.Pattern[str], by: str) -> str:
    """Looks in the folded text, and replaces what stands there in the text as it is written."""
    folded = [_fold(letter) for letter in text]
    places = [place for place, plain in enumerate(folded) for _ in plain]
    left, end = [], 0
    for found in pattern.finditer("".join(folded)):
        left += [text[end : places[found.start()]], by]
        end = places[found.end() - 1] + 1
    return "".join([*left, text[end:]]) if left else text


def _patterns(found: dict[str, set[str]], spared: set[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Longer ones first, so that a whole name goes before its parts; addresses before the names in them."""
    for kind in sorted(found, key=lambda kind: kind == "name"):
        values = [value for value in found[kind] if fold(value) not in spared and _is_written(value)]
        values = sorted(values, key=lambda value: (-len(value), value))[:MOST]
        written = [how for value in values for how in _written(kind, value, spared)]
        if written:
            written.sort(key=len, reverse=True)
            yield kind, re.compile("|".join(dict.fromkeys(written)))


def _written(kind: str, value: str, spared: set[str]) -> Iterator[str]:
    """The ways in which it may be written."""
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
    from portevoix.text.privacy import CIVILITY  # noqa: PLC0415 -- as above

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
            yield rf"(?<!\w){fold(CIVILITY)}\s{_loose(letters)}(?!\w)"


def _is_written(text: str) -> bool:
    """Whether it has a letter or a figure: of marks alone a pattern would find everything."""
    return bool(re.search(r"\w", fold(text)))


def _loose(text: str) -> str:
    """A pattern of folded text."""
    return r"\s+".join(map(re.escape, fold(text).split()))


@cache
def _fold(letter: str) -> str:
    return fold(letter)
