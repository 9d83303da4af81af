"""Classifier of texts by their words and, where sentence encoders are installed, by their embeddings.

Each model is weighted by its accuracy on texts that it had not seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.embedding_model import EmbeddingModel, Encoder, Vectors, encode
from portevoix.text.labels.ensemble import PLAIN, Ensemble, Probabilities
from portevoix.text.labels.features import Texts
from portevoix.text.labels.linear import LinearModel, Scores

MOST_WORDS = 4
"""Most words shown as evidence for a label."""


class Prior(Protocol):
    """Prior knowledge of labels, before any example."""

    def scores(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """Return logarithms of probabilities, (texts, labels)."""


@dataclass(frozen=True)
class Classifier:
    """Classifier of texts. Scores of its models are combined by `alone` without vectors, else by `together`.

    `meanings`: the models on vectors, by the encoder's name. `prior` is one more model, trained on no example.
    """

    labels: tuple[str, ...]
    words: LinearModel
    alone: Ensemble
    meanings: dict[str, EmbeddingModel]
    together: Ensemble | None
    prior: Prior | None = None

    def probabilities(self, texts: Sequence[str], vectors: Sequence[Vectors] | None = None) -> Probabilities:
        """Return probabilities, (texts, labels).

        `vectors`: those of each of `meanings`, in their order; without them the words alone decide.
        """
        if not texts:
            return np.zeros((0, len(self.labels)))
        scores = [self.words.scores(Texts.of(texts).grams)]
        scores += [self.prior.scores(texts, self.labels)] if self.prior else []
        if not vectors or self.together is None:
            return self.alone.probabilities(scores)
        scores += [
            model.scores(text_vectors) for model, text_vectors in zip(self.meanings.values(), vectors, strict=True)
        ]
        return self.together.probabilities(scores)

    def without_calibration(self) -> Self:
        """Return a copy without calibration of the first label: its probabilities are plain shares."""
        alone, together = self.alone, self.together
        return replace(self, alone=replace(alone, trust=PLAIN), together=together and replace(together, trust=PLAIN))

    def vectors(self, texts: Sequence[str], encoders: Sequence[Encoder]) -> list[Vectors] | None:
        """Return the vectors for `probabilities`; None when one of the encoders used in training is missing."""
        by_name = {encoder.name: encoder for encoder in encoders}
        if not self.reads(by_name.keys()):
            return None
        return [encode(by_name[name], texts) for name in self.meanings]

    def reads(self, encoders: Collection[str]) -> bool:
        """Return whether it uses vectors of encoders of these names: it needs all those used in training."""
        return bool(self.meanings) and self.meanings.keys() <= set(encoders)

    def threshold(self, *, vectors: bool) -> float:
        """Return the probability from which on it is sure."""
        return self.together.threshold if vectors and self.together else self.alone.threshold

    def explain(self, texts: Sequence[str], labels: NDArray[np.int64]) -> list[list[tuple[str, ...]]]:
        """Return the strongest words for each text and each of its labels; `labels` is of shape (texts, several)."""
        words = Texts.of(texts).words
        columns = self.words.vocabulary.columns(words.buckets)
        of = np.repeat(np.arange(len(texts)), np.diff(words.bounds))
        words_by_text: list[list[tuple[str, ...]]] = [[] for _ in texts]
        for several in labels.T:
            weights = self.words.weights[columns, several[of]] * self.words.vocabulary.idf[columns]
            strengths = np.where(columns < 0, 0.0, weights).tolist()
            for mine, (start, end) in zip(words_by_text, pairwise(words.bounds), strict=True):
                best = sorted(
                    (n for n in range(start, end) if strengths[n] > 0), key=strengths.__getitem__, reverse=True
                )
                mine.append(tuple(islice(dict.fromkeys(words.spellings[n] for n in best), MOST_WORDS)))
        return words_by_text
