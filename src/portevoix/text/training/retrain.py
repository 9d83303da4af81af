"""What a city taught is learnt anew: first tried on its latest messages, beside what serves, then learnt from all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from portevoix.kernel.errors import BadInput
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.evaluation import Report, evaluate
from portevoix.text.labels.factory import Dated, Ground
from portevoix.text.labels.model_store import Stored, dump, mark
from portevoix.text.labels.predictor import Labeller, Learnt, enough
from portevoix.text.training import ensemble
from portevoix.text.training.from_labels import learnt
from portevoix.text.training.protocol import Before, New

LATEST = timedelta(weeks=4)
TOLD = 1.2
"""A label is named that is suggested so many times as readily as before, or by so much less."""
FEWEST_LATEST = 30
"""With fewer in the last weeks, the latest quarter is tried."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was learnt without the messages written `since`, and how right it and the one before are on these.

    `proved`: from which probabilities on it is right often enough there, by words alone and by meaning too; 0 where it
    was sure of nothing too early.
    """

    learnt: Learnt
    proved: tuple[float, float]
    report: Report
    before: Report
    since: datetime


def refit(ground: Ground, examples: Dated, before: Before, *, now: datetime) -> tuple[dict[str, Any], New | None]:
    """What came of it, and the new version where there is one."""
    dated = ground.usable(examples)
    few = {"came": "few", "examples": len(dated)}
    every = learnt(ground, [(text, label) for text, label, _ in dated], in_order=True)
    if every is None:
        return few, None
    if before.newest == mark(dump(Stored(ground.task, every.model))):
        return {"came": "same"}, None
    tried = trial(ground, dated, earlier(ground, before), now=now)
    if tried is None:
        return few, None
    told = {"accuracy": tried.report.accuracy, "before": tried.before.accuracy, "tried": tried.report.n}
    if not _better(tried, chosen=before.chosen):
        return {"came": "worse", **told}, None
    measured = {
        "now": tried.report.as_json(),
        "before": tried.before.as_json(),
        "since": tried.since.isoformat(),
        "careful": any(tried.proved),
        "lately": _lately(every.model),
    }
    content = dump(Stored(ground.task, _careful(every.model, tried.proved)))
    alone = dump(Stored(ground.task, tried.learnt.model))
    return {"came": "kept", **told}, New(every.model.labels, content, alone, measured, len(dated))


def earlier(ground: Ground, before: Before) -> Labeller:
    """As the version in service was when it was tried: what serves has meanwhile seen the messages it is tried on."""
    if before.tried is None:
        return ground.first_day()
    try:
        return ground.restored(before.tried, name=ground.task)
    except BadInput:  # told where it is to serve
        return ground.first_day()


def trial(ground: Ground, examples: Dated, before: Labeller, *, now: datetime) -> Trial | None:
    """`before` must not have seen the latest messages either. None when there are too few to learn from and to try."""
    dated = ground.usable(examples)
    ordered = [(text, label) for text, label, _ in dated]
    latest = sum(at > now - LATEST for _, _, at in dated)
    if latest < FEWEST_LATEST or not enough(ordered[:-latest]):
        latest = len(ordered) // 4
    earliest = ordered[: len(ordered) - latest]
    made = learnt(ground, earliest, in_order=True) if latest else None
    if made is None:
        return None
    tried = ordered[len(earliest) :]
    proved = _proved(made, tried)
    made = Learnt(_careful(made.model, proved), made.encoders)
    return Trial(made, proved, evaluate(made, tried), evaluate(before, tried), dated[len(earliest)][2])


def _proved(made: Learnt, tried: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """As in `Trial`. Cross-validation knows the past alone: what citizens ask for changes, and so does who answers."""
    model, texts = made.model, [text for text, _ in tried]
    labels = np.array([model.labels.index(label) if label in model.labels else -1 for _, label in tried])
    vectors = model.vectors(texts, made.encoders)
    alone = ensemble.proved(model.probabilities(texts), labels, model.threshold(vectors=False))
    if vectors is None:
        return alone, 0.0
    return alone, ensemble.proved(model.probabilities(texts, vectors), labels, model.threshold(vectors=True))


def _careful(model: Classifier, proved: tuple[float, float]) -> Classifier:
    """Sure from what was `proved` on, by words alone and by meaning too, where it would be earlier."""
    alone, together = model.alone, model.together
    return replace(
        model,
        alone=replace(alone, threshold=max(alone.threshold, proved[0])),
        together=together and replace(together, threshold=max(together.threshold, proved[1])),
    )


def _lately(model: Classifier) -> dict[str, float]:
    """How many times as readily it suggests what was asked about lately, or was not, where that is worth telling."""
    added = (model.together or model.alone).lately
    if added is None:
        return {}
    times = {label: round(float(factor), 2) for label, factor in zip(model.labels, np.exp(added), strict=True)}
    return {label: factor for label, factor in times.items() if not 1 / TOLD < factor < TOLD}


def _better(tried: Trial, *, chosen: bool) -> bool:
    """No worse; what a person chose gives way only to what is better."""
    mine, theirs = tried.report.accuracy, tried.before.accuracy
    return mine > theirs or (mine == theirs and not chosen)
