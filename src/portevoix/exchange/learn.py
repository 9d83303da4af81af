"""The labellers that the steps use: learnt from the departments' own words, then from what hosts decided."""

import contextlib
import ctypes
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portevoix.record.queries import training
from portevoix.text.labels import Labeller, labeller, router
from portevoix.text.starter import DepartmentText

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
    """Those of this process; learnt again when departments or languages changed, and twice a day."""
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


def _learn(state: tuple[object, ...], now: datetime) -> Labellers:
    departments = [DepartmentText(d.slug, d.name, d.description, tuple(d.competences)) for d in training.departments()]
    return Labellers(
        by_name={
            "department": router(departments, training.examples("department")),
            "kind": labeller("kind", training.examples("kind")),
            "valence": labeller("valence", training.examples("valence")),
        },
        languages=training.languages(),
        state=state,
        learnt_at=now,
    )


def forget() -> None:
    """Learns anew at the next call."""
    global _current
    with _lock:
        _current = None
