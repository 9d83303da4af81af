"""Replacements and turns of phrase for passages, in the language of the draft."""

import re
from functools import cache

from portevoix.text.phrases import load_texts
from portevoix.text.tone.cue import load_groups
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
    return load_turns().get(_kind(cue), {}).get(lang, "")


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


def _kind(cue: str) -> str:
    """Return the kind of a cue as the files of phrases write it: "pet-names" for "conniving:pet names"."""
    return cue.rpartition(":")[2].replace(" ", "-")


@cache
def _replacements(cue: str, lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    groups = [group for group in load_groups("rewrites.toml") if group.kind == _kind(cue) and group.lang == lang]
    return tuple((compile_phrase(phrase), words) for group in groups for phrase, words in group.instead)


def compile_phrase(phrase: str) -> re.Pattern[str]:
    """Return a pattern of a folded passage for a phrase, as whole words; it may end with a blank or an apostrophe."""
    return re.compile(rf"\b(?:{phrase})(?:(?<=[ '])|\b)")


@cache
def load_turns() -> dict[str, dict[str, str]]:
    """Return the turns of phrase in `turns.toml`, by kind of cue and language."""
    return load_texts("portevoix.text.tone", "turns.toml", ("fr", "en"))
