"""Suggests a label for a message: from the departments' own words until labels exist, then from the labels.

Every suggestion says how sure it is and which words spoke; a first one without a label says "I don't know".
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from portevoix.text import cues
from portevoix.text.words import fold, stem, tokens

MOST_SUGGESTED = 3
MOST_WORDS = 5
MOST_CHARACTERS = 4000
FEWEST_EXAMPLES = 60
FEWEST_PER_LABEL = 4
THRESHOLD = 0.35
"""Below this probability a labeller says that it does not know."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`label` None: not sure enough. `probability` from 0 to 1. `words` are those that spoke for it."""

    label: str | None
    probability: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DepartmentText:
    """What a department says of itself."""

    slug: str
    name: str
    description: str = ""
    competences: tuple[str, ...] = ()


class Labeller(Protocol):
    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        """Up to three suggestions a text, the best first; [] when there is nothing to choose from."""


def router(departments: Sequence[DepartmentText], examples: Sequence[tuple[str, str]]) -> Labeller:
    """Departments: from their own words, or from `examples` (text, slug) as soon as there are enough."""
    known = {department.slug for department in departments}
    usable = [(text, label) for text, label in examples if label in known]
    return LinearModel().fit(usable) if _enough(usable) else ColdStart(departments)


def kinds(examples: Sequence[tuple[str, str]]) -> Labeller:
    """Question, report, complaint, praise, suggestion, other."""
    return LinearModel().fit(examples) if _enough(examples) else Cues(cues.kind)


def valences(examples: Sequence[tuple[str, str]]) -> Labeller:
    """What goes wrong, what goes well, neither."""
    return LinearModel().fit(examples) if _enough(examples) else Cues(cues.valence)


def _enough(examples: Sequence[tuple[str, str]]) -> bool:
    counts = Counter(label for _, label in examples)
    return len(examples) >= FEWEST_EXAMPLES and sum(n >= FEWEST_PER_LABEL for n in counts.values()) >= 2


def _stems(text: str) -> list[str]:
    return [stem(token) for token in tokens(text[:MOST_CHARACTERS])]


class ColdStart:
    """Departments by the words of their own descriptions: cosine of TF-IDF, turned into probabilities by a softmax.

    The temperature is fixed, not learnt: there is nothing yet to learn it from.
    """

    SHARPNESS = 12.0

    def __init__(self, departments: Sequence[DepartmentText]) -> None:
        self.slugs = [department.slug for department in departments]
        texts = [" ".join([d.name, d.name, d.description, *d.competences]) for d in departments]
        self._usable = any(_stems(text) for text in texts)
        if self._usable:
            self._words = TfidfVectorizer(analyzer=_stems, sublinear_tf=True)
            self._profiles: csr_matrix = self._words.fit_transform(texts)
            self._names = self._words.get_feature_names_out()

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not self._usable or not texts:
            return [[] for _ in texts]
        rows = self._words.transform(texts)
        scores = (rows @ self._profiles.T).toarray()
        odds = np.exp(self.SHARPNESS * scores)
        probabilities = odds / odds.sum(axis=1, keepdims=True)
        return [
            _suggested(self.slugs, probabilities[i], partial(self._spoke, rows[i], text))
            for i, text in enumerate(texts)
        ]

    def _spoke(self, row: csr_matrix, text: str, label: int) -> tuple[str, ...]:
        weights = row.multiply(self._profiles[label]).toarray().ravel()
        return _readable([self._names[i] for i in np.argsort(-weights)[:MOST_WORDS] if weights[i] > 0], text)


class LinearModel:
    """Words and character n-grams, TF-IDF, logistic regression with balanced classes."""

    def fit(self, examples: Sequence[tuple[str, str]]) -> "LinearModel":
        texts, labels = [text for text, _ in examples], [label for _, label in examples]
        self._words = TfidfVectorizer(analyzer=_stems, sublinear_tf=True, min_df=1)
        self._chars = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, min_df=2, max_features=40_000,
            preprocessor=_clipped,
        )  # fmt: skip
        matrix = csr_matrix(hstack([self._words.fit_transform(texts), self._chars.fit_transform(texts)]))
        self._model = LogisticRegression(C=8.0, class_weight="balanced", max_iter=400)
        self._model.fit(matrix, labels)
        self._labels = [str(label) for label in self._model.classes_]
        self._names = self._words.get_feature_names_out()
        return self

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not texts:
            return []
        words = self._words.transform(texts)
        probabilities = self._model.predict_proba(csr_matrix(hstack([words, self._chars.transform(texts)])))
        return [
            _suggested(self._labels, probabilities[i], partial(self._spoke, words[i], text))
            for i, text in enumerate(texts)
        ]

    def _spoke(self, row: csr_matrix, text: str, label: int) -> tuple[str, ...]:
        coefficients = self._model.coef_
        if len(coefficients) == 1:  # two labels share one row of coefficients
            coefficients = np.vstack([-coefficients[0], coefficients[0]])
        weights = row.toarray().ravel() * coefficients[label][: len(self._names)]
        return _readable([self._names[i] for i in np.argsort(-weights)[:MOST_WORDS] if weights[i] > 0], text)


class Cues:
    """A label by transparent cues (`text.cues`), for as long as there are no labels to learn from."""

    CERTAINTY = 0.6

    def __init__(self, rule: Callable[[str], tuple[str, tuple[str, ...]]]) -> None:
        self._rule = rule

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        found = []
        for text in texts:
            label, words = self._rule(text[:MOST_CHARACTERS])
            found.append([Suggestion(label, self.CERTAINTY if words else THRESHOLD, words)])
        return found


def _clipped(text: str) -> str:
    return fold(text[:MOST_CHARACTERS])


def _suggested(
    labels: Sequence[str], probabilities: NDArray[np.float64], spoke: Callable[[int], tuple[str, ...]]
) -> list[Suggestion]:
    best = np.argsort(-probabilities, kind="stable")[:MOST_SUGGESTED]
    found = [Suggestion(labels[i], float(probabilities[i]), spoke(int(i))) for i in best]
    if found and found[0].probability < THRESHOLD:
        found.insert(0, Suggestion(None, found[0].probability))
    return found[: MOST_SUGGESTED + 1]


def _readable(stems: Sequence[str], text: str) -> tuple[str, ...]:
    """The words of the text that these stems stand for, so that a person can read what spoke."""
    by_stem = {stem(token): token for token in reversed(tokens(text[:MOST_CHARACTERS]))}
    return tuple(by_stem[name] for name in stems if name in by_stem)
