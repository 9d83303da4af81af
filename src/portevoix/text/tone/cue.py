"""What a cue is: words that make a draft sound silly, conniving or cold, why, and what to write instead."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_JOINED = re.compile(r"\|\n\s*")  # where a long line was broken
_PLAIN = re.compile(r"[a-z](?![?*+{|])(?!.*\|(?![^(]*\)))")  # begins with a letter that must stand there
_UP_TO_THREE_WORDS = r" (?:[\w'-]+ ){0,3}"


@dataclass(frozen=True, slots=True)
class Cue:
    """`pattern` is sought in folded text. `why` and `suggestion` are English sentences for the catalogue."""

    name: str
    tone: str
    why: str
    pattern: re.Pattern[str]
    suggestion: str = ""


def whole_words(phrases: str) -> str:
    """A pattern for any of the phrases, which commas with a blank separate; a lone _ stands for up to three words."""
    listed = re.split(r",\s", _JOINED.sub("|", phrases))
    words = "|".join(_by_initial([" ".join(phrase.split()) for phrase in listed if phrase.strip()]))
    return rf"\b(?:{words})(?!\w)".replace(" _ ", _UP_TO_THREE_WORDS)


def _by_initial(phrases: Sequence[str]) -> Iterator[str]:
    """The same alternatives, in an order that finds the same: neighbours that begin with the same letter are looked at
    only where that letter stands, for most places of a text hold none of them.
    """
    for plain, several in groupby(phrases, key=lambda phrase: bool(_PLAIN.match(phrase))):
        if not plain:
            yield from several
            continue
        begun: dict[str, list[str]] = {}
        for phrase in several:
            begun.setdefault(phrase[0], []).append(phrase[1:])
        yield from (f"{initial}(?:{'|'.join(rest)})" for initial, rest in begun.items())


def cue(name: str, why: str, phrases: str, *, suggestion: str = "", marks: str = "") -> Cue:
    """A cue of whole words, and of `marks`: a pattern of its own. `name` is "tone:name"."""
    pattern = "|".join(part for part in (marks, whole_words(phrases) if phrases else "") if part)
    return Cue(name, name.partition(":")[0], why, re.compile(pattern), suggestion)
