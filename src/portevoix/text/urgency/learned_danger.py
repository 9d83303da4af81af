"""Danger that no phrase says, by a model of words that ships: how likely it is that somebody may get hurt."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.features import Texts
from portevoix.text.labels.model_store import load
from portevoix.text.tokens import fold

DANGER, NONE = "danger", "none"
FEWEST_WORDS = 5
"""Texts of fewer words say too little."""


@cache
def load_danger_model() -> Classifier:
    """Return the model that `tools/learn_danger.py` made of `examples.jsonl`."""
    with as_file(files(__package__).joinpath("danger.npz")) as path:
        return load(path).model


def find_danger_words(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each text the folded words by which it likely speaks of a danger, the strongest first; () without."""
    if not texts:
        return []
    model, read = load_danger_model(), Texts(texts)
    danger = model.labels.index(DANGER)
    likely = model.probabilities(read)[:, danger] >= model.threshold(vectors=False)
    likely &= np.diff(read.words.bounds) >= FEWEST_WORDS
    words = model.explain(read, np.full((len(texts), 1), danger))
    return [tuple(map(fold, each[0])) if is_likely else () for each, is_likely in zip(words, likely, strict=True)]
