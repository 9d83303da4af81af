"""Hashed features of texts: words, pairs of words, and character n-grams within words.

A batch of texts is one array of code points, on which NumPy computes every n-gram's hash at once: no dictionary, no
loop over words, any script. Two features share one of the 2^20 buckets too rarely to matter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import batched
from typing import overload

import numpy as np
from numpy.typing import NDArray

from portevoix.text.tokens import STOP, fold, fold_word

MOST_CHARACTERS = 4000
BUCKETS = 1 << 20
GROUPS = 2
"""Words and pairs of words fall into the lower half of the buckets, character n-grams into the upper."""
SHORTEST, LONGEST = 2, 5
"""Characters of an n-gram; a space stands for the edge of a word."""

_AT_ONCE = 500  # texts: their keys fit into 32 bits, and into the processor's memory
_SPACE, _END = 32, 10
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd: it has an inverse modulo 2^64
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(64 - 19)
_MARKS = frozenset("?!€%")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}|@[\w.-]+")
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
_PLANE = 0x10000

type Codes = NDArray[np.uint32]
type Hashes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grams:
    """The distinct features of each text. `bounds` of shape (texts + 1,): where each text begins in the other arrays.

    `buckets` and `counts`, of shape (features,): each feature and how often it occurs.
    """

    bounds: NDArray[np.int64]
    buckets: Hashes
    counts: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, rows: NDArray[np.int64]) -> "Grams":
        """Return the features of the texts at `rows`, in this order."""
        lengths = np.diff(self.bounds)[rows]
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        at = np.arange(bounds[-1]) + np.repeat(self.bounds[rows] - bounds[:-1], lengths)
        return Grams(bounds, self.buckets[at], self.counts[at])


def grams(texts: Sequence[str]) -> Grams:
    """Return the features of these texts, of the first MOST_CHARACTERS characters each."""
    if len(texts) > _AT_ONCE:
        return _concatenate([grams(some) for some in batched(texts, _AT_ONCE)])
    codes, words = _read(texts)
    text_of = np.cumsum(codes == _END, dtype=np.int64)
    hashes = [(text_of[words[:, 0]], _word_hashes(codes, words))]
    hashes += [_pairs(*hashes[0])]
    hashes += _within(codes, text_of)
    return _count_features(
        np.concatenate([rows for rows, _ in hashes]), np.concatenate([h for _, h in hashes]), len(texts)
    )


@dataclass(frozen=True, slots=True)
class Words:
    """The significant words of some texts, as written, in lower case.

    `bounds` of shape (texts + 1,): where each text begins in `spellings` and in `buckets`.
    """

    bounds: list[int]
    spellings: list[str]
    buckets: Hashes


def words_of(texts: Sequence[str]) -> Words:
    """Return the words that may be shown as evidence: marks, and words of three letters or more but no stop words."""
    words_by_text = [
        [word for word in _WORD_OR_MARK.findall(text[:MOST_CHARACTERS].lower()) if _tells(word)] for text in texts
    ]
    flat = [word for several in words_by_text for word in several]
    codes, words = _read(flat)
    of = np.cumsum(codes == _END)[words[:, 0]]
    ends = np.searchsorted(of, np.cumsum([0, *map(len, words_by_text)]))
    return Words(ends.tolist(), [flat[n] for n in of], _word_hashes(codes, words))


@lru_cache(50_000)
def _tells(word: str) -> bool:
    return word in _MARKS or (len(word) > 2 and fold_word(word) not in STOP)


class Texts(Sequence[str]):
    """A sequence of texts with their features, each computed once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    @classmethod
    def of(cls, texts: "Sequence[str] | Texts") -> "Texts":
        return texts if isinstance(texts, Texts) else cls(texts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._texts[at]

    def __len__(self) -> int:
        return len(self._texts)

    @cached_property
    def grams(self) -> Grams:
        return grams(self._texts)

    @cached_property
    def words(self) -> Words:
        return words_of(self._texts)


def _read(texts: Sequence[str]) -> tuple[Codes, NDArray[np.int64]]:
    """Return all texts as one array of code points, and the bounds of words.

    Words are separated by one space, and each text ends with a line feed.
    """
    lines = "\n".join([text[:MOST_CHARACTERS].replace("\n", " ") for text in texts]) + "\n"
    lines = fold(_ADDRESS.sub(" ", lines))
    codes = np.frombuffer(lines.encode("utf-32-le", "replace"), np.uint32)
    codes = np.where(codes < _PLANE, _classes()[np.minimum(codes, _PLANE - 1)], codes)
    codes = _apart(codes)
    edge = (codes == _SPACE) | (codes == _END)
    inside = ~edge
    starts = np.flatnonzero(inside & np.concatenate(([True], edge[:-1])))
    ends = np.flatnonzero(inside & np.concatenate((edge[1:], [True]))) + 1
    return codes, np.stack([starts, ends], axis=1)


@cache
def _classes() -> Codes:
    """Return for each code point of the basic plane itself, or a space."""
    is_significant = [
        chr(n).isalnum() or chr(n) in _MARKS or (n >= 0x2600 and not chr(n).isspace()) for n in range(_PLANE)
    ]
    codes = np.where(is_significant, np.arange(_PLANE), _SPACE).astype(np.uint32)
    codes[_END] = _END
    return codes


def _apart(codes: Codes) -> Codes:
    """Return the codes with a space before every text and around marks and emojis, and never two in a row."""
    marks = np.isin(codes, [ord(mark) for mark in _MARKS]) | ((codes >= 0x2600) & (codes < 0x2800)) | (codes >= 0x1F000)
    ends = codes == _END
    grid = np.full((len(codes), 3), _SPACE, np.uint32)
    grid[:, 1] = codes
    keep = np.zeros(grid.shape, bool)
    keep[:, 1] = True
    keep[:, 0] = keep[:, 2] = marks
    keep[:, 0] |= ends  # the last word of a text ends like the others
    keep[:, 2] |= ends  # and the first of the next begins like them
    flat = np.concatenate(([np.uint32(_SPACE)], grid[keep]))
    twice = (flat == _SPACE) & np.concatenate(([False], flat[:-1] == _SPACE))
    return np.asarray(flat[~twice])


def _word_hashes(codes: Codes, words: NDArray[np.int64]) -> Hashes:
    """Return the hash of each word, a polynomial of its code points modulo 2^64: differences of one running sum."""
    powers = np.cumprod(np.full(len(codes), _INVERSE, np.uint64))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(codes.astype(np.uint64) * powers)))
    back = np.cumprod(np.full(len(codes) + 1, _MULTIPLIER, np.uint64))
    starts, ends = words[:, 0], words[:, 1]
    return _bucket((sums[ends] - sums[starts]) * back[starts] + np.uint64(1))


