"""What a post shows, as numbers: how often each kind of cue is in it. What they weigh is learnt from the seed."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import islice

import numpy as np

from portevoix.text.labels.embeddings import Vectors
from portevoix.text.labels.features import MOST_CHARACTERS
from portevoix.text.tokens import fold
from portevoix.text.tone.cue import whole_words

MOST = 3
"""More of one kind says no more."""


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """The kinds of cues of `cues.toml`, by name."""
    listed = tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8"))
    return {name: re.compile(_pattern(**kind)) for name, kind in listed.items()}


def _pattern(words: str = "", marks: str = "") -> str:
    return "|".join(part for part in (marks, whole_words(words) if words else "") if part)


class Cues:
    """Reads texts as `text.semantic.Encoder` does: one number for each kind of cue, and one for the length."""

    name, version, slow, remote = "cues", "1", False, False

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([_counts(text) for text in texts], np.float32).reshape(len(texts), len(patterns()) + 1)


def _counts(text: str) -> list[float]:
    folded = " ".join(fold(text[:MOST_CHARACTERS]).split())
    counts = [float(sum(1 for _ in islice(kind.finditer(folded), MOST))) for kind in patterns().values()]
    return [*np.sqrt(counts).tolist(), len(folded) ** 0.5 / 10]
