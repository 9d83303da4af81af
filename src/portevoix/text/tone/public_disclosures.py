"""Detection of personal data in a public draft: numbers and addresses, names, and health.

The city's own data is ignored: its town hall, its switchboard, its mailboxes, and the signature.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.privacy import PersonalData, find
from portevoix.text.tone.cue import join_groups, load_groups, load_patterns
from portevoix.text.tone.folding import MOST_CHARACTERS, fold_text, sentences
from portevoix.text.tone.hint import Hint
from portevoix.text.tone.sentences import body

KIND = "personal data"
MOST_TOLD = 5
_ILLNESS = ("ill-relative", "illness", "ill-reader")
"""Kinds of phrases in `hints.toml` that tell of somebody's health."""
_NEAR = 30
"""Characters around a number that may say whose it is."""
_TEXT_BY_KIND = {
    "email": gettext_noop("An e-mail address would be published."),
    "phone": gettext_noop("A telephone number would be published."),
    "iban": gettext_noop("A bank account would be published."),
    "number": gettext_noop("A number that identifies a person or a file would be published."),
    "plate": gettext_noop("A number plate would be published."),
    "address": gettext_noop("An address with its number would be published."),
    "card": gettext_noop("A bank card would be published."),
    "birth": gettext_noop("A date of birth would be published."),
    "name": gettext_noop("A person's name would be published."),
}
_HOW_TO_ASK = gettext_noop("Unless it is the city's own, leave it out and go on in private.")
_FAMILY_NAME = gettext_noop("Everybody will read this family name: it tells who asked.")
_HOW_TO_NAME = gettext_noop("Leave the name out if the account does not show it.")
_WHO_SPEAKS = gettext_noop("Leave the name out, unless it is of somebody who speaks for the city.")
_HEALTH = gettext_noop("Everybody will read of somebody's health.")
_IN_PRIVATE = gettext_noop("Leave it out and go on in private.")
_LAST_LINE = re.compile(r"[^\n.!?]{0,80}\.?\s{0,20}\Z")


@cache
def load_own_data() -> dict[str, re.Pattern[str]]:
    """Return the patterns of what is the city's own, by the groups in `own_data.toml`."""
    return {f"{group.kind}.{group.name}": re.compile(join_groups([group])) for group in load_groups("own_data.toml")}


def find_disclosures(text: str) -> Iterator[Hint]:
    """Yield hints on personal data that the reply would publish."""
    text = text[:MOST_CHARACTERS]
    greeting = load_own_data()["greeting.by-name"].match(text)
    if greeting:
        yield Hint(KIND, _FAMILY_NAME, {}, *greeting.span("v"), _HOW_TO_NAME)
    spans = (one for one in find(text) if one.kind in _TEXT_BY_KIND and not _is_own(text, one))
    greeting_end = greeting.end() if greeting else 0
    for one in islice((one for one in spans if one.start >= greeting_end), MOST_TOLD):
        advice = _WHO_SPEAKS if one.kind == "name" else _HOW_TO_ASK
        yield Hint(KIND, _TEXT_BY_KIND[one.kind], {}, one.start, _end(text, one), advice)
    yield from islice(_of_health(text), MOST_TOLD)


def _end(text: str, one: PersonalData) -> int:
    """Return the end of the span; a day after an address is not part of it."""
    end = one.end
    while one.kind == "address" and (when := load_own_data()["when.after-an-address"].search(text, one.start, end)):
        end = when.start()
    return end


def _is_own(text: str, one: PersonalData) -> bool:
    """Return whether the data is the city's own, or a name in the greeting or the signature."""
    own, data = load_own_data(), text[one.start : one.end]
    match one.kind:
        case "phone" | "number":
            return bool(own["number.service"].fullmatch(data.strip())) or _rings_a_service(text, one)
        case "email":
            return bool(own["mailbox.city"].search(" ".join(re.split(r"[.@_+-]", fold_text(data).text))))
        case "address":
            before = fold_text(text[max(0, one.start - _NEAR) : one.start]).text
            is_town_hall = own["town-hall.address"].search(fold_text(data).text)
            return bool(is_town_hall or own["town-hall.before-an-address"].search(before))
        case "name":
            return _greets_or_signs(text, one)
    return False


def _rings_a_service(text: str, one: PersonalData) -> bool:
    """Return whether a telephone number is a service's: neither a mobile one, nor one on which to call the citizen."""
    own = load_own_data()
    if one.kind != "phone" or own["number.mobile"].match(text, one.start):
        return False
    first, last = next(((a, b) for a, b in sentences(text) if a <= one.start < b), (one.start, one.end))
    around = text[max(first, one.start - _NEAR) : one.start], text[one.end : max(one.end, min(last, one.end + _NEAR))]
    is_callback = own["call.citizen"].search(fold_text(text[first : one.start]).text)
    return not is_callback and any(own["number.switchboard"].search(fold_text(piece).text) for piece in around)


def _greets_or_signs(text: str, one: PersonalData) -> bool:
    first, last = body(text)
    own = load_own_data()
    if one.start < first or one.end > last or own["greeting.before-a-name"].match(text[: one.start][:80]):
        return True
    before = own["signature.before-a-name"].search(text, max(0, one.start - 40), one.start)
    return bool(_LAST_LINE.match(text, one.end) and before)


def _of_health(text: str) -> Iterator[Hint]:
    patterns = load_patterns("hints.toml")
    for start, end in sentences(text):
        read = fold_text(text[start:end])
        found = [match for kind in _ILLNESS if (match := patterns[kind].search(read.text))]
        if found and not patterns["supposing"].search(read.text):  # a condition says nothing of an actual person
            a, b = read.span(*min(found, key=lambda match: match.start()).span("v"))
            yield Hint(KIND, _HEALTH, {}, start + a, start + b, _IN_PRIVATE)
