"""Retraining on a city's labels: a trial on its latest messages against the version in use, then training on all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from portevoix.kernel.errors import BadInput
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.evaluation import Report, evaluate
from portevoix.text.labels.factory import DatedExamples, LabellerFactory
from portevoix.text.labels.model_store import StoredModel, dump, version_digest
from portevoix.text.labels.predictor import Labeller, TrainedLabeller, are_enough
from portevoix.text.training import ensemble
from portevoix.text.training.from_labels import train_labeller
from portevoix.text.training.protocol import ExistingVersions, NewVersion

LATEST = timedelta(weeks=4)
NOTABLE_FACTOR = 1.2
"""A label is reported when it is suggested more than this many times as readily as before, or less than its inverse."""
FEWEST_LATEST = 30
"""With fewer examples in the last weeks, the trial uses the latest quarter."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The labeller trained without the messages written `since`, and the reports of it and the one before on these.

    `thresholds`: the probabilities from which on it is right often enough there, by words alone and with embeddings; 0
    where its own threshold is high enough.
    """

    labeller: TrainedLabeller
    thresholds: tuple[float, float]
    report: Report
    before: Report
    since: datetime


def retrain(
    ground: LabellerFactory, examples: DatedExamples, before: ExistingVersions, *, now: datetime
) -> tuple[dict[str, Any], NewVersion | None]:
    """Return the result and the new version, if there is one."""
    usable_examples = ground.usable(examples)
    few = {"came": "few", "examples": len(usable_examples)}
    every = train_labeller(ground, [(text, label) for text, label, _ in usable_examples], in_order=True)
    if every is None:
        return few, None
    if before.newest == version_digest(dump(StoredModel(ground.task, every.model))):
        return {"came": "same"}, None
    result = trial(ground, usable_examples, earlier(ground, before), now=now)
    if result is None:
        return few, None
    summary = {"accuracy": result.report.accuracy, "before": result.before.accuracy, "tried": result.report.n}
    if not _better(result, chosen=before.chosen):
        return {"came": "worse", **summary}, None
    figures = {
        "now": result.report.as_json(),
        "before": result.before.as_json(),
        "since": result.since.isoformat(),
        "careful": any(result.thresholds),
        "lately": _lately(every.model),
    }
    content = dump(StoredModel(ground.task, _careful(every.model, result.thresholds)))
    alone = dump(StoredModel(ground.task, result.labeller.model))
    return {"came": "kept", **summary}, NewVersion(every.model.labels, content, alone, figures, len(usable_examples))


def earlier(ground: LabellerFactory, before: ExistingVersions) -> Labeller:
    """Return the version in use as it was at its trial: the one in use has since been trained on the trial messages."""
    if before.tried is None:
        return ground.first_day()
    try:
        return ground.restore(before.tried, name=ground.task)
    except BadInput:  # reported where it is loaded for use
        return ground.first_day()


def trial(ground: LabellerFactory, examples: DatedExamples, before: Labeller, *, now: datetime) -> Trial | None:
    """Return the trial on the latest messages; None when there are too few to train and to try.

    `before` must not be trained on the latest messages either.
    """
    usable_examples = ground.usable(examples)
    pairs = [(text, label) for text, label, _ in usable_examples]
    latest = sum(at > now - LATEST for _, _, at in usable_examples)
    if latest < FEWEST_LATEST or not are_enough(pairs[:-latest]):
        latest = len(pairs) // 4
    earliest = pairs[: len(pairs) - latest]
    labeller = train_labeller(ground, earliest, in_order=True) if latest else None
    if labeller is None:
        return None
    trial_pairs = pairs[len(earliest) :]
    thresholds = _prove_thresholds(labeller, trial_pairs)
    labeller = TrainedLabeller(_careful(labeller.model, thresholds), labeller.encoders)
    return Trial(
        labeller,
        thresholds,
        evaluate(labeller, trial_pairs),
        evaluate(before, trial_pairs),
        usable_examples[len(earliest)][2],
    )


def _prove_thresholds(made: TrainedLabeller, tried: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return the thresholds as in `Trial`. Cross-validation knows only the past; topics and departments change."""
    model, texts = made.model, [text for text, _ in tried]
    labels = np.array([model.labels.index(label) if label in model.labels else -1 for _, label in tried])
    vectors = model.vectors(texts, made.encoders)
    alone = ensemble.prove_threshold(model.probabilities(texts), labels, model.threshold(vectors=False))
    if vectors is None:
        return alone, 0.0
    return alone, ensemble.prove_threshold(model.probabilities(texts, vectors), labels, model.threshold(vectors=True))


def _careful(model: Classifier, proved: tuple[float, float]) -> Classifier:
    """Return the model with thresholds of at least `proved`, by words alone and with embeddings."""
    alone, together = model.alone, model.together
    return replace(
        model,
        alone=replace(alone, threshold=max(alone.threshold, proved[0])),
        together=together and replace(together, threshold=max(together.threshold, proved[1])),
    )


def _lately(model: Classifier) -> dict[str, float]:
    """Return how many times as readily each label is suggested due to recent frequencies, where it is notable."""
    shifts = (model.together or model.alone).lately
    if shifts is None:
        return {}
    times = {label: round(float(factor), 2) for label, factor in zip(model.labels, np.exp(shifts), strict=True)}
    return {label: factor for label, factor in times.items() if not 1 / NOTABLE_FACTOR < factor < NOTABLE_FACTOR}


def _better(tried: Trial, *, chosen: bool) -> bool:
    """Return whether the new version is no worse; one that a person chose is replaced only by a better one."""
    mine, theirs = tried.report.accuracy, tried.before.accuracy
    return mine > theirs or (mine == theirs and not chosen)
