"""Departments by what they say of themselves: what serves before a city has labels, and one more opinion afterwards.

Three readings of the departments' own phrases (words in common, a model learnt from each phrase, what the phrases mean)
and what other cities' messages were about: departments that say the same of themselves are asked the same.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from portevoix.text.lexical import Lexical, Scores, Way
from portevoix.text.ngrams import Texts, grams
from portevoix.text.opinions import Probabilities, softmax
from portevoix.text.semantic import Encoder, Semantic, encode
from portevoix.text.starter import DepartmentText
from portevoix.text.topics import topics
from portevoix.text.words import STOP, fold_word, stem, surface

MOST_CHARACTERS = 4000
# How much each reading counts, and how sure all are together; set on the Grand débat's services, by descriptions
# written for it, and on Valmont-sur-Loire's departments.
_COMMON, _LEARNT, _MEANT, _ELSEWHERE = 23.0, 3.0, 1.0, 2.0
_CERTAINTY = 0.52
_FLOOR = 0.02

type Tally = list[tuple[str, str]]
"""Stems of a text's words, each with the word as it is written."""


class ColdStart:
    """Scores departments without having seen one labelled message of the city."""

    def __init__(self, departments: Sequence[DepartmentText], encoders: Sequence[Encoder] = ()) -> None:
        self.slugs = tuple(department.slug for department in departments)
        said = [(phrase, n) for n, department in enumerate(departments) for phrase in department.phrases]
        self._phrases, self._of = [phrase for phrase, _ in said], np.array([n for _, n in said], np.int64)
        profiles = [" ".join([d.name, *d.phrases]) for d in departments]
        self.usable = len({n for phrase, n in said if stems(phrase)}) > 1
        if not self.usable:
            return
        self._vectors = TfidfVectorizer(analyzer=_roots, sublinear_tf=True)
        self._profiles = csr_matrix(self._vectors.fit_transform(map(stems, profiles))).toarray()
        self._learnt = Lexical.fit(grams(self._phrases), self._of, len(departments), Way(1.0, lift=True))
        self._encoder = next((encoder for encoder in encoders if not encoder.slow), None)
        if self._encoder:
            phrases = encode(self._encoder, self._phrases)
            self._meant = Semantic.fit(phrases, self._of, len(departments), Way(0.003, lift=True))
        self._topics = topics(tuple(encoders))
        self._matches = self._matching()

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """(texts, departments), in the order of `slugs`; all alike when nothing is known of them."""
        if not self.usable or not texts:
            return np.full((len(texts), len(self.slugs)), 1 / max(1, len(self.slugs)))
        texts = Texts.of(texts)
        shares = self._topics.shares(texts) @ self._matches
        return softmax(_CERTAINTY * (self._own(texts) + _ELSEWHERE * np.log(shares + _FLOOR)))

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """The logarithms, in the order of `labels`; of a label that is no department, what an unlikely one has."""
        found = np.log(self.probabilities(texts))
        unknown = np.full((len(texts), 1), np.log(_FLOOR / max(1, len(self.slugs))))
        places = [self.slugs.index(label) if label in self.slugs else len(self.slugs) for label in labels]
        return np.hstack([found, unknown])[:, places]

    def spoke(self, text: str, slugs: Sequence[str], most: int) -> list[tuple[str, ...]]:
        """For each department, the words of the text that stand in what it says of itself, the most telling first."""
        if not self.usable:
            return [() for _ in slugs]
        known = self._vectors.vocabulary_
        here = {known[root]: word for root, word in reversed(stems(text)) if root in known}
        told = []
        for slug in slugs:
            mine = self._profiles[self.slugs.index(slug)]
            best = sorted((place for place in here if mine[place] > 0), key=mine.__getitem__, reverse=True)
            told.append(tuple(here[place] for place in best[:most]))
        return told

    def _own(self, texts: Sequence[str]) -> Scores:
        scores = _COMMON * (self._vectors.transform(map(stems, texts)) @ self._profiles.T)
        scores = scores + _LEARNT * self._learnt.scores(Texts.of(texts).grams)
        if self._encoder:
            scores = scores + _MEANT * self._meant.scores(encode(self._encoder, texts))
        return np.asarray(scores)

    def _matching(self) -> NDArray[np.float64]:
        """(topics, departments): how a topic's phrases would be routed here, most of the weight on the best."""
        phrases, topic_of = self._topics.phrases
        routed = softmax(_CERTAINTY * self._own(phrases))
        matches = np.stack([routed[topic_of == n].mean(axis=0) for n in range(topic_of.max() + 1)]) ** 2
        return np.asarray(matches / matches.sum(axis=1, keepdims=True))


@lru_cache(1000)  # a batch is read to be scored, and again to say which words spoke
def stems(text: str) -> Tally:
    """Of the words that say something, without those of all languages' grammar."""
    found = ((fold_word(word), word) for word in surface(text[:MOST_CHARACTERS]))
    return [(stem(folded), word.lower()) for folded, word in found if len(folded) > 1 and folded not in STOP]


def _roots(tally: Tally) -> list[str]:
    return [root for root, _ in tally]
