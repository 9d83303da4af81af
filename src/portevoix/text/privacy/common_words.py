"""Words that are hardly ever names: greetings, articles, and words without a capital in the bundled messages."""

import re
from functools import cache

from portevoix.text import starter
from portevoix.text.privacy.name_patterns import load_lists
from portevoix.text.privacy.patterns import LETTERS
from portevoix.text.tokens import STOP, fold_word


def not_names() -> frozenset[str]:
    """Return words with which no name begins: greetings, places, articles."""
    return load_lists("common_words.toml")["beginning"]


def is_word(name: str) -> bool:
    """Return whether a text begins like a greeting or a place rather than like a name."""
    first = re.split(r"[\s'’]", name.casefold(), maxsplit=1)[0]
    return first in not_names() or first.endswith("ment") or first.startswith("merci")


def is_unknown(written: str) -> bool:
    """Return whether no part of a text is a known word."""
    parts = [fold_word(part) for part in re.findall(rf"{LETTERS}+", written)]
    return not any(part in _words() or part in STOP for part in parts if len(part) > 1)


@cache
def _words() -> frozenset[str]:
    """Return the words without a capital in the bundled messages and phrases: hardly any is a name."""
    return frozenset(
        fold_word(part) for text in starter.texts() for part in re.findall(rf"(?<!\w)[a-zà-ÿ]{LETTERS}+", text)
    )
