"""Cues: words that make a draft sound silly, conniving or cold, with the reason and a suggestion."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_LINE_BREAK = re.compile(r"\|\n\s*")  # where a long line was broken
_PLAIN = re.compile(r"[a-z](?![?*+{|])(?!.*\|(?![^(]*\)))")  # begins with a letter that must stand there
_UP_TO_THREE_WORDS = r" (?:[\w'-]+ ){0,3}"


@dataclass(frozen=True, slots=True)
class Cue:
    """Cue of a tone. `pattern` applies to folded text; `why` and `suggestion` are English, marked for translation."""

    name: str
    tone: str
    why: str
    pattern: re.Pattern[str]
    suggestion: str = ""


def whole_words(phrases: str) -> str:
    """Return a pattern for any of the phrases, separated by comma and blank; a lone _ stands for up to three words."""
    alternatives = re.split(r",\s", _LINE_BREAK.sub("|", phrases))
    words = "|".join(_by_initial([" ".join(phrase.split()) for phrase in alternatives if phrase.strip()]))
    return rf"\b(?:{words})(?!\w)".replace(" _ ", _UP_TO_THREE_WORDS)


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


def cue(name: str, why: str, phrases: str, *, suggestion: str = "", marks: str = "") -> Cue:
    """Return a cue of whole words, or of the pattern `marks`. `name` is "tone:name"."""
    pattern = "|".join(part for part in (marks, whole_words(phrases) if phrases else "") if part)
    return Cue(name, name.partition(":")[0], why, re.compile(pattern), suggestion)
