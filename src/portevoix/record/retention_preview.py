"""A preview of the next retention run, and the result of the last one."""

from dataclasses import dataclass
from datetime import datetime

from portevoix.record.models import City, Sweep
from portevoix.record.operations.apply_retention import kinds
from portevoix.record.retention import Kind


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of data, how long it is kept (None: without limit), and how many rows would be deleted now."""

    kind: Kind
    kept: int | None
    count: int


def due(*, now: datetime) -> list[Due]:
    policy = City.objects.get().retention
    rows = []
    for kind in kinds():
        cut_off = kind.cut_off(policy, now)
        count = kind.older(cut_off).order_by().count() if cut_off else 0
        rows.append(Due(kind, policy.get(kind.code, kind.default), count))
    return rows


def last_run() -> Sweep | None:
    """Return the latest run, finished or not."""
    return Sweep.objects.order_by("-day").first()
