"""Index of similar messages, recent or of any time, by their words.

The similarity of two messages is the cosine of TF-IDF of stems and of character 4-grams, half and half. Messages of the
same days are also compared through others: in a burst hardly two use the same words, but most share some with a third.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from portevoix.text.similarity.keywords import PRIOR
from portevoix.text.tokens import stem, tokens

Floats = NDArray[np.float64]
SAME = 0.5
"""Two messages are taken to be about the same thing from this similarity on."""
NEAR_DAYS = 7.0
MOST_NEAR = 200
"""At most this many recent messages are compared with one another: those most similar to the query."""
MOST_COUNTED = 1_000
"""At most this many recent messages, the nearest in time, are counted to find frequent features."""
MOST_TEXTS = 200_000
MOST_CHARACTERS = 2_000
MOST_IN_COMMON = 4
_COLUMNS = 2**18
_GRAM = 4
_CACHE_SIZE = 20_000
_BLOCK = 2_000
_DECAY_DAYS = 2.0
_SHARPNESS = 2.0
_NEIGHBOURS = 10
_WALK = 0.95
"""Probability that a walk from message to message continues."""
_USUAL_Z, _STRESS, _UNTOLD = 2.0, (0.05, 4.0), 0.5
_LEAK = 0.01
"""Share of every step that ends the walk: texts that share little are not linked for lack of others."""
_REFIT = 1.05
"""Weights are recomputed whenever the number of texts has grown by this factor."""
_Scale = tuple[tuple[float, ...], tuple[float, ...]]
# Set on the five bursts of Valmont-sur-Loire: of the results from 0.5 on, five in six are of the same burst.
_THESE_DAYS: _Scale = (
    (0, 0.015, 0.03, 0.08, 0.13, 0.22, 0.3, 0.45, 0.7, 1),
    (0, 0.1, 0.25, 0.5, 0.65, 0.8, 0.87, 0.93, 0.97, 1),
)
# A little below the share of the same service among those that share so much, on reports of New Haven.
_EVER: _Scale = ((0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1), (0, 0.06, 0.15, 0.33, 0.5, 0.7, 0.88, 0.95, 1))


@dataclass(frozen=True, slots=True)
class Alike:
    """A message, and the likelihood, from 0 to 1, that it is about the same thing."""

    id: str
    similarity: float


@dataclass(slots=True)
class _Block:
    """Some texts in the order of addition; `raw` counts features, `rows` are weighted and used for comparison.

    `days` are days since 1970, NaN where unknown.
    """

    ids: list[str]
    raw: csr_matrix
    days: Floats
    rows: csr_matrix = field(default_factory=lambda: csr_matrix((0, 0)))


@dataclass(frozen=True, slots=True)
class Common:
    """The number of texts of an index, and how many of them have each feature: a column of its rows."""

    texts: int
    holding: Floats


class Index:
    """Index of messages, to which messages can be added and which can be queried at any time.

    Features are hashed, so nothing has to be fitted; document frequencies are updated, and the weights recomputed when
    the texts have grown by a twentieth. It stores the newest `most` texts, or a block of 2,000 more; an ordinary
    message takes 3 to 4 kB. Threads may share it.
    """

    def __init__(self, *, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._blocks: list[_Block] = []
        self._holding = np.zeros(2 * _COLUMNS)
        self._weights: Floats = np.ones(2 * _COLUMNS)
        self._fitted = 0.0

    def __len__(self) -> int:
        return sum(len(block.ids) for block in self._blocks)

    def add(
        self,
        ids: Sequence[str],
        texts: Sequence[str],
        *,
        at: Sequence[datetime | None] | None = None,
    ) -> None:
        """Add messages, the newest last. `at`: the time of sending of each, with an offset.

        Raises ValueError when their numbers differ.
        """
        days = _days(at if at is not None else [None] * len(texts))
        if not len(ids) == len(texts) == len(days):
            raise ValueError("As many ids and times as texts are needed.")
        with self._lock:
            for start in range(0, len(texts), _BLOCK):
                part = slice(start, start + _BLOCK)
                self._append(_Block(list(ids[part]), _count_features(texts[part]), days[part]))

    def like(
        self,
        text: str,
        *,
        at: datetime | None = None,
        most: int = 5,
        least: float = SAME,
        without: Collection[str] = (),
    ) -> list[Alike]:
        """Return at most `most` messages of similarity `least` or more, the most similar first.

        `at`: the text's time of sending; messages within seven days of it are also compared through one another.
        `without`: ids to leave out, such as its own.
        """
        with self._lock:
            blocks, weights, common = list(self._blocks), self._weights, Common(len(self), self._holding)
        if not blocks or most < 1:
            return []
        query = _weigh_rows(_count_features([text]), weights)
        cosines = np.concatenate([_similarities(block, query) for block in blocks])
        similarity = np.interp(cosines, *_EVER)
        left_out = [place for place, each in enumerate(_ids(blocks)) if each in without] if without else []
        near = np.setdiff1d(_near(blocks, at), left_out, assume_unique=True) if at is not None else np.zeros(0, np.intp)
        if near.size:
            nearest = near[np.argsort(-cosines[near], kind="stable")[:MOST_NEAR]]
            here = _holding(_rows(blocks, near)[0])
            rows, days = _rows(blocks, nearest)
            rows = _stress_recent(vstack([query, rows], format="csr"), here, len(near), common)
            through = _walk_proximity(rows, np.append(_days([at]), days))[0, 1:]
            similarity[nearest] = np.maximum(similarity[nearest], np.interp(through, *_THESE_DAYS))
        similarity[left_out] = -1
        best = np.argsort(-similarity, kind="stable")[:most]
        ids = _ids(blocks)
        return [Alike(ids[place], round(float(similarity[place]), 4)) for place in best if similarity[place] >= least]

    def in_common(self, words: Mapping[str, str], other: str, *, most: int = MOST_IN_COMMON) -> tuple[str, ...]:
        """Return those of `words` (see `tokens.words_by_stem`) that `other` has too; the rarest first."""
        others = {stem(word) for word in tokens(other)}
        common = [each for each in words if each in others]
        rare = sorted(common, key=lambda each: -self._weights[crc32(each.encode()) % _COLUMNS])
        return tuple(words[each] for each in rare[:most])

    def _append(self, block: _Block) -> None:
        """Add a block, joined to the last one while that is small; drop the oldest, and update the weights."""
        self._count(block, 1)
        last = self._blocks[-1] if self._blocks else None
        if last and len(last.ids) + len(block.ids) <= _BLOCK:
            block = _Block(
                last.ids + block.ids,
                vstack([last.raw, block.raw], format="csr"),
                np.concatenate([last.days, block.days]),
            )
            self._blocks = self._blocks[:-1]
        self._blocks = [*self._blocks, block]
        while len(self) - len(self._blocks[0].ids) >= self._most:
            self._count(self._blocks[0], -1)
            self._blocks = self._blocks[1:]
        if len(self) >= _REFIT * self._fitted or len(self) < self._fitted:
            self._fitted = len(self)
            self._weights = np.log((1 + len(self)) / (1 + self._holding)) + 1
            self._blocks = [self._weigh(each) for each in self._blocks]
        else:
            self._blocks[-1] = self._weigh(block)

    def _count(self, block: _Block, sign: int) -> None:
        self._holding += sign * _holding(block.raw)

    def _weigh(self, block: _Block) -> _Block:
        """Return a new block with current weights, so that a query in progress keeps the old one."""
        return _Block(block.ids, block.raw, block.days, _weigh_rows(block.raw, self._weights))


def _days(at: Sequence[datetime | None]) -> Floats:
    return np.array([np.nan if each is None else each.timestamp() / 86_400 for each in at], dtype=np.float64)


def _count_features(texts: Sequence[str]) -> csr_matrix:
    """Return rows of 1 + ln(count): stems in the first half of the columns, character 4-grams in the second."""
    places_by_text = [[place for word in tokens(text[:MOST_CHARACTERS]) for place in _columns(word)] for text in texts]
    text_of = np.repeat(np.arange(len(texts)), [len(places) for places in places_by_text])
    places = np.fromiter((place for some in places_by_text for place in some), np.int64, len(text_of))
    keys, counts = np.unique(text_of * (2 * _COLUMNS) + places, return_counts=True)
    bounds = np.searchsorted(keys, np.arange(len(texts) + 1) * (2 * _COLUMNS))
    values = (1 + np.log(counts)).astype(np.float32)
    return csr_matrix((values, keys % (2 * _COLUMNS), bounds), shape=(len(texts), 2 * _COLUMNS))


@lru_cache(_CACHE_SIZE)  # messages are made of the same words
def _columns(word: str) -> tuple[int, ...]:
    """Return the columns of a word's stem and 4-grams; a space stands for its edges."""
    edge_word = f" {word} "
    grams = (edge_word[start : start + _GRAM] for start in range(max(1, len(edge_word) - _GRAM + 1)))
    return (crc32(stem(word).encode()) % _COLUMNS, *(_COLUMNS + crc32(gram.encode()) % _COLUMNS for gram in grams))


