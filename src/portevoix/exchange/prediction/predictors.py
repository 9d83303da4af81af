"""The labellers that the steps use: the versions in service, or what comes before there is one."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from portevoix.exchange.prediction.training_process import ask
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.operations.trained_models import keep_cold
from portevoix.record.queries import trained_models, training
from portevoix.text.labels import cold_start_store
from portevoix.text.labels.cold_start import ColdStart, tell
from portevoix.text.labels.embeddings import Encoder
from portevoix.text.labels.factory import NOTHING, TASKS, Ground
from portevoix.text.labels.predictor import Labeller
from portevoix.text.starter import DepartmentText
from portevoix.text.training.protocol import ask_cold, told_cold

log = structlog.get_logger("portevoix.learn")

PATIENCE_S = 120.0
"""So long whoever wants to label waits for what departments say to be learnt, which takes seconds."""
TRIED_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Labellers:
    """One labeller for each thing that is suggested, and the languages that citizens are expected to write in.

    `until` is when they are loaded again at the latest, None for as long as the record's `state` is the same.
    """

    by_name: Mapping[str, Labeller]
    languages: tuple[str, ...]
    state: tuple[object, ...]
    until: datetime | None


_lock = threading.Lock()
_current: Labellers | None = None


def labellers() -> Labellers:
    """Those of this process; loaded again when departments, languages or the versions in service changed."""
    global _current
    with _lock:
        state = training.state()
        now = datetime.now(UTC)
        if _current is None or _current.state != state or (_current.until and now >= _current.until):
            _current = _load(state, now)
        return _current


def departments() -> list[DepartmentText]:
    """What they say of themselves today."""
    return [DepartmentText(d.slug, d.name, d.description, tuple(d.competences)) for d in training.departments()]


def _load(state: tuple[object, ...], now: datetime) -> Labellers:
    said = departments()
    words = cold(said, now)
    grounds = [Ground(task, said, words or NOTHING) for task in TASKS]
    return Labellers(
        by_name={ground.task: _labeller(ground) for ground in grounds},
        languages=training.languages(),
        state=state,
        until=None if words else now + TRIED_AGAIN,
    )


def cold(said: Sequence[DepartmentText], now: datetime, encoders: Sequence[Encoder] = ()) -> ColdStart | None:
    """What was learnt from the departments' words; learnt and kept now, where nobody has yet. None when that fails.

    `encoders`: those of this machine, where their meaning is to be read too.
    """
    if not tell(said):
        return ColdStart(tuple(department.slug for department in said))
    key = cold_start_store.key(said, encoders)
    with contextlib.suppress(BadInput):  # there is none, or it is damaged
        return cold_start_store.parse(trained_models.cold(key), name=key, encoders=encoders)
    try:
        content = told_cold(ask(ask_cold(said, meaning=bool(encoders)), within=PATIENCE_S))
        keep_cold(key=key, content=content, now=now)
        return cold_start_store.parse(content, name=key, encoders=encoders)
    except PortevoixError as error:
        log.error("learning_failed", task="department", why=str(error))
        return None


def _labeller(ground: Ground) -> Labeller:
    """The version in service. What serves on the first day when there is none, or when it is of no use.

    That it is of no use is told here and on the settings page: the next night mends it.
    """
    row = trained_models.serving(ground.task)
    if row is None:
        return ground.first_day()
    try:
        return ground.restored(bytes(row.content), name=f"{row.task} {row.version}")
    except BadInput as error:
        log.warning("model_missing", task=row.task, version=row.version, why=str(error))
        return ground.first_day()


def forget() -> None:
    """Loads anew at the next call."""
    global _current
    with _lock:
        _current = None
