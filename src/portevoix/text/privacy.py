"""Masks personal data, for good: what the journal shows of a citizen's message."""

import re
from collections.abc import Iterable

_NAMES = {
    "fr": {"email": "[courriel]", "phone": "[téléphone]", "iban": "[IBAN]", "number": "[numéro]", "plate": "[plaque]",
           "address": "[adresse]", "name": "[nom]", "handle": "[compte]"},
    "en": {"email": "[e-mail]", "phone": "[phone]", "iban": "[IBAN]", "number": "[number]", "plate": "[plate]",
           "address": "[address]", "name": "[name]", "handle": "[account]"},
}  # fmt: skip
_CAP = r"(?<!\w)[A-ZÀ-ÖØ-Þ][\w’'-]{1,40}"
_NAME = (
    rf"(?:(?:[A-ZÀ-Ý]\.[\s-]?){{1,3}}{_CAP}|{_CAP}(?:[\s-]+(?:(?:de|du|des|la|le|Le|La|d’|d')\s?){{0,2}}{_CAP}){{0,5}})"
)
_STREET = (
    r"(?:rue|r\.|avenue|av\.?|boulevard|bd\.?|bld|all[ée]e|place|pl\.|chemin|impasse|quai|cours|square|route|venelle|"
    r"ruelle|passage|sente|esplanade|résidence|lotissement|faubourg|street|road|lane)"
)
_GAP = "[ \u00a0]"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?\b")),
    ("number", re.compile(
        r"\b[12]_?\d{2}_?(?:0[1-9]|1[0-2]|[2-9]\d)_?\d[\dAB]_?\d{3}_?\d{3}(?:_?\d{2})?\b".replace("_", _GAP))),
    ("phone", re.compile(
        r"(?<!\w)(?:\+\d{1,3}[ \u00a0.-]?(?:\(0\)_?)?\d|0[1-9])(?:[ \u00a0.\-/]?\d{2}){4}(?!\w)".replace("_", _GAP))),
    ("phone", re.compile(r"(?<!\w)\+\d{1,3}(?:[ \u00a0.-]?\d{2,4}){2,5}(?!\w)")),
    ("plate", re.compile(
        r"\b[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}\b|\b\d{1,4}[ -]?[A-Z]{2,3}[ -]?\d{2}\b")),
    ("address", re.compile(
        rf"(?i:\b(?:n[°o] ?)?\d{{1,4}}(?:{_GAP}?(?:bis|ter|quater|[a-d]))?,?{_GAP}+{_STREET})"
        rf"{_GAP}+(?:(?:de|du|des|la|le|les|aux|à|au){_GAP}+|[dl][’'])*[\wÀ-ÿ’'-]{{1,40}}"
        rf"(?:{_GAP}(?:de |du |des |la )?{_CAP}){{0,3}}")),
    ("handle", re.compile(r"(?<![\w/@])@[\w.-]{2,}")),
)  # fmt: skip
_CIVILITY = r"(?:M\.|Mr\.?|Mme|Mlle|Mmes|MM\.|Monsieur|Madame|Mademoiselle|Mrs\.?|Ms\.?|Dr\.?|Docteur|Me)"
_CIVIL = re.compile(rf"\b{_CIVILITY}{_GAP}+({_NAME})")
_SELF = re.compile(rf"(?i:\b(?:je m['’]appelle|je suis M\.|je me nomme|my name is|mon nom est))[ \u00a0]+({_NAME})")
_CLOSING = re.compile(
    r"(?i:cordialement|cdt|cdlt|salutations|merci(?: d['’]avance)?|bien à vous|respectueusement|sincèrement|"
    r"amicalement|regards|sincerely|bonne (?:journée|soirée))[^\n]{0,40}?[\s,.;:!–—-]+"
    rf"({_NAME})\s*[.!]?\s*$"
)
_LAST_LINE = re.compile(rf"\n[ \t]*[–—-]?[ \t]*({_NAME})[ \t]*\.?\s*$")
MOST_NAMED = 6


def mask(text: str, *, names: Iterable[str] = (), lang: str = "fr") -> str:
    """The text with names, addresses, numbers and accounts replaced by what they are, in brackets.

    `names`: those of the author, masked wherever they stand. `lang` "fr" or "en" chooses the words in brackets.
    """
    words = _NAMES.get(lang, _NAMES["en"])
    for kind, pattern in _PATTERNS:
        text = pattern.sub(words[kind], text)
    for pattern in (_CIVIL, _SELF, _CLOSING, _LAST_LINE):
        text = pattern.sub(lambda found: _unnamed(found, words["name"]), text)
    for name in sorted({part for whole in names for part in (whole, *whole.split()) if len(part) > 2}, key=len)[::-1]:
        text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", words["name"], text)
    return text


def _unnamed(found: re.Match[str], word: str) -> str:
    """Only the name goes; a last line with many words is a sentence, not a signature."""
    name = found.group(1)
    if len(name.split()) > MOST_NAMED:
        return found.group()
    start = found.start(1) - found.start()
    return found.group()[:start] + word + found.group()[start + len(name) :]
