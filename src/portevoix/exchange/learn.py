"""The labellers that the steps use: the versions in service, or what comes before there is one."""

import contextlib
import ctypes
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from portevoix.kernel.errors import BadInput
from portevoix.record.queries import learnt, training
from portevoix.text.labels import Labeller
from portevoix.text.refit import TASKS, Ground
from portevoix.text.starter import DepartmentText

log = structlog.get_logger("portevoix.learn")

FRESH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Labellers:
    """One labeller for each thing that is suggested, and the languages that citizens are expected to write in."""

    by_name: Mapping[str, Labeller]
    languages: tuple[str, ...]
    state: tuple[object, ...]
    learnt_at: datetime


_lock = threading.Lock()
_current: Labellers | None = None


def labellers() -> Labellers:
    """Those of this process; loaded again when departments, languages or the versions in service changed, and twice a
    day, which is for a city that has no version yet."""
    global _current
    with _lock:
        state = training.state()
        now = datetime.now(UTC)
        if _current is None or _current.state != state or now - _current.learnt_at > FRESH:
            _current = _learn(state, now)
            _give_back()
        return _current


def _give_back() -> None:
    """Returns to the machine what learning needed for a moment, some 25 MB, which the GNU C library would keep."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def grounds() -> list[Ground]:
    """What is suggested in this city today."""
    departments = [DepartmentText(d.slug, d.name, d.description, tuple(d.competences)) for d in training.departments()]
    return [Ground(task, departments) for task in TASKS]


def _learn(state: tuple[object, ...], now: datetime) -> Labellers:
    return Labellers(
        by_name={ground.task: _labeller(ground) for ground in grounds()},
        languages=training.languages(),
        state=state,
        learnt_at=now,
    )


def _labeller(ground: Ground) -> Labeller:
    """The version in service. Until there is one, what can be learnt at once; what ships when the version is of no use.

    That it is of no use is told here and on the settings page: the next night mends it.
    """
    row = learnt.serving(ground.task)
    if row is None:
        return ground.labeller(training.examples(ground.task))
    try:
        return ground.restored(bytes(row.content), name=f"{row.task} {row.version}")
    except BadInput as error:
        log.warning("model_missing", task=row.task, version=row.version, why=str(error))
        return ground.labeller(())


def forget() -> None:
    """Learns anew at the next call."""
    global _current
    with _lock:
        _current = None
