"""Training of classifiers of texts: one procedure for few and for many examples."""

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
from portevoix.text.labels.embedding_model import EmbeddingModel, Encoder, Vectors, count_unread, encode
from portevoix.text.labels.ensemble import Ensemble
from portevoix.text.labels.features import Grams, grams
from portevoix.text.labels.linear import LinearModel, Scores
from portevoix.text.training import embedding_model, ensemble, linear
from portevoix.text.training.options import FitOptions

type Examples = Sequence[tuple[str, str]]
type _Numbers = NDArray[np.int64]

FOLDS = 3
FEW, FOLDS_OF_FEW = 2000, 6
"""With fewer examples than FEW, cross-validation uses more folds, so that each model is trained on nearly all."""
SLOW_MOST = 1_000_000
"""Most characters that a slow encoder reads for training, in about five minutes; more would add little."""


def fit(
    examples: Examples,
    *,
    more: Examples = (),
    encoders: Sequence[Encoder] = (),
    prior: Prior | None = None,
    in_order: bool = False,
) -> Classifier:
    """Train on `examples`, and on `more` from other cities, which are not used to measure accuracy.

    A remote encoder reads `examples` alone. `in_order`: `examples` are in order of time.

    Raise BadInput when there are not two labels with two examples each.
    """
    labels = tuple(sorted({label for _, label in (*examples, *more)}))
    if sum(count > 1 for count in Counter(label for _, label in examples).values()) < 2:
        raise BadInput(gettext_noop("There must be two examples at least of each of two labels to learn from."))
    texts = [text for text, _ in (*examples, *more)]
    numbers = np.array([labels.index(label) for _, label in (*examples, *more)])
    folds = _folds(numbers[: len(examples)])
    texts_by_encoder = {encoder: texts[: len(examples)] if encoder.remote else texts for encoder in encoders}
    read = {
        e: encoder_texts
        for e, encoder_texts in texts_by_encoder.items()
        if not e.slow or count_unread(e, encoder_texts) <= SLOW_MOST
    }
    words, scores = _learn(_Words(grams(texts)), numbers, folds, len(labels))
    own = numbers[: len(examples)]
    all_scores = [scores] + ([prior.scores(texts[: len(examples)], labels)] if prior else [])
    alone = ensemble.fit(all_scores, own, in_order=in_order)
    meanings: dict[str, list[EmbeddingModel]] = {encoder.name: [] for encoder in read}
    for encoder, encoder_texts in read.items():
        vectors = encode(encoder, encoder_texts)
        for kind in embedding_model.KINDS:
            meaning, scores = _learn(_Meaning(vectors, kind), numbers[: len(encoder_texts)], folds, len(labels))
            meanings[encoder.name].append(meaning)
            all_scores.append(scores)
    if not meanings:
        return Classifier(labels, words, alone, {}, None, prior)
    return Classifier(labels, words, alone, *_unite(meanings, ensemble.fit(all_scores, own, in_order=in_order)), prior)


def _unite(
    meanings: Mapping[str, Sequence[EmbeddingModel]], trusted: Ensemble
) -> tuple[dict[str, EmbeddingModel], Ensemble]:
    """Return one model for each encoder, with strength 1; the other models come before."""
    others = len(trusted.strengths) - sum(map(len, meanings.values()))
    strengths = iter(trusted.strengths[others:].tolist())
    semantics = {
        name: embedding_model.unite(models, list(islice(strengths, len(models)))) for name, models in meanings.items()
    }
    all_strengths = np.concatenate([trusted.strengths[:others], np.ones(len(semantics))])
    return semantics, replace(trusted, strengths=all_strengths)


class _Source[Model](Protocol):
    """Training texts in the form that one kind of model reads."""

    def fit(self, numbers: _Numbers, count: int, way: FitOptions) -> Model: ...

    def score_ways(
        self, rest: _Numbers, held: _Numbers, numbers: _Numbers, count: int, ways: Sequence[FitOptions]
    ) -> Iterator[Scores]:
        """Yield the scores of `held` by models fitted to `rest`, for each of `ways`."""

    def ways(self, examples: int) -> Sequence[FitOptions]: ...


@dataclass(frozen=True)
class _Words:
    grams: Grams

    def fit(self, numbers: _Numbers, count: int, way: FitOptions) -> LinearModel:
        return linear.fit(linear.read(self.grams), numbers, count, way)

    def score_ways(
        self, rest: _Numbers, held: _Numbers, numbers: _Numbers, count: int, ways: Sequence[FitOptions]
    ) -> Iterator[Scores]:
        texts = linear.read(self.grams.take(rest))
        matrix = texts.vocabulary.matrix(self.grams.take(held))
        for way in ways:
            yield linear.fit(texts, numbers[rest], count, way).distances(matrix)

    def ways(self, examples: int) -> Sequence[FitOptions]:
        return linear.ways(examples)


@dataclass(frozen=True)
class _Meaning:
    vectors: Vectors
    kind: embedding_model.Kind

    def fit(self, numbers: _Numbers, count: int, way: FitOptions) -> EmbeddingModel:
        return embedding_model.fit(self.vectors, numbers, count, way, self.kind)

    def score_ways(
        self, rest: _Numbers, held: _Numbers, numbers: _Numbers, count: int, ways: Sequence[FitOptions]
    ) -> Iterator[Scores]:
        rest_vectors, held_vectors = self.vectors[rest], self.vectors[held]
        for way in ways:
            yield embedding_model.fit(rest_vectors, numbers[rest], count, way, self.kind).scores(held_vectors)

    def ways(self, examples: int) -> Sequence[FitOptions]:
        return self.kind.ways(examples)


def _folds(numbers: _Numbers) -> _Numbers:
    """Return the fold of each example, (examples,), stratified by label; the same for the same examples."""
    part = np.empty(len(numbers), np.int64)
    order = np.random.default_rng(0).permutation(len(numbers))
    order = order[np.argsort(numbers[order], kind="stable")]
    part[order] = np.arange(len(numbers)) % (FOLDS_OF_FEW if len(numbers) < FEW else FOLDS)
    return part


def _learn[Model](source: _Source[Model], numbers: _Numbers, folds: _Numbers, count: int) -> tuple[Model, Scores]:
    """Return the model fitted to all examples in the best way (accuracy and macro-F1), and its held-out scores."""
    own = numbers[: len(folds)]
    ways = source.ways(len(numbers))
    scores = np.zeros((len(ways), len(folds), count))
    for fold in range(folds.max() + 1):
        fold_examples = np.flatnonzero(folds == fold)
        rest = np.concatenate([np.flatnonzero(folds != fold), np.arange(len(folds), len(numbers))])
        for way_scores, fold_scores in zip(
            scores, source.score_ways(rest, fold_examples, numbers, count, ways), strict=True
        ):
            way_scores[fold_examples] = fold_scores
    best = max(range(len(ways)), key=lambda way: _right(scores[way], own))
    return source.fit(numbers, count, ways[best]), scores[best]


def _right(scores: Scores, own: _Numbers) -> float:
    predictions = scores.argmax(axis=1)
    return float((predictions == own).mean()) + float(f1_score(own, predictions, average="macro"))
