"""Structural features of a draft, as relevant to tone as its words: address, content offered, lengths."""

import math
import re
from functools import cache

from portevoix.text.tone.cue import load_patterns
from portevoix.text.tone.folding import FoldedText
from portevoix.text.tone.formality import count_address

_KINDS = (
    "you", "we", "i", "one", "he", "sorry", "step", "done", "passive", "why", "not", "very", "adverb", "ask",
    "exclaim", "dots", "colon", "quoted", "number", "link", "emoji", "but", "hedge", "would", "past", "future",
    "third", "stance", "guess", "none", "contrast", "opinion",
)  # fmt: skip
"""Kinds of phrases in `structure.toml`, in the order of the weights."""
_MENTION = r"^\W*(?:@[\w.-]+\W*)?"
_SIGNATURE = re.compile(r"\n ?(?:l[ea']s? ?|la |votre )?[^\n]{3,50}$")
_WORD = re.compile(r"[^\W\d_]+")
NAMES = (
    *_KINDS, *(f"{name}?" for name in _KINDS), "date", "date?", "greeting", "closing", "signature", "tu", "letters",
    "words a sentence", "shortest", "longest", "first short", "shouted", "lines", "word length",
)  # fmt: skip


@cache
def load_structure() -> dict[str, re.Pattern[str]]:
    """Return the patterns of what a reply is built of, by kind; a greeting counts only at the beginning."""
    patterns = load_patterns("structure.toml")
    return {**patterns, "greeting": re.compile(_MENTION + patterns["greeting"].pattern)}


def structure_of(read: FoldedText, written: str) -> list[float]:
    """Return one number for each of `NAMES`, most of them from 0 to about 1. `read` is `written`, folded."""
    plain_text = read.text
    words = _WORD.findall(plain_text)
    count = max(1, len(words))
    sentences = [len(_WORD.findall(piece)) for piece in re.split(r"[.!?…\n]+", plain_text) if _WORD.search(piece)] or [
        0
    ]
    patterns = load_structure()
    counts = [len(patterns[kind].findall(plain_text)) for kind in _KINDS]
    dates = len(patterns["date"].findall(plain_text))
    letters = sum(map(len, words))
    return [
        *(min(1.0, 8 * n / count) for n in counts),
        *(float(n > 0) for n in counts),
        min(1.0, 8 * dates / count),
        float(dates > 0),
        float(bool(patterns["greeting"].search(plain_text))),
        float(bool(patterns["closing"].search(plain_text))),
        float(bool(_SIGNATURE.search(plain_text))),
        float(count_address(read, written)[0] > 0),
        math.log1p(len(plain_text)) / 6,
        min(2.0, sum(sentences) / len(sentences) / 20),
        min(2.0, min(sentences) / 10),
        min(2.0, max(sentences) / 30),
        float(sentences[0] <= 3),
        min(1.0, 3 * sum(map(str.isupper, written)) / max(1, len(written))),
        min(1.0, plain_text.count("\n") / 6),
        letters / count / 6,
    ]
