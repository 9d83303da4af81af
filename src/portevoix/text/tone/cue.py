"""What a cue is: words that make a draft sound silly, conniving or cold, why, and what to write instead."""

import re
from dataclasses import dataclass

_JOINED = re.compile(r"\|\n\s*")  # where a long line was broken
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
    words = "|".join(" ".join(phrase.split()) for phrase in listed if phrase.strip())
    return rf"\b(?:{words})(?!\w)".replace(" _ ", _UP_TO_THREE_WORDS)


def cue(name: str, why: str, phrases: str, *, suggestion: str = "", marks: str = "") -> Cue:
    """A cue of whole words, and of `marks`: a pattern of its own. `name` is "tone:name"."""
    pattern = "|".join(part for part in (marks, whole_words(phrases) if phrases else "") if part)
    return Cue(name, name.partition(":")[0], why, re.compile(pattern), suggestion)
