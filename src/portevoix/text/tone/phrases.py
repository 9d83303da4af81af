"""Turns of phrase: what could be written in the place of a passage, in the language of the draft."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

FAMILIAR = "tu"
"""The name of what is no cue: a draft that says tu."""
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_ONCE_OR_TWICE = re.compile(r"([oe])\1{2,}(?=\w)", re.IGNORECASE)
"""Whether "coool" has one o or two only a dictionary tells."""


def turn(cue: str, said: str, folded: str, lang: str) -> str:
    """What could be written instead of a passage that was `said`, found by a cue, `folded`; "" where nothing could.

    Of marks and stretched words it is made of the passage itself. `lang` is "fr" or "en".
    """
    match cue:
        case "silly:exclamations":
            return said[-1]
        case "silly:emojis":
            return said[0]
        case "silly:stretched":
            return _spelt(said)
    known = _known().get(cue, {})
    for pattern, instead in known.get("said", {}).get(lang, {}).items():
        if re.fullmatch(pattern, folded):
            return str(instead)
    return str(known.get(lang, ""))


def _spelt(word: str) -> str:
    spelt = "" if _ONCE_OR_TWICE.search(word) else _STRETCHED.sub(r"\1", word)
    return spelt if spelt != word else ""


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(files("portevoix.text.tone").joinpath("phrases.toml").read_text("utf-8"))
