"""Detection and masking of personal data in citizens' texts: irreversibly, or so that it can be restored internally.

In doubt it masks: a wrong mask costs the reader a word, a missed name costs a citizen her privacy. Names of places
without a number stay, because a city's journal is about its places.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from portevoix.text.privacy.common_words import not_names
from portevoix.text.privacy.given_names import find_first_names, find_small_names, is_famous
from portevoix.text.privacy.initials import initials
from portevoix.text.privacy.name_patterns import load_civility
from portevoix.text.privacy.patterns import CAP
from portevoix.text.privacy.public_officials import holds_office
from portevoix.text.privacy.self_introductions import find_introductions
from portevoix.text.privacy.signatures import find_stated_names
from portevoix.text.privacy.spans import PersonalData, as_seen, blank_out, without_overlaps
from portevoix.text.privacy.structured import MASKS, find_forms
from portevoix.text.privacy.unlisted_names import find_unlisted_names
from portevoix.text.tokens import STOP, clean, fold

__all__ = [
    "MASKS",
    "MaskedText",
    "PersonalData",
    "blank_masks",
    "cover",
    "find",
    "find_forms",
    "find_stated_names",
    "load_civility",
    "mask",
    "mask_reversibly",
    "mask_together",
    "names_official",
]
_SHORTEST = 3
"""Shorter parts of an author's name are not searched for by themselves."""
_CAPITAL_WORD = re.compile(CAP)
_ANY_MASK = re.compile("|".join(sorted({re.escape(word) for words in MASKS.values() for word in words.values()})))
_NUMBERED_PLACE = re.compile(r"\[[^\[\]\n]{1,30} \d{1,9}\]")


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text in which numbered placeholders like "[nom 1]" replace `values`, which are keyed by placeholder.

    `spans` are their places in the original text.
    """

    text: str
    values: dict[str, str]
    spans: tuple[PersonalData, ...]

    def unmask(self, text: str) -> str:
        """Return `text`, the masked text or one made from it, with the values in place of their placeholders."""
        return _NUMBERED_PLACE.sub(lambda place: self.values.get(place[0], place[0]), text)


def find(text: str, names: Iterable[str] = (), *, spared: Iterable[str] = ()) -> tuple[PersonalData, ...]:
    """Return the personal data in the text, in order and without overlaps.

    `names`: those of the author, found everywhere. `spared`: texts that are not personal, such as the city's accounts.
    """
    forms = list(find_forms(text))
    own_names = _author_names(names)
    spans = forms + without_overlaps(as_seen(blank_out(text, forms), lambda rest: _find_names(rest, own_names)))
    exempt_names = {fold(name).lstrip("@") for name in spared}
    if exempt_names:
        spans = [each for each in spans if fold(text[each.start : each.end]).lstrip("@") not in exempt_names]
    return tuple(sorted(spans))


def names_official(text: str) -> bool:
    """Return whether the text names somebody beside the office that they hold: “Mayor Smith”, “le maire, M. Morel,”."""
    names = without_overlaps(_of_others(blank_out(text, find_forms(text))))
    words = (PersonalData(*word.span(), "name") for word in _CAPITAL_WORD.finditer(text))
    return any(holds_office(text, each) for each in (*names, *words))


def mask(text: str, *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()) -> str:
    """Return the text with personal data irreversibly replaced by its kind in brackets.

    `names` and `spared` as in `find`. `lang` "fr" or "en" chooses the words in brackets.
    """
    return cover(text, find(text, names, spared=spared), lang=lang)


def cover(text: str, found: Sequence[PersonalData], *, lang: str = "fr") -> str:
    """Return the text with the results of `find` replaced by their kinds in brackets."""
    words = MASKS.get(lang, MASKS["en"])
    return _replace_spans(text, found, lambda each: words[each.kind])


def blank_masks(text: str) -> str:
    """Return a masked text with a blank in place of each kind in brackets, which no citizen wrote."""
    return _ANY_MASK.sub(" ", text)


def mask_reversibly(
    text: str, *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()
) -> MaskedText:
    """Return the text with numbered placeholders, the same for the same value; arguments as those of `mask`."""
    return mask_together([text], names=names, lang=lang, spared=spared)[0]


def mask_together(
    texts: Sequence[str], *, names: Iterable[str] = (), lang: str = "fr", spared: Iterable[str] = ()
) -> list[MaskedText]:
    """Return each text masked as by `mask_reversibly`; the same value has the same placeholder in all of them.

    Text that already looks like a placeholder is not changed, and its number is not used.
    """
    words = MASKS.get(lang, MASKS["en"])
    names, spared = tuple(names), tuple(spared)
    existing_places = {place for text in texts for place in _NUMBERED_PLACE.findall(text)}
    places: dict[tuple[str, str], str] = {}
    numbers = dict.fromkeys(words, 0)

    def place(kind: str, value: str) -> str:
        while (kind, value) not in places:
            numbers[kind] += 1
            place = f"{words[kind][:-1]} {numbers[kind]}]"
            if place not in existing_places:
                places[kind, value] = place
        return places[kind, value]

    results = []
    for text in texts:
        spans = find(text, names, spared=spared)
        here = {each: place(each.kind, text[each.start : each.end]) for each in spans}
        values = {here[each]: text[each.start : each.end] for each in spans}
        results.append(MaskedText(_replace_spans(text, spans, here.__getitem__), values, spans))
    return results


def _replace_spans(text: str, spans: Sequence[PersonalData], by: Callable[[PersonalData], str]) -> str:
    left, end = [], 0
    for each in spans:
        left += [text[end : each.start], by(each)]
        end = each.end
    return "".join([*left, text[end:]])


def _find_names(text: str, own_names: Iterable[str]) -> Iterator[PersonalData]:
    """Yield names in a text whose structured data is blanked; they may overlap. The author's names are never public."""
    yield from _occurrences(text, own_names, re.IGNORECASE)
    yield from (each for each in without_overlaps(_of_others(text)) if not holds_office(text, each))


def _of_others(text: str) -> Iterator[PersonalData]:
    yield from _occurrences(text, (name for name in find_stated_names(text) if not is_famous(name)), 0)
    yield from find_first_names(text)
    yield from find_small_names(text)
    yield from find_unlisted_names(text)
    yield from find_introductions(text)
    yield from initials(text)


def _occurrences(text: str, names: Iterable[str], flags: int) -> Iterator[PersonalData]:
    """Yield every occurrence of one of the names as a whole word."""
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
    if alternatives:
        for match in re.finditer(rf"(?<!\w)(?:{alternatives})(?!\w)", text, flags):
            yield PersonalData(*match.span(), "name")


def _author_names(names: Iterable[str]) -> set[str]:
    names = [clean(name) for name in names]
    parts = {part for name in names for part in name.split() if len(part) >= _SHORTEST}
    whole = {name.strip() for name in names if len(name.strip()) >= _SHORTEST}
    return whole | {part for part in parts if fold(part) not in STOP and fold(part) not in not_names()}
