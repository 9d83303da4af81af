"""Topics of messages to French city halls, from the bundled examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.embedding_model import Encoder
from portevoix.text.labels.ensemble import Probabilities


@dataclass(frozen=True)
class Topics:
    """The classifier of the starter's departments, with the available encoders."""

    model: Classifier
    encoders: tuple[Encoder, ...]

    def shares(self, texts: Sequence[str]) -> Probabilities:
        """Return probabilities, (texts, topics)."""
        return self.model.probabilities(texts, self.model.vectors(texts, self.encoders))

    @cached_property
    def phrases(self) -> tuple[list[str], NDArray[np.int64]]:
        """Phrases of the starter's departments, and the index of each phrase's topic."""
        departments = {row.slug: row for row in starter.departments()}
        phrases = [(phrase, n) for n, slug in enumerate(self.model.labels) for phrase in departments[slug].phrases]
        return [phrase for phrase, _ in phrases], np.array([n for _, n in phrases])


@cache
def topics(encoders: tuple[Encoder, ...]) -> Topics:
    """Return the topics, loaded once a process. They are one model of several, so they are not calibrated."""
    return Topics(load_bundled("department").without_calibration(), encoders)
