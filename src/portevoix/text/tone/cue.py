"""Cues: phrases that make a draft sound silly, conniving or cold, and patterns of whole words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from portevoix.text.phrases import Group, by_kind, load_phrases
from portevoix.text.tone.emoji import EMOJI, ONE_EMOJI

_PLAIN = re.compile(r"[a-z](?![?*+{|])(?!.*\|(?![^(]*\)))")  # begins with a letter that must stand there
_UP_TO_THREE_WORDS = r" (?:[\w'-]+ ){0,3}"
TONES_WITH_CUES = ("silly", "conniving", "cold")
_WORDS = {"EMOJI": EMOJI, "ONE_EMOJI": ONE_EMOJI}


@dataclass(frozen=True, slots=True)
class Cue:
    """Cue of a tone. `why` and `suggestion` are English, marked for translation."""

    tone: str
    kind: str
    why: str
    suggestion: str

    @property
    def name(self) -> str:
        return f"{self.tone}:{self.kind}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of folded text for any of its phrases."""
        return load_cue_patterns()[self.tone, self.kind]


@cache
def load_cue_patterns() -> dict[tuple[str, str], re.Pattern[str]]:
    """Return the patterns of the cues, by tone and kind."""
    return {
        (tone, kind.replace("-", " ")): pattern
        for tone in TONES_WITH_CUES
        for kind, pattern in load_patterns(f"{tone}.toml").items()
    }


@cache
def load_patterns(name: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of a file of phrases of this room, by kind."""
    return {kind: re.compile(join_groups(groups)) for kind, groups in by_kind(load_groups(name)).items()}


def load_groups(name: str) -> tuple[Group, ...]:
    return load_phrases("portevoix.text.tone", name, _WORDS)


def join_groups(groups: Iterable[Group]) -> str:
    """Return a pattern for any phrase of the groups, in their order; a lone _ stands for up to three words."""
    parts = list[str]()
    for has_pattern, several in groupby(groups, key=lambda group: bool(group.pattern)):
        if has_pattern:
            parts += (group.pattern for group in several)
        else:
            parts.append(any_phrase([phrase for group in several for phrase in group.phrases]))
    return "|".join(parts)


def any_phrase(phrases: Sequence[str]) -> str:
    """Return a pattern for any of the phrases as whole words; a lone _ stands for up to three words."""
    return rf"\b(?:{'|'.join(_by_initial(phrases))})(?!\w)".replace(" _ ", _UP_TO_THREE_WORDS)


def _by_initial(phrases: Sequence[str]) -> Iterator[str]:
    """Yield equivalent alternatives, with neighbours of the same first letter grouped.

    A group is tried only at its letter, which saves time because most places of a text match none.
    """
    for plain, several in groupby(phrases, key=lambda phrase: bool(_PLAIN.match(phrase))):
        if not plain:
            yield from several
            continue
        rests_by_initial: dict[str, list[str]] = {}
        for phrase in several:
            rests_by_initial.setdefault(phrase[0], []).append(phrase[1:])
        yield from (f"{initial}(?:{'|'.join(rest)})" for initial, rest in rests_by_initial.items())
