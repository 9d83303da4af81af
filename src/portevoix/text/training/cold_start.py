"""Training of cold-start models from departments' descriptions and the topics of other cities' messages."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from portevoix.text.labels.cold_start import CERTAINTY, ColdStart, Evidence, PhraseModels, Profiles, have_descriptions
from portevoix.text.labels.embedding_model import Encoder, encode
from portevoix.text.labels.ensemble import softmax
from portevoix.text.labels.features import grams
from portevoix.text.labels.topics import Topics, topics
from portevoix.text.starter import DepartmentText
from portevoix.text.training import embedding_model, linear
from portevoix.text.training.options import FitOptions


def fit(departments: Sequence[DepartmentText], encoders: Sequence[Encoder] = ()) -> ColdStart:
    """Return the cold-start model, not usable when fewer than two departments have a description."""
    slugs = tuple(department.slug for department in departments)
    if not have_descriptions(departments):
        return ColdStart(slugs)
    phrase_rows = [(phrase, n) for n, department in enumerate(departments) for phrase in department.phrases]
    phrases, of = [phrase for phrase, _ in phrase_rows], np.array([n for _, n in phrase_rows], np.int64)
    encoder = next((encoder for encoder in encoders if not encoder.slow), None)
    own = PhraseModels(
        Profiles.of([" ".join([d.name, *d.phrases]) for d in departments]),
        linear.fit(linear.read(grams(phrases)), of, len(departments), FitOptions(1.0, lift=True)),
        embedding_model.fit(encode(encoder, phrases), of, len(departments), FitOptions(0.003, lift=True))
        if encoder
        else None,
        encoder,
    )
    elsewhere = topics(tuple(encoders))
    return ColdStart(slugs, Evidence(own, elsewhere, _matching(own, elsewhere)))


def _matching(own: PhraseModels, elsewhere: Topics) -> NDArray[np.float64]:
    """Return how each topic's phrases are routed, (topics, departments), with most of the weight on the best."""
    phrases, topic_of = elsewhere.phrases
    shares = softmax(CERTAINTY * own.scores(phrases))
    matches = np.stack([shares[topic_of == n].mean(axis=0) for n in range(topic_of.max() + 1)]) ** 2
    return np.asarray(matches / matches.sum(axis=1, keepdims=True))
