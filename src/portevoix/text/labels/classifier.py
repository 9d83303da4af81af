"""Labels texts: by their words, and their meaning where sentence encoders are installed, weighed by how far each was
right on texts that it had not seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.embeddings import Encoder, Semantic, Vectors, encode
from portevoix.text.labels.ensemble import PLAIN, Opinions, Probabilities
from portevoix.text.labels.features import Texts
from portevoix.text.labels.linear import Lexical, Scores

MOST_WORDS = 4
"""That are said to have spoken for a label."""


class Prior(Protocol):
    """What is known of labels before any example."""

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """(texts, labels): logarithms of probabilities."""


@dataclass(frozen=True)
class Classifier:
    """`labels` in their order; what the models say of a text is weighed by `alone` without vectors, else by `together`.

    `meanings`: by the name of the encoder whose vectors it reads. `prior` is one more opinion, learnt from no example.
    """

    labels: tuple[str, ...]
    words: Lexical
    alone: Opinions
    meanings: dict[str, Semantic]
    together: Opinions | None
    prior: Prior | None = None

    def probabilities(self, texts: Sequence[str], vectors: Sequence[Vectors] | None = None) -> Probabilities:
        """(texts, labels). `vectors`: of each of `meanings`, in their order; without them the words alone decide."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        said = [self.words.scores(Texts.of(texts).grams)]
        said += [self.prior.scores(texts, self.labels)] if self.prior else []
        if not vectors or self.together is None:
            return self.alone.probabilities(said)
        said += [model.scores(given) for model, given in zip(self.meanings.values(), vectors, strict=True)]
        return self.together.probabilities(said)

    def untold(self) -> Self:
        """The same, told nothing of how often its first label is right: the shares as they stand."""
        alone, together = self.alone, self.together
        return replace(self, alone=replace(alone, trust=PLAIN), together=together and replace(together, trust=PLAIN))

    def vectors(self, texts: Sequence[str], encoders: Sequence[Encoder]) -> list[Vectors] | None:
        """What `probabilities` wants of these encoders; None when one that was learnt with is not among them."""
        known = {encoder.name: encoder for encoder in encoders}
        if not self.reads(known.keys()):
            return None
        return [encode(known[name], texts) for name in self.meanings]

    def reads(self, encoders: Collection[str]) -> bool:
        """Whether it knows more by what encoders of these names say: it wants all that it was learnt with."""
        return bool(self.meanings) and self.meanings.keys() <= set(encoders)

    def threshold(self, *, vectors: bool) -> float:
        """From this probability on it is sure."""
        return self.together.threshold if vectors and self.together else self.alone.threshold

    def spoke(self, texts: Sequence[str], labels: NDArray[np.int64]) -> list[list[tuple[str, ...]]]:
        """`labels` of shape (texts, several): for each text and each label of it, the words that spoke most for it."""
        words = Texts.of(texts).words
        columns = self.words.vocabulary.columns(words.buckets)
        of = np.repeat(np.arange(len(texts)), np.diff(words.bounds))
        told: list[list[tuple[str, ...]]] = [[] for _ in texts]
        for several in labels.T:
            weights = self.words.weights[columns, several[of]] * self.words.vocabulary.idf[columns]
            said = np.where(columns < 0, 0.0, weights).tolist()
            for mine, (start, end) in zip(told, pairwise(words.bounds), strict=True):
                best = sorted((n for n in range(start, end) if said[n] > 0), key=said.__getitem__, reverse=True)
                mine.append(tuple(islice(dict.fromkeys(words.written[n] for n in best), MOST_WORDS)))
        return told
