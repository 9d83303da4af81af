"""The language of a message, among those that a city expects."""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from portevoix.text.words import has_words

FEWEST_WORDS = 2
MOST_CHARACTERS = 2000
READ = ("en", "fr")
"""Of which what ships with the program was learnt."""
OTHERS = ("ar", "de", "es", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "zh")
FEWEST_FOREIGN_WORDS = 3
FOREIGN = 0.5
"""The certainty from which on a text is in another language."""


class _Identifier(LanguageIdentifier):  # type: ignore[misc]  # its package has no types
    """One whose table of steps has a column for each kind of byte instead of each byte: sixty bytes are of one kind,
    which no text has or none tells anything by. It says what it would have said, in 9 MB less.
    """

    tk_nextmove: Any
    tk_row: Any

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        steps = np.frombuffer(self.tk_nextmove, np.uint32).reshape(-1, 256)
        alike: dict[bytes, int] = {}
        kinds = [alike.setdefault(steps[:, byte].tobytes(), len(alike)) for byte in range(256)]
        firsts = [kinds.index(kind) for kind in range(len(alike))]
        self._kinds = bytes(kinds)
        self.tk_nextmove = array("I", steps[:, firsts].tobytes())
        self._rowbase = [row * len(alike) for row in self.tk_row]

    def _raw_score(self, text: bytes) -> Any:
        return super()._raw_score(text.translate(self._kinds))


@lru_cache(maxsize=4)
def _identifier(told: tuple[str, ...]) -> LanguageIdentifier:
    """Tells these apart. Each takes some 40 MB: that is why one serves for all that is usually asked."""
    identifier = _Identifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(told))
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)  # of a hundred languages
    return identifier


@lru_cache
def known() -> tuple[str, ...]:
    """All that can be told apart, a hundred or so: codes of ISO 639."""
    return tuple(sorted(set(LanguageIdentifier.from_model_file(MODEL_FILE).nb_classes)))


def detect(text: str, allowed: Sequence[str]) -> tuple[str, float]:
    """(BCP 47 language, certainty from 0 to 1); ("", 0) when there are too few words to tell.

    With one allowed language there is nothing to choose: it is that one, as soon as there is a word.
    """
    text = text[:MOST_CHARACTERS]
    if len(allowed) == 1 and has_words(text, 1):
        return allowed[0], 1.0
    if not allowed or not has_words(text, FEWEST_WORDS):
        return "", 0.0
    told = _identifier(tuple(sorted({*READ, *OTHERS, *allowed})))
    shares = {language: float(share) for language, share in told.rank(text) if language in allowed}
    language = max(shares, key=shares.__getitem__)
    return (language, shares[language] / sum(shares.values())) if shares[language] > 0 else ("", 0.0)


def foreign(text: str) -> bool:
    """Whether a text is in a language of which nothing was learnt: what it shares with ours says nothing then."""
    if not has_words(text, FEWEST_FOREIGN_WORDS):
        return False
    language, certainty = detect(text, (*READ, *OTHERS))
    return language in OTHERS and certainty >= FOREIGN
