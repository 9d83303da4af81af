"""Suggests a label for a message: from the departments' own words until labels exist, then from the labels.

Every suggestion says how sure it is and which words spoke; a first one without a label says "I don't know".
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from portevoix.text import cues
from portevoix.text.words import STOP, fold, fold_word, stem, surface

Probabilities = NDArray[np.float64]
Read = list[tuple[str, str]]
"""What a model reads in a text: (feature, the word as a person may be shown it, or "")."""
Speaking = Callable[[int], tuple[str, ...]]
"""The words of one text that spoke for the label of that number."""
MOST_SUGGESTED = 3
MOST_WORDS = 5
MOST_CHARACTERS = 4000
MOST_FEATURES = 20_000
CUE = "cue:"
_TURN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[?!]")
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
    usable = [(text, label) for text, label in _legible(examples) if label in known]
    return Blend(departments, usable) if _enough(usable) else ColdStart(departments)


def kinds(examples: Sequence[tuple[str, str]]) -> Labeller:
    """Question, report, complaint, praise, suggestion, other."""
    usable = _legible(examples)
    return LinearModel(_turns).fit(usable) if _enough(usable) else Cues(cues.kind)


def valences(examples: Sequence[tuple[str, str]]) -> Labeller:
    """What goes wrong, what goes well, neither."""
    usable = _legible(examples)
    return LinearModel(_turns).fit(usable) if _enough(usable) else Cues(cues.valence)


def _legible(examples: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without those of which nothing is left to learn from."""
    return [(text, label) for text, label in examples if _clipped(text).strip()]


def _enough(examples: Sequence[tuple[str, str]]) -> bool:
    counts = Counter(label for _, label in examples)
    return len(examples) >= FEWEST_EXAMPLES and sum(n >= FEWEST_PER_LABEL for n in counts.values()) >= 2


def _words(text: str) -> Read:
    """Stems of the words that say something: what a message is about."""
    found = ((fold_word(word), word) for word in surface(text[:MOST_CHARACTERS]))
    return [(stem(folded), word.lower()) for folded, word in found if len(folded) > 1 and folded not in STOP]


def _turns(text: str) -> Read:
    """All words, pairs of words, marks, and the cues that spoke: how a message says it."""
    found = _TURN.findall(fold(text[:MOST_CHARACTERS]))
    cued = [f"{CUE}{name}" for name in cues.spoken(text[:MOST_CHARACTERS])]
    return [(turn, turn) for turn in (*found, *map(" ".join, pairwise(found)))] + [(cue, "") for cue in cued]


class ColdStart:
    """Departments by the words of their own descriptions: cosine of TF-IDF, turned into probabilities by a softmax.

    The temperature is fixed, not learnt: there is nothing yet to learn it from. It was set on Valmont-sur-Loire's
    messages so that the mean probability of the first label is the share of first labels that are right.
    """

    SHARPNESS = 23.0

    def __init__(self, departments: Sequence[DepartmentText]) -> None:
        self.slugs = [department.slug for department in departments]
        texts = [" ".join([d.name, d.name, d.description, *d.competences]) for d in departments]
        self._usable = any(_words(text) for text in texts)
        if self._usable:
            self._vectors = TfidfVectorizer(analyzer=partial(_features, _words), sublinear_tf=True)
            self._profiles = csr_matrix(self._vectors.fit_transform(texts)).toarray()
            self._names = self._vectors.get_feature_names_out()

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not self._usable or not texts:
            return [[] for _ in texts]
        probabilities = self.probabilities(texts)
        return [_suggested(self.slugs, probabilities[i], self.speaking(text)) for i, text in enumerate(texts)]

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """One row a text, one column a department, in the order of `slugs`; all alike when nothing is known of them."""
        if not self._usable:
            return np.full((len(texts), len(self.slugs)), 1 / max(1, len(self.slugs)))
        odds = np.exp(self.SHARPNESS * (self._vectors.transform(texts) @ self._profiles.T))
        return _shares(odds)

    def speaking(self, text: str) -> Speaking:
        return _speaking(self._vectors.vocabulary_, self._profiles * self._vectors.idf_, _words(text))


