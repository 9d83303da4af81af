"""Evaluation of a labeller on texts with known labels."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.metrics import f1_score

from portevoix.text.labels.predictor import Labeller

BINS = 10


@dataclass(frozen=True, slots=True)
class Report:
    """Accuracy of a labeller. `accuracy` and `macro_f1` score the most probable label, ignoring the threshold.

    `coverage` is the share of texts that it is sure of, `accuracy_when_sure` the share of these that is right (None if
    there are none). `ece`: expected calibration error over BINS equal ranges of probability (Naeini, Cooper and
    Hauskrecht, 2015). `texts_per_s` is the rate of prediction.
    """

    accuracy: float
    macro_f1: float
    coverage: float
    accuracy_when_sure: float | None
    ece: float
    texts_per_s: float
    n: int

    def as_json(self) -> dict[str, float | int | None]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


def evaluate(labeller: Labeller, examples: Sequence[tuple[str, str]]) -> Report:
    """Return the report of a labeller on `examples` (text, label), at least one."""
    texts, labels = [text for text, _ in examples], np.array([label for _, label in examples])
    labeller.predict(texts[:1])  # what is loaded at first is not the rate
    start = time.perf_counter()
    predictions = labeller.predict(texts)
    seconds = time.perf_counter() - start
    firsts = [next((s for s in several if s.label is not None), None) for several in predictions]
    suggestions = np.array([first.label if first else "" for first in firsts])
    likely = np.array([first.probability if first else 0.0 for first in firsts])
    sure = np.array([bool(several) and several[0].label is not None for several in predictions])
    right = suggestions == labels
    return Report(
        accuracy=float(right.mean()),
        macro_f1=float(f1_score(labels, suggestions, average="macro", labels=sorted(set(labels)), zero_division=0)),
        coverage=float(sure.mean()),
        accuracy_when_sure=float(right[sure].mean()) if sure.any() else None,
        ece=calibration_error(likely, right),
        texts_per_s=len(texts) / seconds,
        n=len(texts),
    )


def calibration_error(probabilities: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error: the mean difference of probability and accuracy by probability range."""
    ranges = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    parts = [ranges == n for n in np.unique(ranges)]
    return float(sum(abs(right[p].mean() - probabilities[p].mean()) * p.mean() for p in parts))
