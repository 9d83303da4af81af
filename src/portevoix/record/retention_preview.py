"""What retention will take away on its next run, and what it took away on its last."""

from dataclasses import dataclass
from datetime import datetime

from portevoix.record.models import City, Sweep
from portevoix.record.operations.apply_retention import kinds
from portevoix.record.retention import Kind


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of data, how long it is kept (None: without limit), and how much of it would go now."""

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
    """The latest, be it over or not."""
    return Sweep.objects.order_by("-day").first()