class LinearModel:
    """TF-IDF of what `read` finds in a text and of its character trigrams; logistic regression, classes balanced."""

    def __init__(self, read: Callable[[str], Read] = _words) -> None:
        self._read = read

    def fit(self, examples: Sequence[tuple[str, str]]) -> "LinearModel":
        texts, labels = [text for text, _ in examples], [label for _, label in examples]
        self._vectors = TfidfVectorizer(
            analyzer=partial(_features, self._read), sublinear_tf=True, max_features=MOST_FEATURES
        )
        self._chars = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 3), sublinear_tf=True, max_features=MOST_FEATURES, preprocessor=_clipped
        )
        matrix = csr_matrix(hstack([self._vectors.fit_transform(texts), self._chars.fit_transform(texts)]))
        self._model = LogisticRegression(C=8.0, class_weight="balanced", max_iter=400, tol=1e-3)
        self._model.fit(matrix, labels)
        self.labels = [str(label) for label in self._model.classes_]
        weights = self._model.coef_
        if len(weights) == 1:  # two labels share one row of coefficients
            weights = np.vstack([-weights[0], weights[0]])
        self._weights = weights[:, : len(self._vectors.vocabulary_)] * self._vectors.idf_
        return self

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not texts:
            return []
        probabilities = self.probabilities(texts)
        return [_suggested(self.labels, probabilities[i], self.speaking(text)) for i, text in enumerate(texts)]

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """One row a text, one column a label, in the order of `labels`."""
        matrix = csr_matrix(hstack([self._vectors.transform(texts), self._chars.transform(texts)]))
        return np.asarray(self._model.predict_proba(matrix))

    def speaking(self, text: str) -> Speaking:
        return _speaking(self._vectors.vocabulary_, self._weights, self._read(text))


class Blend:
    """Departments by both: a linear model that has read the descriptions too, times a power of the cold start's say.

    A few hundred labels alone route worse than the descriptions do. The power served best in cross-validation on
    Valmont-sur-Loire's messages, where the mean probability of the first label is the share of those that are right.
    """

    COLD_POWER = 0.6

    def __init__(self, departments: Sequence[DepartmentText], examples: Sequence[tuple[str, str]]) -> None:
        own = [(text, d.slug) for d in departments for text in (d.name, d.description, *d.competences) if text]
        self._cold = ColdStart(departments)
        self._linear = LinearModel().fit([*examples, *own])
        self._order = [self._cold.slugs.index(label) for label in self._linear.labels]

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        if not texts:
            return []
        cold = self._cold.probabilities(texts)[:, self._order]
        probabilities = _shares(self._linear.probabilities(texts) * cold**self.COLD_POWER)
        return [
            _suggested(self._linear.labels, probabilities[i], self._linear.speaking(text))
            for i, text in enumerate(texts)
        ]


class Cues:
    """A label by transparent cues (`text.cues`), for as long as there are no labels to learn from.

    The certainties are fixed: seven in ten are right where a cue spoke; where none did, it does not know.
    """

    WITH_CUE = 0.7
    WITHOUT = 0.3

    def __init__(self, rule: Callable[[str], tuple[str, tuple[str, ...]]]) -> None:
        self._rule = rule

    def predict(self, texts: Sequence[str]) -> list[list[Suggestion]]:
        return [self._suggest(text[:MOST_CHARACTERS]) for text in texts]

    def _suggest(self, text: str) -> list[Suggestion]:
        label, words = self._rule(text)
        if words:
            return [Suggestion(label, self.WITH_CUE, words)]
        return [Suggestion(None, self.WITHOUT), Suggestion(label, self.WITHOUT)]


def _clipped(text: str) -> str:
    return fold(text[:MOST_CHARACTERS])


def _shares(odds: Probabilities) -> Probabilities:
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _features(read: Callable[[str], Read], text: str) -> list[str]:
    return [feature for feature, _ in read(text)]


def _suggested(labels: Sequence[str], probabilities: Probabilities, speaking: Speaking) -> list[Suggestion]:
    best = np.argsort(-probabilities, kind="stable")[:MOST_SUGGESTED]
    found = [Suggestion(labels[i], float(probabilities[i]), speaking(int(i))) for i in best]
    if found and found[0].probability < THRESHOLD:
        found.insert(0, Suggestion(None, found[0].probability))
    return found


def _speaking(vocabulary: Mapping[str, int], weights: Probabilities, read: Read) -> Speaking:
    """Tells which words of a text, as they were written, weigh most for a label; `weights`: labels by features."""
    here = {vocabulary[feature]: shown for feature, shown in reversed(read) if shown and feature in vocabulary}
    places = list(here)

    def spoke(label: int) -> tuple[str, ...]:
        mine = weights[label, places]
        return tuple(here[places[i]] for i in np.argsort(-mine, kind="stable")[:MOST_WORDS] if mine[i] > 0)

    return spoke
