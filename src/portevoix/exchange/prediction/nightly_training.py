"""Retrains the labellers once a night on the hosts' decisions, and keeps them where they are no worse than before.

A separate process trains; the worker starts it, goes on with its work, and stores the result.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import structlog

from portevoix.exchange.prediction import message_vectors
from portevoix.exchange.prediction.predictors import departments
from portevoix.exchange.prediction.training_process import TrainingProcess
from portevoix.kernel.errors import PortevoixError
from portevoix.record.operations.trained_models import NewVersion, Turn, claim, finish_turn
from portevoix.record.queries import trained_models as queries
from portevoix.record.queries import training
from portevoix.text.labels.factory import TASKS
from portevoix.text.labels.model_store import version_digest
from portevoix.text.training.protocol import ExistingVersions, Json, RetrainJob, ask_refit, read_refit_answer

log = structlog.get_logger("portevoix.learn")


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """A task of tonight in training. `against`: the version in service.

    Nothing is written before the end: a worker that is killed meanwhile changes nothing, its child ends with it, and
    once the lease is over another worker begins the task again.
    """

    turn: Turn
    child: TrainingProcess
    against: int | None
    inputs: str

    def end(self, *, now: datetime) -> int | None:
        """Store the result; return 1 when that is a new version, None while it still trains.

        Give up for tonight when the lease is over.
        """
        if not self.child.is_done() and now < self.turn.until:
            return None
        try:
            report, new = read_refit_answer(self.child.answer(within=0))
        except PortevoixError as error:
            _give_up(self.turn, error, now)
            return 0
        new_version = new and NewVersion(new.labels, new.content, new.tried, new.measured, new.examples, self.against)
        row = finish_turn(turn=self.turn, told={**report, "inputs": self.inputs}, made=new_version, now=now)
        _tell(self.turn, report, row)
        return int(row is not None)

    def stop(self) -> None:
        """Leave the task to the next worker."""
        self.child.kill()


def begin(*, now: datetime) -> TrainingRun | None:
    """Begin the next of tonight's tasks; return None when there is nothing to do."""
    while turn := claim(tasks=TASKS, now=now):
        serving = queries.serving(turn.task)
        request = _request(turn.task, serving, now)
        inputs = _digest(request)
        if outcome := queries.outcome_of_last(turn.task, inputs):  # from the same, the same would be learnt again
            finish_turn(turn=turn, told={"came": "same" if outcome == "kept" else outcome, "inputs": inputs}, now=now)
            continue
        try:
            return TrainingRun(turn, TrainingProcess(request), serving.pk if serving else None, inputs)
        except PortevoixError as error:
            _give_up(turn, error, now)
            return None
    return None


def _digest(request: Json) -> str:
    """Return a digest of all training inputs, without the present time, and of the program's version."""
    lasting = {**request, "now": "", "program": version("portevoix")}
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()


def _request(task: str, serving: Any, now: datetime) -> Json:
    newest = queries.newest(task)
    before = ExistingVersions(
        newest=version_digest(newest) if newest else "",
        tried=bytes(serving.tried) if serving else None,
        chosen=serving is not None and serving.by_id is not None,
    )
    examples = training.dated_examples(task)
    return ask_refit(
        RetrainJob(task, departments(), examples, before, now, message_vectors.training_vectors(task, examples))
    )


def _give_up(turn: Turn, error: PortevoixError, now: datetime) -> None:
    """Give the task up until the next night; the settings page says so."""
    log.error("learning_failed", task=turn.task, why=str(error))
    finish_turn(turn=turn, told={"came": "failed"}, now=now)


def _tell(turn: Turn, report: Json, row: Any) -> None:
    figures = {name: round(report[name], 3) for name in ("accuracy", "before") if name in report}
    if row is not None:
        log.info("model_changed", task=turn.task, version=row.version, serves=row.active, **figures)
    elif report["came"] == "worse":
        log.info("model_refused", task=turn.task, **figures)
