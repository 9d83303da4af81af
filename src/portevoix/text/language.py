"""Detection of a message's language among those that a city expects."""

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from portevoix.text.tokens import clean, has_words, tokens

FEWEST_WORDS = 2
MOST_CHARACTERS = 2000
READ = ("en", "fr")
"""The languages of the examples from which the bundled models were trained."""
OTHERS = ("ar", "de", "es", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "zh")
FEWEST_FOREIGN_WORDS = 3
FOREIGN = 0.5
"""A text is in another language from this certainty on."""
OURS = 0.05
"""The least total probability of the allowed languages: below it, a text is in another one. Of 20,000 messages in
French and English none that was in either has less, of 3,500 Spanish ones 99 %.
"""
_BEYOND_LATIN = re.compile(
    "[\u0370-\u1cff\u2c80-\u2dff\u2e80-\ua71f\ua800-\ufaff\ufb13-\ufdff\ufe70-\ufefc\U00010000-\U0003ffff]"
)
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_WRITERS = {
    "ARABIC": "ar fa ku ps ug ur",
    "ARMENIAN": "hy",
    "BENGALI": "as bn",
    "CJK": "ja zh",
    "CYRILLIC": "be bg kk ky mk mn ru sr uk",
    "DEVANAGARI": "hi mr ne",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "TIBETAN": "dz",
}
"""Languages written in letters that are not Latin, by the first word of the letters' Unicode names."""
MOST_COURTEOUS_WORDS = 5
_COURTESIES = {
    language: frozenset(f"ok okay super bravo {words}".split())
    for language, words in {
        "de": "danke dank vielen schon sehr hallo guten tag morgen abend gruss grusse bitte",
        "en": "hello hi hey thanks thank thx you so very much all good morning evening afternoon please cheers",
        "es": "gracias muchas mil hola buenos buenas dias tardes noches por favor saludos",
        "fr": "bonjour bonsoir bjr bsr coucou salut slt merci beaucoup bcp mille infiniment encore bonne bon journee"
        " soiree tous toutes vous de et svp stp cordialement cdt",
        "it": "grazie mille tante ciao salve buongiorno buonasera buon giorno per favore",
        "nl": "bedankt dank hallo hoi je wel goedemorgen goedemiddag alstublieft",
        "pl": "dziekuje dzien dobry prosze czesc bardzo",
        "pt": "obrigado obrigada muito ola bom boa dia tarde noite por favor",
        "ro": "multumesc mersi salut buna ziua seara frumos",
        "tr": "tesekkurler tesekkur ederim merhaba gunaydin lutfen cok",
    }.items()
}
"""Greetings and thanks, as folded words: so few words have too few letters for the model."""


class _Identifier(LanguageIdentifier):  # type: ignore[misc]  # its package has no types
    """Identifier whose transition table has a column for each kind of byte instead of each byte.

    Sixty bytes that no text has, or that distinguish nothing, are of one kind. Results are the same, in 9 MB less.
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
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    """Return the identifier of these languages. Each takes some 40 MB, hence one for all usual requests."""
    identifier = _Identifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)  # of a hundred languages
    return identifier


@lru_cache
def known() -> tuple[str, ...]:
    """Return the ISO 639 codes of all languages that can be detected, about a hundred."""
    return tuple(sorted(set(LanguageIdentifier.from_model_file(MODEL_FILE).nb_classes)))


def detect(text: str, allowed: Sequence[str]) -> tuple[str, float]:
    """Return (BCP 47 language, certainty from 0 to 1) of a text.

    The result is ("", 0) for too few words, or when it is none of those `allowed`: not in their letters, or clearly in
    another detectable language. With one allowed language, any text with a word in its letters is in it.
    """
    text = text[:MOST_CHARACTERS]
    writers = _writers(text)
    possible = {language for language in allowed if writers is None or language in writers}
    if len(allowed) == 1 and possible and has_words(text, 1):
        return allowed[0], 1.0
    if not possible:
        return "", 0.0
    if languages := _courteous(text):
        mine = languages & possible
        return (min(mine), 1.0) if len(mine) == 1 else ("", 0.0)
    if not has_words(text, FEWEST_WORDS if writers is None else 1):  # a sentence in Chinese is one word
        return "", 0.0
    identifier = _identifier(tuple(sorted({*READ, *OTHERS, *allowed})))
    shares = {language: float(share) for language, share in identifier.rank(text) if language in possible}
    language, total = max(shares, key=shares.__getitem__), sum(shares.values())
    return (language, shares[language] / total) if total >= OURS else ("", 0.0)


def foreign(text: str) -> bool:
    """Return whether a text is in a language without training examples: models of words do not apply to it."""
    if _writers(text[:MOST_CHARACTERS]) is not None:
        return True
    if not has_words(text, FEWEST_FOREIGN_WORDS):
        return False
    language, certainty = detect(text, (*READ, *OTHERS))
    return language in OTHERS and certainty >= FOREIGN


def _writers(text: str) -> AbstractSet[str] | None:
    """Return the languages written in a text's letters, None where half of the letters or more are Latin."""
    if not _BEYOND_LATIN.search(text):  # nearly always, and many times faster
        return None
    letters = [letter for letter in _ADDRESS.sub(" ", clean(text)) if letter.isalpha()]
    beyond = [letter for letter in letters if _BEYOND_LATIN.match(letter)]
    if len(beyond) * 2 <= len(letters):
        return None
    [(script, _)] = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in beyond).most_common(1)
    return frozenset(_WRITERS.get(script, "").split())


def _courteous(text: str) -> AbstractSet[str]:
    """Return the languages in which a text is a greeting or thanks and nothing else."""
    if len(text.split(None, MOST_COURTEOUS_WORDS)) > MOST_COURTEOUS_WORDS:
        return frozenset()
    folded_words = set(tokens(text, stop=False))
    return {language for language, words in _COURTESIES.items() if folded_words and folded_words <= words}
