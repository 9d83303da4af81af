"""Features of a post: the number of cues of each kind. Their weights are trained on the seed."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

import numpy as np

from portevoix.text.labels.embedding_model import Vectors
from portevoix.text.labels.features import MOST_CHARACTERS
from portevoix.text.phrases import Group, by_kind, load_phrases
from portevoix.text.tokens import fold
from portevoix.text.tone.cue import join_groups

MOST = 3
"""Further cues of one kind are not counted."""


def load_groups() -> tuple[Group, ...]:
    return load_phrases("portevoix.text.posts", "cues.toml")


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the kinds of cues in `cues.toml`, by name."""
    return {kind: re.compile(join_groups(groups)) for kind, groups in by_kind(load_groups()).items()}


class Cues:
    """Encoder like those of `text.labels.embedding_model`: one number for each kind of cue, and one for the length."""

    name, version, slow, remote = "cues", "1", False, False

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([_counts(text) for text in texts], np.float32).reshape(len(texts), len(patterns()) + 1)


def _counts(text: str) -> list[float]:
    plain_text = " ".join(fold(text[:MOST_CHARACTERS]).split())
    counts = [float(sum(1 for _ in islice(kind.finditer(plain_text), MOST))) for kind in patterns().values()]
    return [*np.sqrt(counts).tolist(), len(plain_text) ** 0.5 / 10]
