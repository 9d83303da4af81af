"""Recognition of what is reported and never quoted: health, minors, officials who are accused, or judged by name."""

import re
from functools import cache, lru_cache

from portevoix.text.phrases import Group, load_phrases
from portevoix.text.privacy import names_official
from portevoix.text.tokens import fold

MOST_READ = 4000
MOST_STORED = 4096
JUDGEMENT = "judgement"
"""The kind of phrases that count only where the text names somebody who holds an office."""


def load_groups() -> tuple[Group, ...]:
    """Return the groups of phrases that make a text sensitive; a group's kind is what it is about."""
    return load_phrases("portevoix.text.privacy", "sensitive_subjects.toml")


def compile_group(group: Group) -> re.Pattern[str]:
    """Return a pattern of folded text for any phrase of a group, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(group.phrases)})(?!\w)")


@cache
def _patterns(*, judging: bool) -> tuple[re.Pattern[str], ...]:
    return tuple(compile_group(group) for group in load_groups() if (group.kind == JUDGEMENT) == judging)


@lru_cache(maxsize=MOST_STORED)
def is_sensitive(text: str) -> bool:
    """Return whether a text speaks of somebody's health, of a minor, or accuses an official."""
    folded = fold(text[:MOST_READ])
    if any(pattern.search(folded) for pattern in _patterns(judging=False)):
        return True
    return any(pattern.search(folded) for pattern in _patterns(judging=True)) and names_official(text[:MOST_READ])
