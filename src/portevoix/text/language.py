"""The language of a message, among those that a city expects."""

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
"""Of which what ships with the program was learnt."""
OTHERS = ("ar", "de", "es", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk", "zh")
FEWEST_FOREIGN_WORDS = 3
FOREIGN = 0.5
"""The certainty from which on a text is in another language."""
OURS = 0.05
"""What the languages asked for must have together: below, a text is in another one. Of 20,000 messages in French and
English none that was in either has less, of 3,500 Spanish ones 99 %.
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
"""Who writes with letters that are not Latin, by the first word of what Unicode calls them."""
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
"""Greetings and thanks, as folded words: of so few the letters tell little."""


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
    """(BCP 47 language, certainty from 0 to 1); ("", 0) when there are too few words to tell, or when it is none of
    those `allowed`: not in their letters, or clearly in another of the languages that are told apart.

    With one allowed language there is nothing to choose: what has a word in its letters is in it.
    """
    text = text[:MOST_CHARACTERS]
    writers = _writers(text)
    possible = {language for language in allowed if writers is None or language in writers}
    if len(allowed) == 1 and possible and has_words(text, 1):
        return allowed[0], 1.0
    if not possible:
        return "", 0.0
    if spoken := _courteous(text):
        mine = spoken & possible
        return (min(mine), 1.0) if len(mine) == 1 else ("", 0.0)
    if not has_words(text, FEWEST_WORDS if writers is None else 1):  # a sentence in Chinese is one word
        return "", 0.0
    told = _identifier(tuple(sorted({*READ, *OTHERS, *allowed})))
    shares = {language: float(share) for language, share in told.rank(text) if language in possible}
    language, total = max(shares, key=shares.__getitem__), sum(shares.values())
    return (language, shares[language] / total) if total >= OURS else ("", 0.0)


def foreign(text: str) -> bool:
    """Whether a text is in a language of which nothing was learnt: what it shares with ours says nothing then."""
    if _writers(text[:MOST_CHARACTERS]) is not None:
        return True
    if not has_words(text, FEWEST_FOREIGN_WORDS):
        return False
    language, certainty = detect(text, (*READ, *OTHERS))
    return language in OTHERS and certainty >= FOREIGN


def _writers(text: str) -> AbstractSet[str] | None:
    """The languages that are written so, where more than half of the letters are not Latin; None where they are."""
    if not _BEYOND_LATIN.search(text):  # nearly always, and many times faster
        return None
    letters = [letter for letter in _ADDRESS.sub(" ", clean(text)) if letter.isalpha()]
    beyond = [letter for letter in letters if _BEYOND_LATIN.match(letter)]
    if len(beyond) * 2 <= len(letters):
        return None
    [(script, _)] = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in beyond).most_common(1)
    return frozenset(_WRITERS.get(script, "").split())


def _courteous(text: str) -> AbstractSet[str]:
    """The languages in which this is a greeting or thanks and nothing else."""
    if len(text.split(None, MOST_COURTEOUS_WORDS)) > MOST_COURTEOUS_WORDS:
        return frozenset()
    said = set(tokens(text, stop=False))
    return {language for language, words in _COURTESIES.items() if said and said <= words}
