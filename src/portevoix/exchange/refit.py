"""Once a night the labellers are learnt anew from what hosts decided, and kept where they are no worse than before."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from portevoix.exchange import meaning
from portevoix.exchange.learn import grounds
from portevoix.kernel.errors import BadInput
from portevoix.record.operations.learnt import Made, Turn, claim, keep
from portevoix.record.queries import learnt as queries
from portevoix.record.queries import training
from portevoix.text.labels import Labeller
from portevoix.text.refit import TASKS, Ground, Trial, trial
from portevoix.text.stored import Stored, dump

log = structlog.get_logger("portevoix.learn")


def refit(*, now: datetime) -> int | None:
    """Learns one of tonight's tasks; 1 when a new version came of it. None when there is nothing to do.

    Nothing is written before all is learnt: a worker that is killed meanwhile leaves all as it was, and once its lease
    is over another one begins the task again.
    """
    turn = claim(tasks=TASKS, now=now)
    if turn is None:
        return None
    ground = next(each for each in grounds() if each.task == turn.task)
    told, made = _learn(ground, now)
    row = keep(turn=turn, told=told, made=made, now=now)
    _tell(turn, told, row)
    return int(row is not None)


def _learn(ground: Ground, now: datetime) -> tuple[dict[str, Any], Made | None]:
    """What came of it, and the new version where there is one."""
    ground = replace(ground, encoders=meaning.taught(ground.task))
    dated = ground.usable(training.dated(ground.task))
    few = {"came": "few", "examples": len(dated)}
    every = ground.learnt([(text, label) for text, label, _ in dated])
    if every is None:
        return few, None
    content = dump(Stored(ground.task, every.model))
    if queries.newest(ground.task) == content:
        return {"came": "same"}, None
    serving = queries.serving(ground.task)
    tried = trial(ground, dated, _before(ground, serving), now=now)
    if tried is None:
        return few, None
    told = {"accuracy": tried.report.accuracy, "before": tried.before.accuracy, "tried": tried.report.n}
    chosen = serving is not None and serving.by_id is not None
    if not _better(tried, chosen=chosen):
        return {"came": "worse", **told}, None
    measured = {"now": tried.report.as_json(), "before": tried.before.as_json(), "since": tried.since.isoformat()}
    made = Made(
        labels=every.model.labels,
        content=content,
        tried=dump(Stored(ground.task, tried.learnt.model)),
        measured=measured,
        examples=len(dated),
        against=serving.pk if serving else None,
    )
    return {"came": "kept", **told}, made


def _before(ground: Ground, serving: Any) -> Labeller:
    """As the version in service was when it was tried: what serves has meanwhile seen the messages it is tried on."""
    if serving is None:
        return ground.labeller(())
    try:
        return ground.restored(bytes(serving.tried), name=f"{serving.task} {serving.version}")
    except BadInput:  # told where it is to serve
        return ground.labeller(())


def _better(tried: Trial, *, chosen: bool) -> bool:
    """No worse; what a person chose gives way only to what is better."""
    mine, theirs = tried.report.accuracy, tried.before.accuracy
    return mine > theirs or (mine == theirs and not chosen)


def _tell(turn: Turn, told: dict[str, Any], row: Any) -> None:
    figures = {name: round(told[name], 3) for name in ("accuracy", "before") if name in told}
    if row is not None:
        log.info("model_changed", task=turn.task, version=row.version, serves=row.active, **figures)
    elif told["came"] == "worse":
        log.info("model_refused", task=turn.task, **figures)
