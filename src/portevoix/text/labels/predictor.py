"""Suggests a label for a message: by the departments' own words, by what ships with the program, by the city's labels.

Whatever there is, is used: a new city's departments by what they say of themselves, then its few labels, then its many.
Every suggestion says how sure it is and which words spoke; a first one without a label says "I don't know".
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.cold_start import ColdStart, coherent
from portevoix.text.labels.embeddings import Encoder
from portevoix.text.labels.ensemble import Probabilities
from portevoix.text.labels.features import Texts
from portevoix.text.labels.linear import Lexical
from portevoix.text.language import foreign
from portevoix.text.starter import DepartmentText

MOST_SUGGESTED = 3
MOST_WORDS = 4
KNOWN = 0.5
"""The share of its words up to which a text in another language was not learnt of. A city's own labels teach any."""
FEWEST_EXAMPLES = 60
FEWEST_PER_LABEL = 4
"""Below, nothing can be measured on them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`label` is None for "I don't know": the most probable label was not probable enough. `words` spoke for it."""

    label: str | None
    probability: float
    words: tuple[str, ...] = ()


class Labeller(Protocol):
    @property
    def labels(self) -> tuple[str, ...]:
        """What may be suggested."""

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """(texts, labels), in the order of `labels`."""

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        """Up to three suggestions a text, the best first; [] when there is nothing to choose from."""


@dataclass(frozen=True)
class Learnt:
    """Suggests by a classifier."""

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
        sure &= ~_strange(texts, self.model.words, sure)
        return suggested(self.model.labels, probabilities, first, sure, self.model.spoke(texts, first))


@dataclass(frozen=True)
class Described:
    """Suggests departments by their own words."""

    model: ColdStart

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.slugs

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        return self.model.probabilities(texts)

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        known, texts = self.model.known, Texts.of(texts)
        if known is None:
            return [[] for _ in texts]
        slugs, (probabilities, sure) = self.model.slugs, self.model.told(texts)
        first = best(probabilities)
        told = [
            self.model.spoke(text, [slugs[n] for n in several], MOST_WORDS)
            for text, several in zip(texts, first, strict=True)
        ]
        sure &= ~_strange(texts, known.topics.model.words, sure)
        return suggested(slugs, coherent(probabilities, sure), first, sure, told)


def _strange(texts: Texts, known: Lexical, sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of which of those it would be `sure` that are in another language and share but some words by chance."""
    strange = np.zeros(len(texts), np.bool_)
    for place in np.flatnonzero(sure & (known.shares(texts.words) <= KNOWN)).tolist():
        strange[place] = foreign(texts[place])
    return strange


def with_meaning(labeller: Labeller, cold: ColdStart | None, encoders: Sequence[Encoder]) -> Labeller | None:
    """The same, told by these encoders what a text means; None when it would know no more by them.

    `cold`: what departments say of themselves as read with these encoders, None where nobody read it.
    """
    match labeller:
        case Learnt(model=model):
            return Learnt(model, encoders) if model.reads({encoder.name for encoder in encoders}) else None
        case Described() if cold is not None and cold.usable:
            return Described(cold)
    return None


def labels(task: str, departments: Sequence[DepartmentText] = ()) -> set[str]:
    """What may be suggested: the departments' slugs, or the kinds or valences that the program knows."""
    if task == "department":
        return {department.slug for department in departments}
    return {label for _, label in starter.examples(task)}


def usable(examples: Sequence[tuple[str, str]], known: Collection[str]) -> list[tuple[str, str]]:
    """Those with a label that may be suggested, and of which something is left to learn from."""
    return [(text, label) for text, label in examples if label in known and text.strip()]


def enough(examples: Sequence[tuple[str, str]]) -> bool:
    """Whether there are as many as it takes to measure by what is learnt from them."""
    counts = Counter(label for _, label in examples)
    return len(examples) >= FEWEST_EXAMPLES and sum(n >= FEWEST_PER_LABEL for n in counts.values()) >= 2


def best(probabilities: Probabilities) -> NDArray[np.int64]:
    """(texts, at most MOST_SUGGESTED): the places of the most probable labels."""
    return np.argsort(-probabilities, axis=1, kind="stable")[:, :MOST_SUGGESTED]


def suggested(
    names: Sequence[str],
    probabilities: Probabilities,
    first: NDArray[np.int64],
    sure: NDArray[np.bool_],
    words: Sequence[Sequence[tuple[str, ...]]],
) -> list[list[Suggestion]]:
    """The `first` labels of each text; before them that nobody knows, of those of which nobody is `sure`."""
    likely = np.take_along_axis(probabilities, first, axis=1).tolist()
    found = []
    for several, shares, spoke, certain in zip(first.tolist(), likely, words, sure, strict=True):
        mine = [Suggestion(names[n], p, w) for n, p, w in zip(several, shares, spoke, strict=True)]
        found.append(mine if certain else [Suggestion(None, shares[0]), *mine])
    return found
