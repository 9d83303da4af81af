"""A preview of the next retention run, and the result of the last one."""

from dataclasses import dataclass
from datetime import date, datetime

from portevoix.record.models import City, Sweep
from portevoix.record.operations import apply_retention
from portevoix.record.operations.apply_retention import kinds
from portevoix.record.retention import Kind


@dataclass(frozen=True, slots=True)
class DueData:
    """A kind of data, how long it is kept (None: without limit), and how many rows would be deleted now."""

    kind: Kind
    duration: int | None
    count: int


def due_data(*, now: datetime) -> list[DueData]:
    policy = City.objects.get().retention
    rows = []
    for kind in kinds():
        cut_off = kind.cut_off(policy, now)
        count = kind.older(cut_off).order_by().count() if cut_off else 0
        rows.append(DueData(kind, policy.get(kind.code, kind.default), count))
    return rows


def waits_until(*, now: datetime) -> date | None:
    """Return the day before which nothing is deleted, because the runs were far apart; None: it is as usual."""
    city = City.objects.first()
    return apply_retention.waits_until(apply_retention.day_of_run(city, now)) if city else None


def last_run() -> Sweep | None:
    """Return the latest run, finished or not."""
    return Sweep.objects.order_by("-day").first()