def _weigh_rows(raw: csr_matrix, weights: Floats) -> csr_matrix:
    """Return rows weighted by idf, their halves normalised so that a product of rows is the mean of two cosines."""
    values = raw.data * weights[raw.indices].astype(np.float32)
    half = 2 * np.repeat(np.arange(raw.shape[0]), np.diff(raw.indptr)) + raw.indices // _COLUMNS
    lengths = np.sqrt(2 * np.bincount(half, values.astype(np.float64) ** 2, minlength=2 * raw.shape[0]))
    return csr_matrix(((values / lengths[half]).astype(np.float32), raw.indices, raw.indptr), raw.shape)


def _similarities(block: _Block, asked: csr_matrix) -> Floats:
    """Return the similarity of each text of the block to the query, from 0 to 1."""
    dense = np.zeros(2 * _COLUMNS, np.float32)
    dense[asked.indices] = asked.data
    return np.asarray(block.rows @ dense, np.float64)


def _ids(blocks: Sequence[_Block]) -> list[str]:
    return [each for block in blocks for each in block.ids]


def _near(blocks: Sequence[_Block], at: datetime) -> NDArray[np.intp]:
    """Return the places of recent messages, in order; of very many those that are nearest in time."""
    apart = np.abs(np.concatenate([block.days for block in blocks]) - _days([at])[0])
    near = np.flatnonzero(apart <= NEAR_DAYS)
    return np.sort(near[np.argsort(apart[near], kind="stable")[:MOST_COUNTED]])