def _pairs(texts: NDArray[np.int64], words: Hashes) -> tuple[NDArray[np.int64], Hashes]:
    same = texts[:-1] == texts[1:]
    both = words[:-1].astype(np.uint64) * _MULTIPLIER + words[1:].astype(np.uint64)
    return texts[:-1][same], _bucket(both[same] + np.uint64(2))


def _within(codes: Codes, text_of: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], Hashes]]:
    """Return the n-grams of each length within words."""
    ngrams = []
    wide = codes.astype(np.uint64)
    edge = (codes == _SPACE) | (codes == _END)
    hashes, open_ = wide * _MULTIPLIER, codes != _END
    for length in range(SHORTEST, LONGEST + 1):
        last = length - 1
        hashes = (hashes[:-1] + wide[last:]) * _MULTIPLIER
        open_ = open_[:-1] & (codes[last:] != _END)
        if length > SHORTEST:
            open_ = open_ & ~edge[last - 1 : len(codes) - 1]  # what is now inside may be no edge
        at = np.flatnonzero(open_)
        ngrams.append((text_of[at], _bucket(hashes[at] + np.uint64(length << 8)) + BUCKETS // GROUPS))
    return ngrams


def _bucket(hashes: NDArray[np.uint64]) -> Hashes:
    products = (hashes ^ (hashes >> np.uint64(32))) * _MIX
    return (products >> _SHIFT).astype(np.int64)


def _count_features(texts: NDArray[np.int64], buckets: Hashes, count: int) -> Grams:
    keys = np.sort((texts * BUCKETS + buckets).astype(np.uint32))
    new = np.concatenate(([True], keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, bool)
    at = np.flatnonzero(new)
    counts = np.diff(np.concatenate((at, [len(keys)]))).astype(np.float32)
    keys = keys[at]
    bounds = np.searchsorted(keys.astype(np.int64), np.arange(count + 1, dtype=np.int64) * BUCKETS)
    return Grams(bounds, (keys % BUCKETS).astype(np.int64), counts)


def _concatenate(parts: Sequence[Grams]) -> Grams:
    ends = np.cumsum([0, *(part.bounds[-1] for part in parts)])
    bounds = np.concatenate([[0], *(part.bounds[1:] + end for part, end in zip(parts, ends[:-1], strict=True))])
    return Grams(
        bounds, np.concatenate([part.buckets for part in parts]), np.concatenate([part.counts for part in parts])
    )
