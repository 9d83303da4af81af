"""Replacements and turns of phrase for passages, in the language of the draft."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from portevoix.text.tone.emoji import ONE_EMOJI
from portevoix.text.tone.folding import fold_text
from portevoix.text.tone.reasons import CUES

FAMILIAR = "tu"
"""The name used, though it is no cue, for a draft that says tu."""
_CUES = {cue.name: cue for cue in CUES}
_EMOJI = re.compile(ONE_EMOJI)
_FEWEST_LETTERS = 3
"""Fewest letters of a French word after shortening: "hiiii" is no word."""
_BLANKS = re.compile(" {2,}")
_LONG_LETTERS = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_ONCE_OR_TWICE = re.compile(r"([oe])\1{2,}(?=\w)", re.IGNORECASE)
"""Only a dictionary could tell whether "coool" has one o or two."""


def suggest_phrase(cue: str, lang: str) -> str:
    """Return a turn of phrase for a cue; "" when the passage should only be left out. `lang` is "fr" or "en"."""
    return str(_read_rewrites().get(cue, {}).get(lang, ""))


def suggest_replacement(cue: str, passage: str, lang: str) -> str:
    """Return a replacement for this passage; "" when there is none, or the cue would remain."""
    match cue:
        case "silly:exclamations":
            return passage[-1]
        case "silly:emojis":
            return one[0] if (one := _EMOJI.match(passage)) else ""
        case "silly:stretched":
            return _shorten_letters(passage, lang)
    better = passage
    for pattern, words in _replacements(cue, lang):
        read = fold_text(better)
        if match := pattern.search(read.text):
            better = _replace_passage(better, *read.span(*match.span()), words)
    found_still = cue in _CUES and _CUES[cue].pattern.search(fold_text(better).text)
    return better if better != passage and not found_still else ""


def _replace_passage(text: str, start: int, end: int, words: str) -> str:
    """Return the text with these words from `start` to `end`, the capital preserved, blanks single."""
    rest = text[end:]
    if text[start : start + 1].isupper():
        words, rest = words[:1].upper() + words[1:], rest if words else rest[:1].upper() + rest[1:]
    return _BLANKS.sub(" ", f"{text[:start]}{words}{rest}").strip()


def _shorten_letters(word: str, lang: str) -> str:
    spelling = "" if _ONCE_OR_TWICE.search(word) else _LONG_LETTERS.sub(r"\1", word)
    return spelling if spelling != word and (lang != "fr" or len(spelling) >= _FEWEST_LETTERS) else ""


@cache
def _replacements(cue: str, lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    words_by_pattern = _read_rewrites().get(cue, {}).get("said", {}).get(lang, {})
    return tuple(
        (re.compile(rf"\b(?:{pattern})(?:(?<=[ '])|\b)"), words) for pattern, words in words_by_pattern.items()
    )


@cache
def _read_rewrites() -> dict[str, Any]:
    return tomllib.loads(files("portevoix.text.tone").joinpath("rewrites.toml").read_text("utf-8"))
