"""The labellers that the steps use: the versions in service, or the first day's where there is none yet."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from portevoix.exchange.prediction.training_process import train
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.operations.trained_models import store_cold_start
from portevoix.record.queries import trained_models, training
from portevoix.text.labels import cold_start_store
from portevoix.text.labels.cold_start import ColdStart, have_descriptions
from portevoix.text.labels.embedding_model import Encoder
from portevoix.text.labels.factory import NOTHING, TASKS, LabellerFactory
from portevoix.text.labels.predictor import Labeller
from portevoix.text.starter import DepartmentText
from portevoix.text.training.protocol import ask_cold, read_cold_answer

log = structlog.get_logger("portevoix.learn")

PATIENCE_S = 120.0
"""How long labelling waits until the departments' descriptions are learnt, which takes seconds."""
TRIED_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Labellers:
    """One labeller for each task, and the languages that citizens are expected to write in.

    `until` is the time of the next reload at the latest, None for as long as the record's `state` is the same.
    """

    by_name: Mapping[str, Labeller]
    languages: tuple[str, ...]
    state: tuple[object, ...]
    until: datetime | None


_lock = threading.Lock()
_current: Labellers | None = None


def labellers() -> Labellers:
    """Return the labellers of this process; reload them when departments, languages or versions in service changed."""
    global _current
    with _lock:
        state = training.state()
        now = datetime.now(UTC)
        if _current is None or _current.state != state or (_current.until and now >= _current.until):
            _current = _load(state, now)
        return _current


def departments() -> list[DepartmentText]:
    """Return the departments' present descriptions."""
    return [DepartmentText(d.slug, d.name, d.description, tuple(d.competences)) for d in training.departments()]


def _load(state: tuple[object, ...], now: datetime) -> Labellers:
    texts = departments()
    words = cold_start(texts, now)
    grounds = [LabellerFactory(task, texts, words or NOTHING) for task in TASKS]
    return Labellers(
        by_name={ground.task: _labeller(ground) for ground in grounds},
        languages=training.languages(),
        state=state,
        until=None if words else now + TRIED_AGAIN,
    )


def cold_start(texts: Sequence[DepartmentText], now: datetime, encoders: Sequence[Encoder] = ()) -> ColdStart | None:
    """Return the model trained on the departments' descriptions; train and store it if there is none.

    None when that fails. `encoders`: local ones, where vectors of the descriptions are to be used too.
    """
    if not have_descriptions(texts):
        return ColdStart(tuple(department.slug for department in texts))
    key = cold_start_store.key(texts, encoders)
    with contextlib.suppress(BadInput):  # there is none, or it is damaged
        return cold_start_store.parse(trained_models.cold(key), name=key, encoders=encoders)
    try:
        content = read_cold_answer(train(ask_cold(texts, meaning=bool(encoders)), within=PATIENCE_S))
        store_cold_start(key=key, content=content, now=now)
        return cold_start_store.parse(content, name=key, encoders=encoders)
    except PortevoixError as error:
        log.error("learning_failed", task="department", why=str(error))
        return None


def _labeller(ground: LabellerFactory) -> Labeller:
    """Return the version in service; the first day's labeller when there is none, or when it is damaged.

    Damage is logged here and shown on the settings page: the next night mends it.
    """
    row = trained_models.serving(ground.task)
    if row is None:
        return ground.first_day()
    try:
        return ground.restore(bytes(row.content), name=f"{row.task} {row.version}")
    except BadInput as error:
        log.warning("model_missing", task=row.task, version=row.version, why=str(error))
        return ground.first_day()


def forget() -> None:
    """Reload the labellers at the next call."""
    global _current
    with _lock:
        _current = None
