"""Turns of phrase: what could be written in the place of a passage, in the language of the draft."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from portevoix.text.tone.cues_silly import ONE_EMOJI
from portevoix.text.tone.folding import folded
from portevoix.text.tone.model import CUES

FAMILIAR = "tu"
"""The name of what is no cue: a draft that says tu."""
_CUES = {cue.name: cue.pattern for cue in CUES}
_EMOJI = re.compile(ONE_EMOJI)
_FEWEST_LETTERS = 3
"""Of a French word that was stretched: "hiiii" is no word."""
_BLANKS = re.compile(" {2,}")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_ONCE_OR_TWICE = re.compile(r"([oe])\1{2,}(?=\w)", re.IGNORECASE)
"""Whether "coool" has one o or two only a dictionary tells."""


def turn(cue: str, lang: str) -> str:
    """A turn of phrase for what a cue finds fault with; "" for what is only to be left out. `lang` is "fr" or "en"."""
    return str(_known().get(cue, {}).get(lang, ""))


def instead(cue: str, passage: str, lang: str) -> str:
    """What may stand in the place of just this passage; "" where nothing can be told, or the fault would remain."""
    match cue:
        case "silly:exclamations":
            return passage[-1]
        case "silly:emojis":
            return one[0] if (one := _EMOJI.match(passage)) else ""
        case "silly:stretched":
            return _spelt(passage, lang)
    better = passage
    for pattern, words in _replaced(cue, lang):
        read = folded(better)
        if found := pattern.search(read.text):
            better = _put(better, *read.span(*found.span()), words)
    found_still = cue in _CUES and _CUES[cue].search(folded(better).text)
    return better if better != passage and not found_still else ""


def _put(text: str, start: int, end: int, words: str) -> str:
    """With these words from `start` to `end`, a capital where there was one, and single blanks."""
    rest = text[end:]
    if text[start : start + 1].isupper():
        words, rest = words[:1].upper() + words[1:], rest if words else rest[:1].upper() + rest[1:]
    return _BLANKS.sub(" ", f"{text[:start]}{words}{rest}").strip()


def _spelt(word: str, lang: str) -> str:
    spelt = "" if _ONCE_OR_TWICE.search(word) else _STRETCHED.sub(r"\1", word)
    return spelt if spelt != word and (lang != "fr" or len(spelt) >= _FEWEST_LETTERS) else ""


@cache
def _replaced(cue: str, lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    known = _known().get(cue, {}).get("said", {}).get(lang, {})
    return tuple((re.compile(rf"\b(?:{pattern})(?:(?<=[ '])|\b)"), words) for pattern, words in known.items())


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(files("portevoix.text.tone").joinpath("phrases.toml").read_text("utf-8"))
