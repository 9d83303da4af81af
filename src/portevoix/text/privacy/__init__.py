"""Finds personal data in what citizens write, and masks it: for good, or so that it can be put back inside the house.

Where in doubt it masks: a name too many costs the reader a word, a name left costs a citizen her privacy. Names of
places without a number stay, because a journal of a city is about its places.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from portevoix.text.privacy.common_words import NOT_NAMES
from portevoix.text.privacy.given_names import is_famous, running, small
from portevoix.text.privacy.honorific_names import CIVILITY
from portevoix.text.privacy.initials import initials
from portevoix.text.privacy.public_officials import holds_office
from portevoix.text.privacy.self_introductions import introduced
from portevoix.text.privacy.signatures import told
from portevoix.text.privacy.spans import Found, as_seen, blanked, without_overlaps
from portevoix.text.privacy.structured import MASKS, find_forms
from portevoix.text.privacy.unlisted_names import strangers
from portevoix.text.tokens import STOP, clean, fold

__all__ = [
    "CIVILITY",
    "MASKS",
    "Found",
    "Masked",
    "cover",
    "find",
    "find_forms",
    "mask",
    "mask_reversibly",
    "mask_together",
    "told",
]
_SHORTEST = 3
"""Shorter parts of an author's name are not looked for by themselves."""
_NUMBERED = re.compile(r"\[[^\[\]\n]{1,30} \d{1,9}\]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which numbered places like "[nom 1]" stand for `values`, keyed by their place.

    `found` is where they stood in the text as it was.
    """

    text: str
    values: dict[str, str]
    found: tuple[Found, ...]

    def unmask(self, text: str) -> str:
        """`text` with the values put back where their places stand: the masked text, or one made from it."""
        return _NUMBERED.sub(lambda place: self.values.get(place[0], place[0]), text)


def find(text: str, names: Iterable[str] = (), *, spared: Iterable[str] = ()) -> tuple[Found, ...]:
    """Personal data in the text, in order; none overlaps another.

    `names`: those of the author, found wherever they stand. `spared`: what is not personal, as the city's accounts.
    """
    forms = list(find_forms(text))
    given = _given(names)
    found = forms + without_overlaps(as_seen(blanked(text, forms), lambda rest: _find_names(rest, given)))
    kept = {fold(name).lstrip("@") for name in spared}
    if kept:
        found = [each for each in found if fold(text[each.start : each.end]).lstrip("@") not in kept]
    return tuple(sorted(found))


def mask(text: str, *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()) -> str:
    """The text with personal data replaced by what it is, in brackets; nothing leads back.

    `names` and `spared` as in `find`. `lang` "fr" or "en" chooses the words in brackets.
    """
    return cover(text, find(text, names, spared=spared), lang=lang)


def cover(text: str, found: Sequence[Found], *, lang: str = "fr") -> str:
    """The text with what `find` found in it replaced by what it is, in brackets."""
    words = MASKS.get(lang, MASKS["en"])
    return _replaced(text, found, lambda each: words[each.kind])


def mask_reversibly(text: str, *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()) -> Masked:
    """The text with numbered places in it, the same value always at the same place; arguments as those of `mask`."""
    return mask_together([text], names=names, lang=lang, spared=spared)[0]


def mask_together(
    texts: Sequence[str], *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()
) -> list[Masked]:
    """Each text with numbered places in it, as by `mask_reversibly`; the same value has the same place in all of them.

    What already looks like a place in one of the texts is left alone, and its number not used.
    """
    words = MASKS.get(lang, MASKS["en"])
    names, spared = tuple(names), tuple(spared)
    taken = {place for text in texts for place in _NUMBERED.findall(text)}
    places: dict[tuple[str, str], str] = {}
    numbers = dict.fromkeys(words, 0)

    def place(kind: str, value: str) -> str:
        while (kind, value) not in places:
            numbers[kind] += 1
            place = f"{words[kind][:-1]} {numbers[kind]}]"
            if place not in taken:
                places[kind, value] = place
        return places[kind, value]

    masked = []
    for text in texts:
        found = find(text, names, spared=spared)
        here = {each: place(each.kind, text[each.start : each.end]) for each in found}
        values = {here[each]: text[each.start : each.end] for each in found}
        masked.append(Masked(_replaced(text, found, here.__getitem__), values, found))
    return masked


def _replaced(text: str, found: Sequence[Found], by: Callable[[Found], str]) -> str:
    left, end = [], 0
    for each in found:
        left += [text[end : each.start], by(each)]
        end = each.end
    return "".join([*left, text[end:]])


def _find_names(text: str, given: Iterable[str]) -> Iterator[Found]:
    """Names in a text of which the forms are blanked; they may overlap. The author's are never public."""
    yield from _standing(text, given, re.IGNORECASE)
    yield from (each for each in without_overlaps(_of_others(text)) if not holds_office(text, each))


def _of_others(text: str) -> Iterator[Found]:
    yield from _standing(text, (name for name in told(text) if not is_famous(name)), 0)
    yield from running(text)
    yield from small(text)
    yield from strangers(text)
    yield from introduced(text)
    yield from initials(text)


def _standing(text: str, names: Iterable[str], flags: int) -> Iterator[Found]:
    """Wherever one of the names stands as a whole word."""
    written = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    if written:
        for match in re.finditer(rf"(?<!\w)(?:{written})(?!\w)", text, flags):
            yield Found(*match.span(), "name")


def _given(names: Iterable[str]) -> set[str]:
    names = [clean(name) for name in names]
    parts = {part for name in names for part in name.split() if len(part) >= _SHORTEST}
    whole = {name.strip() for name in names if len(name.strip()) >= _SHORTEST}
    return whole | {part for part in parts if fold(part) not in STOP and fold(part) not in NOT_NAMES}
