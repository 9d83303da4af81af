"""Learns to label texts: their words, and their meaning where sentence encoders are installed, weighed by how far each
was right on texts that it had not seen. One estimator for few and for many examples.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text import lexical, semantic
from portevoix.text.lexical import Lexical, Scores, Way
from portevoix.text.ngrams import Grams, Texts, grams
from portevoix.text.opinions import Opinions, Probabilities
from portevoix.text.semantic import Encoder, Semantic, Vectors, encode, unread

type Examples = Sequence[tuple[str, str]]
type _Numbers = NDArray[np.int64]

FOLDS = 3
SLOW_MOST = 700_000
"""Characters that a slow encoder reads to learn, in some minutes; beyond, it would take many and add little."""
MOST_WORDS = 4
"""That are said to have spoken for a label."""


class Prior(Protocol):
    """What is known of labels before any example."""

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """(texts, labels): logarithms of probabilities."""


@dataclass(frozen=True)
class Classifier:
    """`labels` in their order; what the models say of a text is weighed by `alone` without vectors, else by `together`.

    `meanings`: by the name of the encoder whose vectors it reads. `prior` is one more opinion, learnt from no example.
    """

    labels: tuple[str, ...]
    words: Lexical
    alone: Opinions
    meanings: dict[str, Semantic]
    together: Opinions | None
    prior: Prior | None = None

    @classmethod
    def fit(
        cls,
        examples: Examples,
        *,
        more: Examples = (),
        encoders: Sequence[Encoder] = (),
        prior: Prior | None = None,
    ) -> Self:
        """Learns from `examples` and from `more`, of other cities, by which nothing is measured.

        An encoder that is remote is asked about `examples` alone.

        Raises BadInput when the examples have fewer than two labels.
        """
        labels = tuple(sorted({label for _, label in (*examples, *more)}))
        if len({label for _, label in examples}) < 2:
            raise BadInput(gettext_noop("There must be examples of two labels at least to learn from."))
        texts = [text for text, _ in (*examples, *more)]
        numbers = np.array([labels.index(label) for _, label in (*examples, *more)])
        folds = _folds(numbers[: len(examples)])
        said_by = {encoder: texts[: len(examples)] if encoder.remote else texts for encoder in encoders}
        read = {e: given for e, given in said_by.items() if not e.slow or unread(e, given) <= SLOW_MOST}
        words, scores = _learnt(_Words(grams(texts)), numbers, folds, len(labels))
        own = numbers[: len(examples)]
        said = [scores] + ([prior.scores(texts[: len(examples)], labels)] if prior else [])
        alone = Opinions.fit(said, own)
        meanings: dict[str, Semantic] = {}
        for encoder, given in read.items():
            meaning, scores = _learnt(_Meaning(encode(encoder, given)), numbers[: len(given)], folds, len(labels))
            meanings[encoder.name] = meaning
            said.append(scores)
        return cls(labels, words, alone, meanings, Opinions.fit(said, own) if meanings else None, prior)

    def probabilities(self, texts: Sequence[str], vectors: Sequence[Vectors] | None = None) -> Probabilities:
        """(texts, labels). `vectors`: of each of `meanings`, in their order; without them the words alone decide."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        said = [self.words.scores(Texts.of(texts).grams)]
        said += [self.prior.scores(texts, self.labels)] if self.prior else []
        if not vectors or self.together is None:
            return self.alone.probabilities(said)
        said += [model.scores(given) for model, given in zip(self.meanings.values(), vectors, strict=True)]
        return self.together.probabilities(said)

    def vectors(self, texts: Sequence[str], encoders: Sequence[Encoder]) -> list[Vectors] | None:
        """What `probabilities` wants of these encoders; None when one that was learnt with is not among them."""
        known = {encoder.name: encoder for encoder in encoders}
        if not self.reads(known.keys()):
            return None
        return [encode(known[name], texts) for name in self.meanings]

    def reads(self, encoders: Collection[str]) -> bool:
        """Whether it knows more by what encoders of these names say: it wants all that it was learnt with."""
        return bool(self.meanings) and self.meanings.keys() <= set(encoders)

    def threshold(self, *, vectors: bool) -> float:
        """From this probability on it is sure."""
        return self.together.threshold if vectors and self.together else self.alone.threshold

    def spoke(self, texts: Sequence[str], labels: NDArray[np.int64]) -> list[list[tuple[str, ...]]]:
        """`labels` of shape (texts, several): for each text and each label of it, the words that spoke most for it."""
        words = Texts.of(texts).words
        columns = self.words.vocabulary.columns[words.buckets]
        of = np.repeat(np.arange(len(texts)), np.diff(words.bounds))
        told: list[list[tuple[str, ...]]] = [[] for _ in texts]
        for several in labels.T:
            weights = self.words.weights[columns, several[of]] * self.words.vocabulary.idf[columns]
            said = np.where(columns < 0, 0.0, weights).tolist()
            for mine, (start, end) in zip(told, pairwise(words.bounds), strict=True):
                best = sorted((n for n in range(start, end) if said[n] > 0), key=said.__getitem__, reverse=True)
                mine.append(tuple(islice(dict.fromkeys(words.written[n] for n in best), MOST_WORDS)))
        return told


