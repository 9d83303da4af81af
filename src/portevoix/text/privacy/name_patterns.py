"""Patterns and lists of words by which personal data is told from other words, from the files of this room."""

import re
from collections.abc import Mapping
from functools import cache

from portevoix.text.phrases import Group, by_kind, load_phrases, load_words
from portevoix.text.privacy.patterns import CAP, GAP, INITIAL, JOINT, LETTERS, MONTH, NAME

_ROOM = "portevoix.text.privacy"
_PARTS = {
    "CAP": CAP, "GAP": GAP, "INITIAL": INITIAL, "JOINT": JOINT, "LETTERS": LETTERS, "MONTH": MONTH, "NAME": NAME,
}  # fmt: skip


def load_groups(name: str) -> tuple[Group, ...]:
    """Return the groups of a file of this room but `forms.toml`, which has its own reader."""
    return load_phrases(_ROOM, name, {**_PARTS, "CIVILITY": load_civility()})


@cache
def load_civility() -> str:
    """Return the pattern of a title before a name: Madame, Mr, Dr."""
    return load_words(_ROOM, "titles.toml")["CIVILITY"]


@cache
def load_patterns(name: str) -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Return the patterns of a file by kind and name."""
    return {
        kind: {group.name: re.compile(group.pattern) for group in groups if group.pattern}
        for kind, groups in by_kind(load_groups(name)).items()
    }


@cache
def load_lists(name: str) -> Mapping[str, frozenset[str]]:
    """Return the plain words of a file by kind."""
    return {
        kind: frozenset(word for group in groups for word in group.words)
        for kind, groups in by_kind(load_groups(name)).items()
    }
