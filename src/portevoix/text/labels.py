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

Probabilities = NDArray[np.float64]
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
    return Blend(departments, usable) if _enough(usable) else ColdStart(departments)


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
        probabilities = self.probabilities(texts)
        return [_suggested(self.slugs, probabilities[i], partial(self.spoke, text)) for i, text in enumerate(texts)]

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """One row a text, one column a department, in the order of `slugs`."""
        odds = np.exp(self.SHARPNESS * (self._words.transform(texts) @ self._profiles.T).toarray())
        return _shares(odds)

    def spoke(self, text: str, label: int) -> tuple[str, ...]:
        weights = self._words.transform([text]).multiply(self._profiles[label]).toarray().ravel()
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
        self.labels = [str(label) for label in self._model.classes_]
        self._names = self._words.get_feature_names_out()
        return self

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not texts:
            return []
        probabilities = self.probabilities(texts)
        return [_suggested(self.labels, probabilities[i], partial(self.spoke, text)) for i, text in enumerate(texts)]

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """One row a text, one column a label, in the order of `labels`."""
        matrix = csr_matrix(hstack([self._words.transform(texts), self._chars.transform(texts)]))
        return np.asarray(self._model.predict_proba(matrix))

    def spoke(self, text: str, label: int) -> tuple[str, ...]:
        coefficients = self._model.coef_
        if len(coefficients) == 1:  # two labels share one row of coefficients
            coefficients = np.vstack([-coefficients[0], coefficients[0]])
        weights = self._words.transform([text]).toarray().ravel() * coefficients[label][: len(self._names)]
        return _readable([self._names[i] for i in np.argsort(-weights)[:MOST_WORDS] if weights[i] > 0], text)


class Blend:
    """Departments by both: a linear model that has read the descriptions too, times the root of the cold start's say.

    The root is what served best in cross-validation on Valmont-sur-Loire's messages; a few hundred labels alone route
    worse than the descriptions do.
    """

    def __init__(self, departments: Sequence[DepartmentText], examples: Sequence[tuple[str, str]]) -> None:
        own = [(text, d.slug) for d in departments for text in (d.name, d.description, *d.competences) if text]
        self._cold = ColdStart(departments)
        self._linear = LinearModel().fit([*examples, *own])
        self._order = [self._cold.slugs.index(label) for label in self._linear.labels]

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not texts:
            return []
        cold = self._cold.probabilities(texts)[:, self._order]
        probabilities = _shares(self._linear.probabilities(texts) * np.sqrt(cold))
        return [
            _suggested(self._linear.labels, probabilities[i], partial(self._linear.spoke, text))
            for i, text in enumerate(texts)
        ]


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


def _shares(odds: Probabilities) -> Probabilities:
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _suggested(
    labels: Sequence[str], probabilities: Probabilities, spoke: Callable[[int], tuple[str, ...]]
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