class _Source[Model](Protocol):
    """Texts as one kind of model reads them."""

    def fit(self, rows: _Numbers, numbers: _Numbers, count: int, way: Way) -> Model: ...

    def scores(self, model: Model, rows: _Numbers) -> Scores: ...

    def ways(self, examples: int) -> Sequence[Way]: ...


@dataclass(frozen=True)
class _Words:
    grams: Grams

    def fit(self, rows: _Numbers, numbers: _Numbers, count: int, way: Way) -> Lexical:
        return Lexical.fit(self.grams.take(rows), numbers[rows], count, way)

    def scores(self, model: Lexical, rows: _Numbers) -> Scores:
        return model.scores(self.grams.take(rows))

    def ways(self, examples: int) -> Sequence[Way]:
        return lexical.ways(examples)


@dataclass(frozen=True)
class _Meaning:
    vectors: Vectors

    def fit(self, rows: _Numbers, numbers: _Numbers, count: int, way: Way) -> Semantic:
        return Semantic.fit(self.vectors[rows], numbers[rows], count, way)

    def scores(self, model: Semantic, rows: _Numbers) -> Scores:
        return model.scores(self.vectors[rows])

    def ways(self, examples: int) -> Sequence[Way]:
        return semantic.ways(examples)


def _folds(numbers: _Numbers) -> _Numbers:
    """(examples,): which part each belongs to, every label spread over all; the same for the same examples."""
    part = np.empty(len(numbers), np.int64)
    order = np.random.default_rng(0).permutation(len(numbers))
    order = order[np.argsort(numbers[order], kind="stable")]
    part[order] = np.arange(len(numbers)) % FOLDS
    return part


def _learnt[Model](source: _Source[Model], numbers: _Numbers, folds: _Numbers, count: int) -> tuple[Model, Scores]:
    """The model of all examples, fitted as served best (accuracy and macro-F1), and its scores of those unseen."""
    best: tuple[float, Way, Scores] | None = None
    own = numbers[: len(folds)]
    for way in source.ways(len(numbers)):
        scores = np.zeros((len(folds), count))
        for fold in range(FOLDS):
            held = np.flatnonzero(folds == fold)
            rest = np.concatenate([np.flatnonzero(folds != fold), np.arange(len(folds), len(numbers))])
            scores[held] = source.scores(source.fit(rest, numbers, count, way), held)
        said = scores.argmax(axis=1)
        good = float((said == own).mean()) + float(f1_score(own, said, average="macro"))
        if best is None or good > best[0]:
            best = good, way, scores
    assert best is not None
    return source.fit(np.arange(len(numbers)), numbers, count, best[1]), best[2]
