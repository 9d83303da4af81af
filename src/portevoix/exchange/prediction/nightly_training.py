"""Once a night the labellers are learnt anew from what hosts decided, and kept where they are no worse than before.

A process of its own learns; the worker asks it, goes on with its work, and keeps what came of it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import structlog

from portevoix.exchange.prediction import embeddings
from portevoix.exchange.prediction.predictors import departments
from portevoix.exchange.prediction.training_process import Child
from portevoix.kernel.errors import PortevoixError
from portevoix.record.operations.trained_models import Made, Turn, claim, keep
from portevoix.record.queries import trained_models as queries
from portevoix.record.queries import training
from portevoix.text.labels.factory import TASKS
from portevoix.text.labels.model_store import mark
from portevoix.text.training.protocol import Before, Json, Refit, ask_refit, told_refit

log = structlog.get_logger("portevoix.learn")


@dataclass(frozen=True, slots=True)
class Learning:
    """A task of tonight that is being learnt. `against`: the version that serves.

    Nothing is written before all is learnt: a worker that is killed meanwhile leaves all as it was, its child ends with
    it, and once the lease is over another worker begins the task again.
    """

    turn: Turn
    child: Child
    against: int | None
    inputs: str

    def end(self, *, now: datetime) -> int | None:
        """Keeps what came of it; 1 when that is a new version. None while it is still being learnt.

        What is not learnt when the lease is over never will be tonight.
        """
        if not self.child.done() and now < self.turn.until:
            return None
        try:
            told, new = told_refit(self.child.answer(within=0))
        except PortevoixError as error:
            _give_up(self.turn, error, now)
            return 0
        made = new and Made(new.labels, new.content, new.tried, new.measured, new.examples, self.against)
        row = keep(turn=self.turn, told={**told, "inputs": self.inputs}, made=made, now=now)
        _tell(self.turn, told, row)
        return int(row is not None)

    def stop(self) -> None:
        """Leaves it to the next worker."""
        self.child.kill()


def begin(*, now: datetime) -> Learning | None:
    """Begins the next of tonight's tasks. None when there is nothing to do."""
    while turn := claim(tasks=TASKS, now=now):
        serving = queries.serving(turn.task)
        asked = _asked(turn.task, serving, now)
        inputs = _digest(asked)
        if came := queries.came_of(turn.task, inputs):  # from the same, the same would be learnt again
            keep(turn=turn, told={"came": "same" if came == "kept" else came, "inputs": inputs}, now=now)
            continue
        try:
            return Learning(turn, Child(asked), serving.pk if serving else None, inputs)
        except PortevoixError as error:
            _give_up(turn, error, now)
            return None
    return None


def _digest(asked: Json) -> str:
    """Of all that is learnt from, but for the moment at which it is, and of the program's version."""
    lasting = {**asked, "now": "", "program": version("portevoix")}
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()


def _asked(task: str, serving: Any, now: datetime) -> Json:
    newest = queries.newest(task)
    before = Before(
        newest=mark(newest) if newest else "",
        tried=bytes(serving.tried) if serving else None,
        chosen=serving is not None and serving.by_id is not None,
    )
    examples = training.dated(task)
    return ask_refit(Refit(task, departments(), examples, before, now, embeddings.known(task, examples)))


def _give_up(turn: Turn, error: PortevoixError, now: datetime) -> None:
    """Until the next night; the settings page says so."""
    log.error("learning_failed", task=turn.task, why=str(error))
    keep(turn=turn, told={"came": "failed"}, now=now)


def _tell(turn: Turn, told: Json, row: Any) -> None:
    figures = {name: round(told[name], 3) for name in ("accuracy", "before") if name in told}
    if row is not None:
        log.info("model_changed", task=turn.task, version=row.version, serves=row.active, **figures)
    elif told["came"] == "worse":
        log.info("model_refused", task=turn.task, **figures)
