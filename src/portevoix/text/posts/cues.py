"""Features of a post: the number of cues of each kind. Their weights are trained on the seed."""

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
"""Further cues of one kind are not counted."""


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the kinds of cues in `cues.toml`, by name."""
    kinds = tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8"))
    return {name: re.compile(_pattern(**kind)) for name, kind in kinds.items()}


def _pattern(words: str = "", marks: str = "") -> str:
    return "|".join(part for part in (marks, whole_words(words) if words else "") if part)


class Cues:
    """Encoder like those of `text.labels.embeddings`: one number for each kind of cue, and one for the length."""

    name, version, slow, remote = "cues", "1", False, False

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([_counts(text) for text in texts], np.float32).reshape(len(texts), len(patterns()) + 1)


def _counts(text: str) -> list[float]:
    plain_text = " ".join(fold(text[:MOST_CHARACTERS]).split())
    counts = [float(sum(1 for _ in islice(kind.finditer(plain_text), MOST))) for kind in patterns().values()]
    return [*np.sqrt(counts).tolist(), len(plain_text) ** 0.5 / 10]
