"""The language of a message, among those that a city expects."""

from collections.abc import Sequence
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from portevoix.text.words import has_words

FEWEST_WORDS = 2
MOST_CHARACTERS = 2000


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
