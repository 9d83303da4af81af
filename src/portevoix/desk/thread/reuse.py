"""The parts of an earlier answer: its greeting and its signature do not belong to the next reply."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portevoix.text.tokens import fold
from portevoix.text.tone.sentences import body

_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Parts:
    """The text is `greeting`, `said` and `signature` in sequence. `foreign`: a colleague signed it by name."""

    greeting: str
    said: str
    signature: str
    foreign: bool


def parts(text: str, *, mine: str, colleagues: Sequence[str]) -> Parts:
    """Split an answer.

    `mine` is the name of the colleague who would reuse it. A text that is only a greeting is all `said`.
    """
    start, end = body(text)
    end = min(end, _signature_start(text, [mine, *colleagues]))
    if not text[start:end].strip() or not text[end:].strip():
        end = len(text)
    if not text[start:end].strip():
        start = 0
    signature = text[end:]
    return Parts(text[:start], text[start:end], signature, _is_foreign(signature, mine, colleagues))


def _signature_start(text: str, colleagues: Sequence[str]) -> int:
    """Return the start of a last line that begins with a colleague's name and is no sentence, else the length."""
    begins = text.rstrip().rfind("\n") + 1
    line = text[begins:].strip()
    opening = _WORD.match(line)
    names = set().union(*map(_names, colleagues))
    is_signature = begins and opening and fold(opening[0]) in names and not line.endswith((".", "!", "?"))
    return begins if is_signature else len(text)


def _is_foreign(signature: str, mine: str, colleagues: Sequence[str]) -> bool:
    signer_names = _names(signature) - _names(mine)
    return any(signer_names & _names(name) for name in colleagues)


def _names(text: str) -> set[str]:
    return set(_WORD.findall(fold(text)))
