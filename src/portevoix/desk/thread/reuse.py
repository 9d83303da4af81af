"""An answer that was given before, in its parts: whom it greeted and who signed it are not of the next reply."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portevoix.text.tokens import fold
from portevoix.text.tone.sentences import body

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Parts:
    """The text is `greeting`, `said` and `signature` on end. `foreign`: a colleague signed it by name."""

    greeting: str
    said: str
    signature: str
    foreign: bool


def parts(text: str, *, mine: str, colleagues: Sequence[str]) -> Parts:
    """`mine`: the name of whoever would use it again. One that is nothing but a greeting is said as it is."""
    start, end = body(text)
    end = min(end, _signed(text, [mine, *colleagues]))
    if not text[start:end].strip() or not text[end:].strip():
        end = len(text)
    if not text[start:end].strip():
        start = 0
    signature = text[end:]
    return Parts(text[:start], text[start:end], signature, _foreign(signature, mine, colleagues))


def _signed(text: str, colleagues: Sequence[str]) -> int:
    """Where a last line begins that a colleague's name opens and that is no sentence, however long it is."""
    begins = text.rstrip().rfind("\n") + 1
    line = text[begins:].strip()
    opening = _WORD.match(line)
    names = set().union(*map(_names, colleagues))
    signed = begins and opening and fold(opening[0]) in names and not line.endswith((".", "!", "?"))
    return begins if signed else len(text)


def _foreign(signature: str, mine: str, colleagues: Sequence[str]) -> bool:
    signed = _names(signature) - _names(mine)
    return any(signed & _names(name) for name in colleagues)


def _names(text: str) -> set[str]:
    return set(_WORD.findall(fold(text)))
