"""Detection of structured data: e-mail and postal addresses, telephone, bank and card numbers, plates, dates of birth.

A number with check digits must pass the check, unless a word before it states what it is: a number with a mistyped
digit is still personal.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from stdnum import iban, luhn
from stdnum.fr import nir
from stdnum.iso7064 import mod_97_10

from portevoix.text.phrases import Group, load_phrases
from portevoix.text.privacy.house_numbers import address_span, street_with_number
from portevoix.text.privacy.name_patterns import load_patterns
from portevoix.text.privacy.patterns import CAP, GAP, MONTH
from portevoix.text.privacy.spans import PersonalData, Span, as_seen, blank_out, without_overlaps
from portevoix.text.tokens import STOP, fold_word

MASKS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "fr": {"email": "[courriel]", "phone": "[téléphone]", "iban": "[IBAN]", "number": "[numéro]", "plate": "[plaque]",
           "address": "[adresse]", "name": "[nom]", "handle": "[compte]", "link": "[lien]", "card": "[carte bancaire]",
           "birth": "[date de naissance]", "secret": "[code]"},
    "en": {"email": "[e-mail]", "phone": "[phone]", "iban": "[IBAN]", "number": "[number]", "plate": "[plate]",
           "address": "[address]", "name": "[name]", "handle": "[account]", "link": "[link]", "card": "[bank card]",
           "birth": "[date of birth]", "secret": "[code]"},
})  # fmt: skip
"""The replacement of each kind, by language."""


_Check = Callable[[re.Match[str]], Span | None]
_SEP = r"[ \u00a0\u202f\u2009.\-–/]"
_BEFORE = 40
_MOST_DIGITS, _FEWEST_DIGITS = 15, 8
"""Bounds of an international telephone number (ITU-T E.164)."""
_LENGTHS_TEXT = """
    AD24 AT20 BE16 BF28 BG22 BJ28 CH21 CI28 CM27 CY28 CZ24 DE22 DK18 DZ26 EE20 ES24 FI18 FR27 GB22 GR27
    HR21 HU28 IE22 IT27 LT20 LU20 LV21 MA28 MC27 ML28 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SN28
    TN24 TR26
"""
_SHORTEST_IBAN = 15
_IBAN_LENGTHS = {word[:2]: int(word[2:]) for word in _LENGTHS_TEXT.split()}
"""Letters and digits of an IBAN, by country near to here; of others only whole and right ones are recognised."""


def find_forms(text: str) -> Iterator[PersonalData]:
    """Yield structured personal data, as written or as it looks, without overlaps."""
    yield from without_overlaps(as_seen(text, _find_forms))


def _find_forms(text: str) -> Iterator[PersonalData]:
    """Yield structured data kind by kind; text found as one kind is not searched for the next."""
    for form in load_forms().values():
        spans = list(form.find(text))
        yield from spans
        text = blank_out(text, spans)


def _is_announced(match: re.Match[str], kind: str) -> bool:
    """Return whether a word shortly before the match says that it is of this kind; see `announced.toml`."""
    announcing = load_patterns("announced.toml")["number"][kind]
    return bool(announcing.search(match.string[max(0, match.start() - _BEFORE) : match.start()]))


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in "0123456789")


def _is_iban(match: re.Match[str]) -> Span | None:
    """Return the span of an IBAN, by country, length and check digits.

    Characters beyond the country's length are cut off.
    """
    places = [place for place, letter in enumerate(match.group()) if letter.isalnum()]
    letters = "".join(match.group()[place] for place in places).upper()
    length = _IBAN_LENGTHS.get(letters[:2]) or _length_elsewhere(letters)
    if length is None:
        return None
    is_announced = _is_announced(match, "iban")
    if len(letters) < length:
        return match.span() if is_announced or (letters[:2] == "FR" and len(letters) > length - 4) else None
    end = match.start() + places[length - 1] + 1
    whole = letters[:length]
    right = mod_97_10.is_valid(whole[4:] + whole[:4])
    within = match.string[end : end + 1].isalnum() and end < match.end()
    return (match.start(), end) if right or is_announced or (match.group()[:2].isupper() and not within) else None


def _length_elsewhere(letters: str) -> int | None:
    """Return the length of the valid IBAN that the letters begin with, whatever its country; None without one."""
    return next((length for length in range(_SHORTEST_IBAN, len(letters) + 1) if iban.is_valid(letters[:length])), None)


def _is_social(match: re.Match[str]) -> Span | None:
    """Return the span of a French social-security number, by its key or the context."""
    digits = re.sub(r"[^\dAB]", "", match.group().upper())
    if nir.is_valid(digits):
        return match.span()
    has_spaces = len(digits) != len(match.group())
    is_announced = _is_announced(match, "social-security")
    return match.span() if digits[0] in "12" and (has_spaces or is_announced or len(digits) == 15) else None


def _is_card(match: re.Match[str]) -> Span | None:
    """Return the span of a bank card number, by Luhn's check or the word before."""
    digits = _digits(match.group())
    right = luhn.is_valid(digits) and digits[0] in "3456"
    return match.span() if right or _is_announced(match, "card") else None


def _is_foreign(match: re.Match[str]) -> Span | None:
    """Return the span of a telephone number with a country code, by its number of digits."""
    return match.span() if _FEWEST_DIGITS <= len(_digits(match.group())) <= _MOST_DIGITS + 2 else None


def _is_host(match: re.Match[str]) -> Span | None:
    """Return the span of an IPv4 address: most have a part of three digits, unlike version numbers."""
    large = any(len(part) == 3 for part in match.group().split("."))
    return match.span() if large or _is_announced(match, "internet-address") else None


def _is_address(match: re.Match[str]) -> Span | None:
    """Return the span of an e-mail address, None for an account after a word: "c'est @lea.bzh"."""
    word, at, _ = match.group().partition(" @")
    return None if at and fold_word(word) in STOP else match.span()


_CHECKS: Mapping[str, _Check] = MappingProxyType({
    "email.spelt-out": _is_address,
    "iban.whole": _is_iban,
    "number.social-security": _is_social,
    "number.internet-address": _is_host,
    "card.number": _is_card,
    "phone.with-country": _is_foreign,
    "address.house-before-street": address_span,
    "address.house-after-street": street_with_number,
    "address.wordy-street": address_span,
    "address.great-street": address_span,
    "address.english": address_span,
})  # fmt: skip
"""Checks that decide where a number has check digits, or the words around it count; by the group in `forms.toml`."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of personal data: `kind` is a key of MASKS["fr"]."""

    kind: str
    pattern: re.Pattern[str]
    check: _Check | None

    def find(self, text: str) -> Iterator[PersonalData]:
        """Yield the data of this form: the pattern's part `v` or all of it, unless its check says otherwise."""
        part = "v" if "v" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            if span := self.check(match) if self.check else match.span(part):
                yield PersonalData(*span, self.kind)


def load_groups() -> tuple[Group, ...]:
    return load_phrases("portevoix.text.privacy", "forms.toml", {"_": GAP, "S": _SEP, "CAP": CAP, "MONTH": MONTH})


@cache
def load_forms() -> Mapping[str, Form]:
    """Return the forms by the names of their groups, in the order in which they are sought."""
    return {
        (name := f"{group.kind}.{group.name}"): Form(group.kind, re.compile(group.pattern), _CHECKS.get(name))
        for group in load_groups()
    }
