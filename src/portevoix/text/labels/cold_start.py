"""Suggestion of departments from their own descriptions: before a city has labels, and as one more model afterwards.

Three models of the departments' phrases (common words, a model trained on the phrases, embeddings of the phrases) and
the topics of other cities' messages: departments with similar descriptions receive similar messages.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from portevoix.text.labels.embedding_model import EmbeddingModel, Encoder, encode
from portevoix.text.labels.ensemble import Probabilities, softmax
from portevoix.text.labels.features import Texts
from portevoix.text.labels.linear import LinearModel, Scores
from portevoix.text.labels.topics import Topics
from portevoix.text.starter import DepartmentText
from portevoix.text.tokens import STOP, fold_word, stem, surface_words

MOST_CHARACTERS = 4000
# The weight of each model, and the certainty of all together; set on the Grand débat's services, by descriptions
# written for it, and on Valmont-sur-Loire's departments.
_WORDS_WEIGHT, _MODEL_WEIGHT, _EMBEDDING_WEIGHT, _TOPICS_WEIGHT = 23.0, 3.0, 1.0, 2.0
CERTAINTY = 0.52
_FLOOR = 0.02


class Thresholds(NamedTuple):
    """Thresholds: a department is sure at the probability `alone`, or at the product of two leads `together`.

    The leads are those of the probability and of the share by other cities' messages. A lead is a probability scaled
    so that chance is 0 and certainty 1.
    """

    together: float
    alone: float


BY_WORDS, BY_MEANING = Thresholds(together=0.27, alone=0.98), Thresholds(together=0.49, alone=0.995)
"""So that 95 % are right of Valmont's messages and of the Grand débat's, to services described for it."""

RIGHT, NOT_SURE = 0.95, 0.94
"""The least probability shown for a sure suggestion, and the most for one that is not sure."""

type Tally = list[tuple[str, str]]
"""Stems of a text's words, each with the word as written."""


@dataclass(frozen=True)
class Profiles:
    """TF-IDF of stems: `roots`, ascending, the inverse frequency of each, and the weights of each department.

    `weights` of shape (departments, roots), each row of length one.
    """

    roots: tuple[str, ...]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Return the profiles of `texts`, one for each department. idf = ln((1 + n) / (1 + df)) + 1."""
        tallies = [stems(text) for text in texts]
        holding = Counter(root for tally in tallies for root in {root for root, _ in tally})
        roots = tuple(sorted(holding))
        idf = np.log((1 + len(texts)) / (1 + np.array([holding[root] for root in roots], np.float64))) + 1
        bare = cls(roots, idf, np.zeros((0, len(roots))))
        return cls(roots, idf, bare._rows(tallies).toarray())

    @cached_property
    def places(self) -> dict[str, int]:
        return {root: place for place, root in enumerate(self.roots)}

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the cosines, (texts, departments)."""
        return np.asarray(self._rows([stems(text) for text in texts]) @ self.weights.T)

    def _rows(self, tallies: Sequence[Tally]) -> csr_matrix:
        """Return (1 + ln count) · idf, (texts, roots), each text normalised to length one."""
        places = self.places
        counts = [Counter(places[root] for root, _ in tally if root in places) for tally in tallies]
        bounds = np.cumsum([0, *map(len, counts)])
        columns = np.fromiter((place for count in counts for place in count), np.int32, bounds[-1])
        times = np.fromiter((n for count in counts for n in count.values()), np.float64, bounds[-1])
        values = (1 + np.log(times)) * self.idf[columns]
        text_of = np.repeat(np.arange(len(tallies)), np.diff(bounds))
        values /= np.sqrt(np.bincount(text_of, values**2, minlength=len(tallies)))[text_of]
        return csr_matrix((values, columns, bounds), shape=(len(tallies), len(self.roots)))


@dataclass(frozen=True)
class PhraseModels:
    """Up to three models of the departments' own phrases; `meaning` applies to the vectors of `encoder`."""

    profiles: Profiles
    words: LinearModel
    meaning: EmbeddingModel | None = None
    encoder: Encoder | None = None

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the sum of the models' weighted scores, (texts, departments)."""
        scores = _WORDS_WEIGHT * self.profiles.scores(texts)
        scores = scores + _MODEL_WEIGHT * self.words.scores(Texts.of(texts).grams)
        if self.meaning and self.encoder:
            scores = scores + _EMBEDDING_WEIGHT * self.meaning.scores(encode(self.encoder, texts))
        return np.asarray(scores)


