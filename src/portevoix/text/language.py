"""The language of a message, among those that a city expects."""

from collections.abc import Sequence
from functools import lru_cache

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


@lru_cache(maxsize=8)
def _identifier(allowed: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(allowed))
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)  # of a hundred languages
    return identifier


def detect(text: str, allowed: Sequence[str]) -> tuple[str, float]:
    """(BCP 47 language, certainty from 0 to 1); ("", 0) when there are too few words to tell.

    With one allowed language there is nothing to choose: it is that one, as soon as there is a word.
    """
    text = text[:MOST_CHARACTERS]
    if len(allowed) == 1 and has_words(text, 1):
        return allowed[0], 1.0
    if not allowed or not has_words(text, FEWEST_WORDS):
        return "", 0.0
    language, certainty = _identifier(tuple(sorted(allowed))).classify(text)
    return str(language), float(certainty)


def foreign(text: str) -> bool:
    """Whether a text is in a language of which nothing was learnt: what it shares with ours says nothing then."""
    if not has_words(text, FEWEST_FOREIGN_WORDS):
        return False
    language, certainty = detect(text, (*READ, *OTHERS))
    return language in OTHERS and certainty >= FOREIGN
