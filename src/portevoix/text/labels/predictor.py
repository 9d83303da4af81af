"""Suggestion of labels for a message, from departments' descriptions, the bundled examples and the city's labels.

A new city's departments are suggested by their descriptions, then by its labels as they grow. Every suggestion has a
probability and the words that decided; a first one without a label means "I don't know".
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.cold_start import ColdStart, adjust_to_certainty
from portevoix.text.labels.embedding_model import Encoder
from portevoix.text.labels.ensemble import Probabilities
from portevoix.text.labels.features import Texts
from portevoix.text.labels.linear import LinearModel
from portevoix.text.language import is_foreign
from portevoix.text.starter import DepartmentText

MOST_SUGGESTED = 3
MOST_WORDS = 4
MOST_KNOWN_SHARE = 0.5
"""A text in another language with at most this share of known words is not labelled; a city's labels can teach it."""
FEWEST_EXAMPLES = 60
FEWEST_PER_LABEL = 4
"""With fewer examples, accuracy cannot be measured."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label; None means "I don't know": the most probable one was not probable enough. `words` are its evidence."""

    label: str | None
    probability: float
    words: tuple[str, ...] = ()


class Labeller(Protocol):
    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that may be suggested."""

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Return probabilities, (texts, labels), in the order of `labels`."""

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        """Return up to three suggestions for each text, the best first; [] when there is no choice."""


@dataclass(frozen=True)
class TrainedLabeller:
    """Labeller with a trained classifier."""

    model: Classifier
    encoders: Sequence[Encoder] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.labels

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        return self.model.probabilities(texts, self.model.vectors(texts, self.encoders))

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        texts = Texts.of(texts)
        vectors = self.model.vectors(texts, self.encoders)
        probabilities = self.model.probabilities(texts, vectors)
        first = best(probabilities)
        sure = probabilities.max(axis=1, initial=0) >= self.model.threshold(vectors=vectors is not None)
        sure &= self.model.words.knows(texts.grams)  # of nothing nobody can tell
        sure &= ~_find_strange(texts, self.model.words, sure)
        return make_suggestions(self.model.labels, probabilities, first, sure, self.model.explain(texts, first))


@dataclass(frozen=True)
class DescriptionLabeller:
    """Labeller of departments by their descriptions."""

    model: ColdStart

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.slugs

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        return self.model.probabilities(texts)

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        ground, texts = self.model.evidence, Texts.of(texts)
        if ground is None:
            return [[] for _ in texts]
        slugs, (probabilities, sure) = self.model.slugs, self.model.predict_with_certainty(texts)
        first = best(probabilities)
        words = [
            self.model.explain(text, [slugs[n] for n in several], MOST_WORDS)
            for text, several in zip(texts, first, strict=True)
        ]
        sure &= ~_find_strange(texts, ground.topics.model.words, sure)
        return make_suggestions(slugs, adjust_to_certainty(probabilities, sure), first, sure, words)


def _find_strange(texts: Texts, known: LinearModel, sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which `sure` texts are in another language and share only some words by chance."""
    strange = np.zeros(len(texts), np.bool_)
    for place in np.flatnonzero(sure & (known.shares(texts.words) <= MOST_KNOWN_SHARE)).tolist():
        strange[place] = is_foreign(texts[place])
    return strange


def with_encoders(labeller: Labeller, cold: ColdStart | None, encoders: Sequence[Encoder]) -> Labeller | None:
    """Return the labeller with these encoders; None when it does not use them.

    `cold`: the cold-start model trained with these encoders, None where there is none.
    """
    match labeller:
        case TrainedLabeller(model=model):
            return TrainedLabeller(model, encoders) if model.reads({encoder.name for encoder in encoders}) else None
        case DescriptionLabeller() if cold is not None and cold.usable:
            return DescriptionLabeller(cold)
    return None


def labels(task: str, departments: Sequence[DepartmentText] = ()) -> set[str]:
    """Return the labels that may be suggested: the departments' slugs, or the known kinds or valences."""
    if task == "department":
        return {department.slug for department in departments}
    return {label for _, label in starter.examples(task)}


def usable(examples: Sequence[tuple[str, str]], known: Collection[str]) -> list[tuple[str, str]]:
    """Return the examples with a label among `known` and a text."""
    return [(text, label) for text, label in examples if label in known and text.strip()]


def are_enough(examples: Sequence[tuple[str, str]]) -> bool:
    """Return whether there are enough examples to measure the accuracy of a model trained on them."""
    counts = Counter(label for _, label in examples)
    return len(examples) >= FEWEST_EXAMPLES and sum(n >= FEWEST_PER_LABEL for n in counts.values()) >= 2


def best(probabilities: Probabilities) -> NDArray[np.int64]:
    """Return the indices of the most probable labels, (texts, at most MOST_SUGGESTED)."""
    return np.argsort(-probabilities, axis=1, kind="stable")[:, :MOST_SUGGESTED]


def make_suggestions(
    names: Sequence[str],
    probabilities: Probabilities,
    first: NDArray[np.int64],
    sure: NDArray[np.bool_],
    words: Sequence[Sequence[tuple[str, ...]]],
) -> list[list[Suggestion]]:
    """Return the `first` labels of each text, after an "I don't know" where the text is not `sure`."""
    likely = np.take_along_axis(probabilities, first, axis=1).tolist()
    suggestions = []
    for several, shares, spoke, certain in zip(first.tolist(), likely, words, sure, strict=True):
        own = [Suggestion(names[n], p, w) for n, p, w in zip(several, shares, spoke, strict=True)]
        suggestions.append(own if certain else [Suggestion(None, shares[0]), *own])
    return suggestions
