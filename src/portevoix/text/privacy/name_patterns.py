"""Patterns of what introduces a person's name, from `names.toml`."""

import re
from collections.abc import Mapping
from functools import cache

from portevoix.text.phrases import Group, by_kind, load_phrases
from portevoix.text.privacy.honorific_names import CIVILITY
from portevoix.text.privacy.patterns import CAP, GAP, INITIAL, JOINT, LETTERS, NAME

_WORDS = {
    "CAP": CAP, "CIVILITY": CIVILITY, "GAP": GAP, "INITIAL": INITIAL, "JOINT": JOINT, "LETTERS": LETTERS, "NAME": NAME,
}  # fmt: skip


def load_groups() -> tuple[Group, ...]:
    return load_phrases("portevoix.text.privacy", "names.toml", _WORDS)


@cache
def load_name_patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Return the patterns by kind ("stated", "introduced") and name."""
    return {
        kind: {group.name: re.compile(group.pattern) for group in groups}
        for kind, groups in by_kind(load_groups()).items()
    }