@dataclass(frozen=True)
class Evidence:
    """The trained models. `matches` of shape (topics, departments): shares of one for each topic."""

    own: PhraseModels
    topics: Topics
    matches: NDArray[np.float64]


@dataclass(frozen=True)
class ColdStart:
    """Scores of departments without any labelled message of the city.

    `evidence` is None when fewer than two departments have a description.
    """

    slugs: tuple[str, ...]
    evidence: Evidence | None = None

    @property
    def usable(self) -> bool:
        return self.evidence is not None

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Return probabilities, (texts, departments), in the order of `slugs`; all equal without a model."""
        return self.predict_with_certainty(texts)[0]

    def predict_with_certainty(self, texts: Sequence[str]) -> tuple[Probabilities, NDArray[np.bool_]]:
        """Return `probabilities`, and for each text whether it is sure."""
        if self.evidence is None or not texts:
            return np.full((len(texts), len(self.slugs)), 1 / max(1, len(self.slugs))), np.zeros(len(texts), np.bool_)
        texts = Texts.of(texts)
        shares = self.evidence.topics.shares(texts) @ self.evidence.matches
        probabilities = softmax(
            CERTAINTY * (self.evidence.own.scores(texts) + _TOPICS_WEIGHT * np.log(shares + _FLOOR))
        )
        first = np.arange(len(probabilities)), probabilities.argmax(axis=1)
        least = BY_MEANING if self.evidence.own.meaning else BY_WORDS
        joint_lead = _lead(probabilities)[first] * _lead(shares)[first]
        return probabilities, (probabilities[first] >= least.alone) | (joint_lead >= least.together)

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """Return log-probabilities, in the order of `labels`; a label that is no department gets an unlikely one's."""
        logarithms = np.log(self.probabilities(texts))
        unknown = np.full((len(texts), 1), np.log(_FLOOR / max(1, len(self.slugs))))
        places = [self.slugs.index(label) if label in self.slugs else len(self.slugs) for label in labels]
        return np.hstack([logarithms, unknown])[:, places]

    def explain(self, text: str, slugs: Sequence[str], most: int) -> list[tuple[str, ...]]:
        """Return for each department the words of the text that are in its description, the strongest first."""
        if self.evidence is None:
            return [() for _ in slugs]
        profiles = self.evidence.own.profiles
        places = profiles.places
        here = {places[root]: word for root, word in reversed(stems(text)) if root in places}
        words_by_department = []
        for slug in slugs:
            mine = profiles.weights[self.slugs.index(slug)]
            best = sorted((place for place in here if mine[place] > 0), key=mine.__getitem__, reverse=True)
            words_by_department.append(tuple(here[place] for place in best[:most]))
        return words_by_department


def adjust_to_certainty(found: Probabilities, sure: NDArray[np.bool_]) -> Probabilities:
    """Return the probabilities to show: the first is at least RIGHT where `sure`, at most NOT_SURE elsewhere."""
    likely = found.max(axis=1, initial=0)
    first_share = np.where(sure, np.maximum(likely, RIGHT), np.minimum(likely, NOT_SURE))
    rest = np.divide(1 - first_share, 1 - likely, out=np.zeros_like(likely), where=likely < 1)
    return np.where(found == likely[:, None], first_share[:, None], found * rest[:, None])


def _lead(shares: Probabilities) -> Probabilities:
    """Return leads as in `Thresholds`: a half is nothing among two departments, and much among fourteen."""
    chance = 1 / shares.shape[1]
    return np.asarray(np.maximum(shares - chance, 0) / (1 - chance))


def have_descriptions(departments: Sequence[DepartmentText]) -> bool:
    """Return whether at least two departments have a description, so that there is a choice."""
    return sum(any(map(stems, department.phrases)) for department in departments) > 1


@lru_cache(1000)  # a batch is read to be scored, and again to find the words that decided
def stems(text: str) -> Tally:
    """Return the stems of a text's words, stop words left out."""
    words = ((fold_word(word), word) for word in surface_words(text[:MOST_CHARACTERS]))
    return [(stem(base), word.lower()) for base, word in words if len(base) > 1 and base not in STOP]
