"""The worker's recurring jobs: a table to which products may add theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """A recurring job. `run` takes the present time and returns how much it did, to be called again at once.

    When `run` returns None nothing is left, and it is called again after `every`. `after`: not sooner after the
    worker's start. `when_idle`: only while no message waits to be taken in. `apart_if`: the job may take minutes, and
    runs in a process of its own, started when this returns that there is something to do.
    """

    name: str
    run: Callable[[datetime], int | None]
    every: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    when_idle: bool = False
    apart_if: Callable[[datetime], bool] | None = None


@dataclass(slots=True)
class Timetable:
    """Tells which jobs are due. `since`: when the worker started, aware."""

    since: datetime
    _next: dict[str, datetime] = field(default_factory=dict)

    def is_due(self, job: Job, now: datetime) -> bool:
        """Return whether the job's time has come."""
        is_started = not job.after or now - self.since >= job.after
        return is_started and now >= self._next.get(job.name, NEVER)

    def put_off(self, job: Job, now: datetime) -> None:
        """Make the job due again after `every`."""
        self._next[job.name] = now + job.every
