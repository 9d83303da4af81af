"""Detection of names that a text states: after a civility, a kinship or "my name is", and as its signature."""

import re
from functools import cache

from portevoix.text.privacy.common_words import is_unknown, is_word
from portevoix.text.privacy.given_names import has_a_street
from portevoix.text.privacy.honorific_names import after_civility, is_office
from portevoix.text.privacy.name_patterns import load_civility, load_patterns
from portevoix.text.privacy.patterns import GAP, INITIAL, LETTERS, NAMES
from portevoix.text.tokens import STOP, fold_word

_SIGNERS = rf"({NAMES}|(?:{INITIAL}{GAP}?){{1,3}})\s*([,(\[–].{{0,80}})?[.!\s]*$"
_SIGNED_LE = re.compile(rf"^\s*(Le{GAP}([A-ZÀ-ÖØ-Þ][a-zà-ÿ]{{2,30}}(?:-[A-ZÀ-ÖØ-Þ]{LETTERS}{{2,30}})?))[.!\s]*$")
_SIGNATURE = re.compile(rf"^\s*[–—-]?\s*(){_SIGNERS}")
_SENTENCE = re.compile(r"(?<=[^\WA-ZÀ-ÖØ-Þ_][.!?…])\s+|(?<=[)»?!…])\s+")
_LIST = re.compile(r"\s+(?:et|&|and)\s+|,\s*")
_TAIL = 400
_LINES = 4


def find_stated_names(text: str) -> set[str]:
    """Return the names stated in a text: after a civility, a kinship or "my name is", and as its signature."""
    names = {
        _civility().sub("", match["v"], count=1)
        for pattern in load_patterns("names.toml")["stated"].values()
        for match in pattern.finditer(text)
        if not has_a_street(text, match.start("v"))
    }
    names |= _signature_names(text)
    names = {name for name in names if name and not is_word(name) and fold_word(name) not in STOP}
    return names | set(after_civility(text)) | _signed_le(text)


@cache
def _civility() -> re.Pattern[str]:
    return re.compile(rf"^{load_civility()}(?:{GAP}|$)")


@cache
def _after_closing() -> re.Pattern[str]:
    """Return a pattern of a last sentence that ends with a closing and a signature."""
    closing = load_patterns("names.toml")["closing"]["words"].pattern
    return re.compile(rf"^.{{0,80}}?{closing}([\s,.;:!–—-]{{1,5}}){_SIGNERS}")


def _signature_names(text: str) -> set[str]:
    """Return the names in the last lines, and after the closing at the end of the last sentence."""
    names: set[str] = set()
    lines = _last_lines(text)
    for line in lines if len(lines) > 1 else []:  # a whole text is no signature
        if signature := _SIGNATURE.match(line):
            names.update(_signers(signature, alone=line is lines[-1]))
    if lines:
        last = _SENTENCE.split(lines[-1])[-1]
        for pattern in (_SIGNATURE, _after_closing()):
            if (signature := pattern.match(last)) and (last != text.strip() or signature[1]):
                names.update(_signers(signature, alone=bool(signature.group(1).strip())))
    return names


def _signed_le(text: str) -> set[str]:
    """Return the name when the last line consists only of one like "Le Goff"."""
    lines = _last_lines(text)
    name = _SIGNED_LE.match(lines[-1]) if len(lines) > 1 else None
    return {name[1]} if name and is_unknown(name[2]) and not is_office(name[2]) else set()


def _last_lines(text: str) -> list[str]:
    return [line for line in text[-_TAIL:].rstrip().split("\n") if line.strip()][-_LINES:]


def _signers(signature: re.Match[str], *, alone: bool) -> set[str]:
    """Return the names of a signature; `alone`: one word is enough, as in a last line "Lucinda"."""
    parts = [part for part in _LIST.split(signature.group(2).strip()) if part]
    names = [part for part in parts if not is_word(part)]
    if len(names) == 1 and " " not in names[0] and not alone:
        return set()
    return set(names)
