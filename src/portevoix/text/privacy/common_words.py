"""Words that are hardly ever names: greetings, articles, and words without a capital in the bundled messages."""

import re
from functools import cache

from portevoix.text import starter
from portevoix.text.privacy.patterns import LETTERS
from portevoix.text.tokens import STOP, fold_word

_NOT_NAMES_TEXT = """
    merci bonjour bonsoir bonne bon bravo cordialement urgent madame monsieur messieurs vivement vive place rue avenue
    quai chemin boulevard impasse allée square parc jardin école collège résidence stade piscine le la les l un une des
    au aux dans sur sous avec chez en ce cette ces notre nos votre vos mon ma mes quand si que qui pourquoi comment où
    il elle je nous vous on et mais donc the my our at in and but why when where how what grand grande veuve vve mayor
    pour vu photo type objet lieu reçu ville mairie salutations dear cher chère chers thanks hello please best regards
"""
NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


def is_word(name: str) -> bool:
    """Return whether a text begins like a greeting or a place rather than like a name."""
    first = re.split(r"[\s'’]", name.casefold(), maxsplit=1)[0]
    return first in NOT_NAMES or first.endswith("ment") or first.startswith("merci")


def unknown(written: str) -> bool:
    """Return whether no part of a text is a known word."""
    parts = [fold_word(part) for part in re.findall(rf"{LETTERS}+", written)]
    return not any(part in _words() or part in STOP for part in parts if len(part) > 1)


@cache
def _words() -> frozenset[str]:
    """Return the words without a capital in the bundled messages and phrases: hardly any is a name."""
    return frozenset(
        fold_word(part) for text in starter.texts() for part in re.findall(rf"(?<!\w)[a-zà-ÿ]{LETTERS}+", text)
    )
