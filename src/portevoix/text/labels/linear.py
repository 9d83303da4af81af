"""Linear model on the words and the n-grams of texts: TF-IDF, one linear support vector machine per label."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from portevoix.text.labels.features import BUCKETS, GROUPS, Grams, Words

type Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Vocabulary:
    """The `buckets` of the training texts, ascending, of shape (features,), and the inverse frequency of each."""

    buckets: NDArray[np.int64]
    idf: NDArray[np.float32]

    def columns(self, buckets: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the column of each of these buckets, -1 for unknown ones."""
        known_bits, before = self._ranks
        word, bit = buckets >> 6, np.uint64(1) << (buckets & 63).astype(np.uint64)
        bits = known_bits[word]
        columns = before[word] + np.bitwise_count(bits & (bit - np.uint64(1)))
        return np.where(bits & bit, columns, np.int32(-1))

    @cached_property
    def _ranks(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """A bit for each bucket, set where it is known, 64 a word; and how many are known before each word.

        A table of columns would take twenty times as much memory: four megabytes for each model.
        """
        is_known = np.zeros(BUCKETS, bool)
        is_known[self.buckets] = True
        words = np.packbits(is_known, bitorder="little").view("<u8").astype(np.uint64)
        counts = np.bitwise_count(words)
        return words, (np.cumsum(counts, dtype=np.int32) - counts).astype(np.int32)

    def matrix(self, grams: Grams) -> csr_matrix:
        """Return (1 + ln count) · idf, (texts, features), words and n-grams each normalised to length one."""
        columns = self.columns(grams.buckets)
        is_known = columns >= 0
        rows = np.repeat(np.arange(len(grams)), np.diff(grams.bounds))[is_known]
        columns = columns[is_known]
        values = (1 + np.log(grams.counts[is_known])) * self.idf[columns]
        block = rows * GROUPS + grams.buckets[is_known] // (BUCKETS // GROUPS)
        lengths = np.sqrt(np.bincount(block, values.astype(np.float64) ** 2, minlength=len(grams) * GROUPS))
        values = (values / lengths[block]).astype(np.float32)
        bounds = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(grams)))))
        return csr_matrix((values, columns, bounds), shape=(len(grams), len(self.buckets)))


@dataclass(frozen=True)
class Lexical:
    """Linear model: `weights` of shape (features, labels), `offsets` of shape (labels,)."""

    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def knows(self, grams: Grams) -> NDArray[np.bool_]:
        """Return whether a text has any known feature, (texts,)."""
        known_counts = np.concatenate(([0], np.cumsum(self.vocabulary.columns(grams.buckets) >= 0)))
        return np.asarray(np.diff(known_counts[grams.bounds]) > 0)

    def shares(self, words: Words) -> NDArray[np.float64]:
        """Return the share of known words of each text, (texts,); 0 without words."""
        known_counts = np.concatenate(([0], np.cumsum(self.vocabulary.columns(words.buckets) >= 0)))
        return np.asarray(np.diff(known_counts[words.bounds]) / np.maximum(1, np.diff(words.bounds)))

    def scores(self, grams: Grams) -> Scores:
        """Return the distances from each label's plane, (texts, labels)."""
        return self.distances(self.vocabulary.matrix(grams))

    def distances(self, matrix: csr_matrix) -> Scores:
        """Return `scores` from the vocabulary's matrix of the texts."""
        return np.asarray(matrix @ self.weights + self.offsets, np.float64)