def _holding(rows: csr_matrix) -> Floats:
    """Return the number of texts with each feature."""
    return np.bincount(rows.indices, minlength=2 * _COLUMNS).astype(np.float64)


def _stress_recent(rows: csr_matrix, here: Floats, texts: int, common: Common) -> csr_matrix:
    """Return rows with more weight on features that are more frequent in recent texts than in all others.

    The weight is the square of the z-score of the log-odds ratio (as in `text.similarity.keywords`, with the same
    prior), within bounds. `here`: how many of the recent `texts` have each feature. Weights are equal when there are
    fewer other texts than recent ones.
    """
    others = common.texts - texts
    if others < texts:
        return csr_matrix(rows * np.float32(np.sqrt(_UNTOLD)))
    columns = np.flatnonzero(here > 0)  # among truths places are found sooner than among numbers
    now, then = here[columns], (common.holding[columns] - here[columns]).clip(0)
    prior = np.maximum(PRIOR * (now + then + 0.5) / (common.texts + 1), 0.5)
    odds = (now + prior) / (texts + PRIOR - now - prior).clip(0.5)
    odds_then = (then + prior) / (others + PRIOR - then - prior).clip(0.5)
    z = np.log(odds / odds_then) / np.sqrt(1 / (now + prior) + 1 / (then + prior))
    stress = np.full(2 * _COLUMNS, np.sqrt(_STRESS[0]), np.float32)
    stress[columns] = np.sqrt((np.sign(z) * z**2 / _USUAL_Z**2).clip(*_STRESS))
    return csr_matrix((rows.data * stress[rows.indices], rows.indices, rows.indptr), rows.shape)


def _rows(blocks: Sequence[_Block], places: NDArray[np.intp]) -> tuple[csr_matrix, Floats]:
    """Return the weighted rows and the days of the texts at these places, numbered through all blocks."""
    ends = np.cumsum([len(block.ids) for block in blocks])
    order = np.argsort(places, kind="stable")
    parts: list[tuple[csr_matrix, Floats]] = []
    for block, end in zip(blocks, ends, strict=True):
        start = end - len(block.ids)
        here = places[order][(places[order] >= start) & (places[order] < end)] - start
        parts.append((block.rows[here], block.days[here]))
    back = np.argsort(order, kind="stable")
    rows, days = zip(*parts, strict=True)
    return vstack(rows, format="csr")[back], np.concatenate(days)[back]


def _walk_proximity(rows: csr_matrix, days: Floats) -> Floats:
    """Return the proximity of any two of some texts, from 0 to 1, by all walks between them.

    A step leads to one of the ten most similar texts, less likely the more days lie between. The sum over all walks of
    (0.95 of the symmetric step)^length is (I - 0.95 P)^-1, scaled so that the proximity of a text to itself is 1: a
    random walk with restart (Tong, Faloutsos and Pan, ICDM 2006).
    """
    cosines = np.asarray((rows @ rows.T).toarray(), np.float64).clip(0, 1)
    apart = np.abs(days[:, None] - days[None, :])
    steps = cosines**_SHARPNESS * np.exp(-np.where(np.isnan(apart), 0, apart) / _DECAY_DAYS)
    np.fill_diagonal(steps, 0)
    if len(steps) > _NEIGHBOURS:
        floor = np.partition(steps, -_NEIGHBOURS, axis=1)[:, -_NEIGHBOURS][:, None]
        steps = np.where(steps >= floor, steps, 0)
    steps = np.maximum(steps, steps.T)
    degree = np.sqrt(steps.sum(axis=1) + _LEAK)
    walks = np.linalg.inv(np.eye(len(steps)) - _WALK * steps / degree[:, None] / degree[None, :])
    own = np.sqrt(np.diag(walks))
    near = (walks / own[:, None] / own[None, :]).clip(0, 1)
    near = (near + near.T) / 2
    np.fill_diagonal(near, 1)
    return np.asarray(near)
