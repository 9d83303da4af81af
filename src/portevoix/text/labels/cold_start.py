"""Departments by what they say of themselves: what serves before a city has labels, and one more opinion afterwards.

Three readings of the departments' own phrases (words in common, a model learnt from each phrase, what the phrases mean)
and what other cities' messages were about: departments that say the same of themselves are asked the same.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from portevoix.text.labels.embeddings import Encoder, Semantic, encode
from portevoix.text.labels.ensemble import Probabilities, softmax
from portevoix.text.labels.features import Texts
from portevoix.text.labels.linear import Lexical, Scores
from portevoix.text.labels.topics import Topics
from portevoix.text.starter import DepartmentText
from portevoix.text.tokens import STOP, fold_word, stem, surface

MOST_CHARACTERS = 4000
# How much each reading counts, and how sure all are together; set on the Grand débat's services, by descriptions
# written for it, and on Valmont-sur-Loire's departments.
_COMMON, _LEARNT, _MEANT, _ELSEWHERE = 23.0, 3.0, 1.0, 2.0
CERTAINTY = 0.52
_FLOOR = 0.02


class Sure(NamedTuple):
    """It is sure of a department whose probability is `alone`, or whose lead times that by other cities' messages is
    `together`. A lead is a probability without what each has by chance: 0 for that, 1 for certainty.
    """

    together: float
    alone: float


BY_WORDS, BY_MEANING = Sure(together=0.27, alone=0.98), Sure(together=0.49, alone=0.995)
"""So that 95 % are right of Valmont's messages and of the Grand débat's, to services described for it."""

RIGHT, NOT_SURE = 0.95, 0.94
"""How likely what it is sure of is told to be at least, and what it is not sure of at most."""

type Tally = list[tuple[str, str]]
"""Stems of a text's words, each with the word as it is written."""


@dataclass(frozen=True)
class Profiles:
    """TF-IDF of stems: `roots`, ascending, the inverse frequency of each, and what each department says.

    `weights` of shape (departments, roots), each row of length one.
    """

    roots: tuple[str, ...]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """`texts`: all that each department says. idf = ln((1 + n) / (1 + df)) + 1."""
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
        """(texts, departments): the cosines."""
        return np.asarray(self._rows([stems(text) for text in texts]) @ self.weights.T)

    def _rows(self, tallies: Sequence[Tally]) -> csr_matrix:
        """(texts, roots): (1 + ln count) · idf, each text brought to length one."""
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
class Own:
    """The departments' own phrases, read in up to three ways; `meaning` is read in the vectors of `encoder`."""

    profiles: Profiles
    words: Lexical
    meaning: Semantic | None = None
    encoder: Encoder | None = None

    def scores(self, texts: Sequence[str]) -> Scores:
        """(texts, departments)."""
        scores = _COMMON * self.profiles.scores(texts)
        scores = scores + _LEARNT * self.words.scores(Texts.of(texts).grams)
        if self.meaning and self.encoder:
            scores = scores + _MEANT * self.meaning.scores(encode(self.encoder, texts))
        return np.asarray(scores)


@dataclass(frozen=True)
class Known:
    """What there is to go by. `matches` of shape (topics, departments): shares of one for each topic."""

    own: Own
    topics: Topics
    matches: NDArray[np.float64]


@dataclass(frozen=True)
class ColdStart:
    """Scores departments without having seen one labelled message of the city.

    `known` is None when fewer than two departments say anything.
    """

    slugs: tuple[str, ...]
    known: Known | None = None

    @property
    def usable(self) -> bool:
        return self.known is not None

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """(texts, departments), in the order of `slugs`; all alike when nothing is known of them."""
        return self.told(texts)[0]

    def told(self, texts: Sequence[str]) -> tuple[Probabilities, NDArray[np.bool_]]:
        """`probabilities`, and of which texts it is sure."""
        if self.known is None or not texts:
            return np.full((len(texts), len(self.slugs)), 1 / max(1, len(self.slugs))), np.zeros(len(texts), np.bool_)
        texts = Texts.of(texts)
        shares = self.known.topics.shares(texts) @ self.known.matches
        found = softmax(CERTAINTY * (self.known.own.scores(texts) + _ELSEWHERE * np.log(shares + _FLOOR)))
        first = np.arange(len(found)), found.argmax(axis=1)
        least = BY_MEANING if self.known.own.meaning else BY_WORDS
        agreed = _lead(found)[first] * _lead(shares)[first]
        return found, (found[first] >= least.alone) | (agreed >= least.together)

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """The logarithms, in the order of `labels`; of a label that is no department, what an unlikely one has."""
        found = np.log(self.probabilities(texts))
        unknown = np.full((len(texts), 1), np.log(_FLOOR / max(1, len(self.slugs))))
        places = [self.slugs.index(label) if label in self.slugs else len(self.slugs) for label in labels]
        return np.hstack([found, unknown])[:, places]

    def spoke(self, text: str, slugs: Sequence[str], most: int) -> list[tuple[str, ...]]:
        """For each department, the words of the text that stand in what it says of itself, the most telling first."""
        if self.known is None:
            return [() for _ in slugs]
        profiles = self.known.own.profiles
        places = profiles.places
        here = {places[root]: word for root, word in reversed(stems(text)) if root in places}
        told = []
        for slug in slugs:
            mine = profiles.weights[self.slugs.index(slug)]
            best = sorted((place for place in here if mine[place] > 0), key=mine.__getitem__, reverse=True)
            told.append(tuple(here[place] for place in best[:most]))
        return told


def coherent(found: Probabilities, sure: NDArray[np.bool_]) -> Probabilities:
    """The same as they are told: of what is `sure` the first is RIGHT at least, of all else NOT_SURE at most."""
    likely = found.max(axis=1, initial=0)
    shown = np.where(sure, np.maximum(likely, RIGHT), np.minimum(likely, NOT_SURE))
    rest = np.divide(1 - shown, 1 - likely, out=np.zeros_like(likely), where=likely < 1)
    return np.where(found == likely[:, None], shown[:, None], found * rest[:, None])


def _lead(shares: Probabilities) -> Probabilities:
    """As in `Sure`: a half is nothing where there are two departments, and much where there are fourteen."""
    chance = 1 / shares.shape[1]
    return np.asarray(np.maximum(shares - chance, 0) / (1 - chance))


def tell(departments: Sequence[DepartmentText]) -> bool:
    """Whether two of them at least say anything, so that there is something to choose by."""
    return sum(any(map(stems, department.phrases)) for department in departments) > 1


@lru_cache(1000)  # a batch is read to be scored, and again to say which words spoke
def stems(text: str) -> Tally:
    """Of the words that say something, without those of all languages' grammar."""
    found = ((fold_word(word), word) for word in surface(text[:MOST_CHARACTERS]))
    return [(stem(folded), word.lower()) for folded, word in found if len(folded) > 1 and folded not in STOP]
