"""What messages to French city halls are about, as learnt from those that ship with the program."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from portevoix.text import starter
from portevoix.text.labels.bundled import shipped
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.embeddings import Encoder
from portevoix.text.labels.ensemble import Probabilities


@dataclass(frozen=True)
class Topics:
    """The classifier of the starter's departments, with the encoders that there are."""

    model: Classifier
    encoders: tuple[Encoder, ...]

    def shares(self, texts: Sequence[str]) -> Probabilities:
        """(texts, topics)."""
        return self.model.probabilities(texts, self.model.vectors(texts, self.encoders))

    @cached_property
    def phrases(self) -> tuple[list[str], NDArray[np.int64]]:
        """What the starter's departments say of themselves, and the number of each one's topic."""
        known = {row.slug: row for row in starter.departments()}
        said = [(phrase, n) for n, slug in enumerate(self.model.labels) for phrase in known[slug].phrases]
        return [phrase for phrase, _ in said], np.array([n for _, n in said])


@cache
def topics(encoders: tuple[Encoder, ...]) -> Topics:
    """Loaded once a process. It is one opinion of several here: how often it is right alone does not matter."""
    return Topics(shipped("department").untold(), encoders)
