"""Learns to label texts: one estimator for few and for many examples."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.classifier import Classifier, Prior
from portevoix.text.labels.embeddings import Encoder, Semantic, Vectors, encode, unread
from portevoix.text.labels.ensemble import Opinions
from portevoix.text.labels.features import Grams, grams
from portevoix.text.labels.linear import Lexical, Scores
from portevoix.text.training import embeddings, ensemble, linear
from portevoix.text.training.options import Way

type Examples = Sequence[tuple[str, str]]
type _Numbers = NDArray[np.int64]

FOLDS = 3
FEW, FOLDS_OF_FEW = 2000, 6
"""With fewer examples each opinion is asked in more parts, of which each then learns from nearly all."""
SLOW_MOST = 1_000_000
"""Characters that a slow encoder reads to learn, in five minutes or so; beyond, it would take many and add little."""


def fit(
    examples: Examples,
    *,
    more: Examples = (),
    encoders: Sequence[Encoder] = (),
    prior: Prior | None = None,
    in_order: bool = False,
) -> Classifier:
    """Learns from `examples` and from `more`, of other cities, by which nothing is measured.

    An encoder that is remote is asked about `examples` alone. `in_order`: `examples` are in order of time.

    Raises BadInput when there are not two labels of which it can be tried: with two examples each.
    """
    labels = tuple(sorted({label for _, label in (*examples, *more)}))
    if sum(count > 1 for count in Counter(label for _, label in examples).values()) < 2:
        raise BadInput(gettext_noop("There must be two examples at least of each of two labels to learn from."))
    texts = [text for text, _ in (*examples, *more)]
    numbers = np.array([labels.index(label) for _, label in (*examples, *more)])
    folds = _folds(numbers[: len(examples)])
    said_by = {encoder: texts[: len(examples)] if encoder.remote else texts for encoder in encoders}
    read = {e: given for e, given in said_by.items() if not e.slow or unread(e, given) <= SLOW_MOST}
    words, scores = _learnt(_Words(grams(texts)), numbers, folds, len(labels))
    own = numbers[: len(examples)]
    said = [scores] + ([prior.scores(texts[: len(examples)], labels)] if prior else [])
    alone = ensemble.fit(said, own, in_order=in_order)
    meanings: dict[str, list[Semantic]] = {encoder.name: [] for encoder in read}
    for encoder, given in read.items():
        vectors = encode(encoder, given)
        for kind in embeddings.KINDS:
            meaning, scores = _learnt(_Meaning(vectors, kind), numbers[: len(given)], folds, len(labels))
            meanings[encoder.name].append(meaning)
            said.append(scores)
    if not meanings:
        return Classifier(labels, words, alone, {}, None, prior)
    return Classifier(labels, words, alone, *_united(meanings, ensemble.fit(said, own, in_order=in_order)), prior)


def _united(meanings: Mapping[str, Sequence[Semantic]], trusted: Opinions) -> tuple[dict[str, Semantic], Opinions]:
    """One model of what each encoder says, which is trusted as it is; the other opinions come before."""
    others = len(trusted.strengths) - sum(map(len, meanings.values()))
    strengths = iter(trusted.strengths[others:].tolist())
    found = {name: embeddings.united(models, list(islice(strengths, len(models)))) for name, models in meanings.items()}
    kept = np.concatenate([trusted.strengths[:others], np.ones(len(found))])
    return found, replace(trusted, strengths=kept)


class _Source[Model](Protocol):
    """Texts as one kind of model reads them."""

    def fit(self, numbers: _Numbers, count: int, way: Way) -> Model: ...

    def tried(
        self, rest: _Numbers, held: _Numbers, numbers: _Numbers, count: int, ways: Sequence[Way]
    ) -> Iterator[Scores]:
        """What models that are fitted to `rest`, in one way after the other, say of `held`."""

    def ways(self, examples: int) -> Sequence[Way]: ...


@dataclass(frozen=True)
class _Words:
    grams: Grams

    def fit(self, numbers: _Numbers, count: int, way: Way) -> Lexical:
        return linear.fit(linear.read(self.grams), numbers, count, way)

    def tried(
        self, rest: _Numbers, held: _Numbers, numbers: _Numbers, count: int, ways: Sequence[Way]
    ) -> Iterator[Scores]:
        known = linear.read(self.grams.take(rest))
        asked = known.vocabulary.matrix(self.grams.take(held))
        for way in ways:
            yield linear.fit(known, numbers[rest], count, way).distances(asked)

    def ways(self, examples: int) -> Sequence[Way]:
        return linear.ways(examples)


@dataclass(frozen=True)
class _Meaning:
    vectors: Vectors
    kind: embeddings.Kind

    def fit(self, numbers: _Numbers, count: int, way: Way) -> Semantic:
        return embeddings.fit(self.vectors, numbers, count, way, self.kind)

    def tried(
        self, rest: _Numbers, held: _Numbers, numbers: _Numbers, count: int, ways: Sequence[Way]
    ) -> Iterator[Scores]:
        known, asked = self.vectors[rest], self.vectors[held]
        for way in ways:
            yield embeddings.fit(known, numbers[rest], count, way, self.kind).scores(asked)

    def ways(self, examples: int) -> Sequence[Way]:
        return self.kind.ways(examples)


def _folds(numbers: _Numbers) -> _Numbers:
    """(examples,): which part each belongs to, every label spread over all; the same for the same examples."""
    part = np.empty(len(numbers), np.int64)
    order = np.random.default_rng(0).permutation(len(numbers))
    order = order[np.argsort(numbers[order], kind="stable")]
    part[order] = np.arange(len(numbers)) % (FOLDS_OF_FEW if len(numbers) < FEW else FOLDS)
    return part


def _learnt[Model](source: _Source[Model], numbers: _Numbers, folds: _Numbers, count: int) -> tuple[Model, Scores]:
    """The model of all examples, fitted as served best (accuracy and macro-F1), and its scores of those unseen."""
    own = numbers[: len(folds)]
    ways = source.ways(len(numbers))
    scores = np.zeros((len(ways), len(folds), count))
    for fold in range(folds.max() + 1):
        held = np.flatnonzero(folds == fold)
        rest = np.concatenate([np.flatnonzero(folds != fold), np.arange(len(folds), len(numbers))])
        for said, told in zip(scores, source.tried(rest, held, numbers, count, ways), strict=True):
            said[held] = told
    best = max(range(len(ways)), key=lambda way: _right(scores[way], own))
    return source.fit(numbers, count, ways[best]), scores[best]


def _right(scores: Scores, own: _Numbers) -> float:
    said = scores.argmax(axis=1)
    return float((said == own).mean()) + float(f1_score(own, said, average="macro"))
