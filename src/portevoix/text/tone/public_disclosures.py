"""Detection of personal data in a public draft: numbers and addresses, names, and health.

The city's own data is ignored: its town hall, its switchboard, its mailboxes, and the signature.
"""

import re
from collections.abc import Iterator
from itertools import islice

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.privacy import PersonalData, find
from portevoix.text.tone.cue import load_patterns
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
_NAME_IN_GREETING = re.compile(
    r"\A\W*(?:[Bb]onjour|[Bb]onsoir|[Hh]ello|[Dd]ear|[Hh]i)"
    r" (?:M\.|M|Mme|Mlle|Madame|Monsieur|Mrs?\.?|Ms\.?) ([A-ZÀ-Þ][\w’'-]+)"
)
_GREETING = re.compile(
    r"\A\W*(?i:bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|chère?s?)(?: [^\W\d]{1,12}\.?){0,2} ?\Z"
)
_BEFORE_SIGNATURE = re.compile(
    r"(?i:(?:cordialement|sincèrement|bien à (?:vous|toi)|(?:bonne|belle|excellente) (?:journée|soirée)|regards|wishes"
    r"|sincerely|yours)[ ,.!:]{1,3}|[–—] ?|\n[ \t]*)\Z"
)
_LAST_LINE = re.compile(r"[^\n.!?]{0,80}\.?\s{0,20}\Z")
_SERVICE_NUMBER = re.compile(r"(?:\+33 ?|0) ?8(?:[ .]?\d){8}|(?:3\d[ .]?\d\d|1[578]|11[024569]|18|196|999|911)")
"""Toll-free and short numbers belong to services, never to a person."""
_MOBILE = re.compile(r"(?:\+33|0033|0)\D{0,4}[67]")
_SWITCHBOARD = re.compile(
    r"\b(?:mairie|hotel de ville|accueil|standard|services?|guichets?|numero vert|town hall|city hall|council|counter"
    r"|switchboard|desk)\b"
)
_CALL_CITIZEN = re.compile(r"\bvous (?:r?appel|joindr|contact|telephon)\w*|\b(?:call|ring|phone|reach) you\b")
_TOWN_HALL = re.compile(r"\b(?:place|parvis|esplanade|square) de (?:la mairie|l'hotel de ville)\b")
_AT_TOWN_HALL = re.compile(r"\b(?:mairie|hotel de ville|town hall|city hall) ?[,:(]? ?\Z")
_MAILBOX = re.compile(r"(?:mairie|accueil|contact|services?|ville(?:de)?|council|info)(?![^\W_])|(?:mairie|ville)de")
_WHEN = re.compile(
    r"(?i:[ ,]+(?:(?:ce|cet|cette|d[eè]s|le|au|this|on|next) )?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|demain|aujourd[’']hui|hier|matin|midi|soir|apr[eè]s-midi|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today"
    r"|tomorrow|yesterday|morning|afternoon|evening))\Z"
)


def find_disclosures(text: str) -> Iterator[Hint]:
    """Yield hints on personal data that the reply would publish."""
    text = text[:MOST_CHARACTERS]
    greeting = _NAME_IN_GREETING.match(text)
    if greeting:
        yield Hint(KIND, _FAMILY_NAME, {}, *greeting.span(1), _HOW_TO_NAME)
    spans = (one for one in find(text) if one.kind in _TEXT_BY_KIND and not _is_own(text, one))
    greeting_end = greeting.end() if greeting else 0
    for one in islice((one for one in spans if one.start >= greeting_end), MOST_TOLD):
        advice = _WHO_SPEAKS if one.kind == "name" else _HOW_TO_ASK
        yield Hint(KIND, _TEXT_BY_KIND[one.kind], {}, one.start, _end(text, one), advice)
    yield from islice(_of_health(text), MOST_TOLD)


def _end(text: str, one: PersonalData) -> int:
    """Return the end of the span; a day after an address is not part of it."""
    end = one.end
    while one.kind == "address" and (when := _WHEN.search(text, one.start, end)):
        end = when.start()
    return end


def _is_own(text: str, one: PersonalData) -> bool:
    """Return whether the data is the city's own, or a name in the greeting or the signature."""
    match one.kind:
        case "phone" | "number":
            return bool(_SERVICE_NUMBER.fullmatch(text[one.start : one.end].strip())) or _rings_a_service(text, one)
        case "email":
            return bool(_MAILBOX.search(" ".join(re.split(r"[.@_+-]", fold_text(text[one.start : one.end]).text))))
        case "address":
            before = fold_text(text[max(0, one.start - _NEAR) : one.start]).text
            return bool(_TOWN_HALL.search(fold_text(text[one.start : one.end]).text) or _AT_TOWN_HALL.search(before))
        case "name":
            return _greets_or_signs(text, one)
    return False


def _rings_a_service(text: str, one: PersonalData) -> bool:
    """Return whether a telephone number is a service's: neither a mobile one, nor one on which to call the citizen."""
    if one.kind != "phone" or _MOBILE.match(text, one.start):
        return False
    first, last = next(((a, b) for a, b in sentences(text) if a <= one.start < b), (one.start, one.end))
    around = text[max(first, one.start - _NEAR) : one.start], text[one.end : max(one.end, min(last, one.end + _NEAR))]
    is_callback = _CALL_CITIZEN.search(fold_text(text[first : one.start]).text)
    return not is_callback and any(_SWITCHBOARD.search(fold_text(piece).text) for piece in around)


def _greets_or_signs(text: str, one: PersonalData) -> bool:
    first, last = body(text)
    if one.start < first or one.end > last or _GREETING.match(text[: one.start][:80]):
        return True
    return bool(_LAST_LINE.match(text, one.end) and _BEFORE_SIGNATURE.search(text, max(0, one.start - 40), one.start))


def _of_health(text: str) -> Iterator[Hint]:
    patterns = load_patterns("hints.toml")
    for start, end in sentences(text):
        read = fold_text(text[start:end])
        found = [match for kind in _ILLNESS if (match := patterns[kind].search(read.text))]
        if found and not patterns["supposing"].search(read.text):  # a condition says nothing of an actual person
            a, b = read.span(*min(found, key=lambda match: match.start()).span("v"))
            yield Hint(KIND, _HEALTH, {}, start + a, start + b, _IN_PRIVATE)
