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

    Times count from the worker's start, in each worker: what is to be done once a night leases the row of its day, as
    `record.operations.apply_retention` does with `Sweep`.
    """

    name: str
    run: Callable[[datetime], int | None]
    every: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    when_idle: bool = False
    apart_if: Callable[[datetime], bool] | None = None


JUMP = timedelta(minutes=1)
"""A clock that leaves the passing of time by more was set, or is wrong."""


@dataclass(slots=True)
class Timetable:
    """When each job is due. `since`: when the worker started, or its clock last jumped; aware."""

    since: datetime
    _next: dict[str, datetime] = field(default_factory=dict)
    _ahead: timedelta | None = None

    def is_due(self, job: Job, now: datetime) -> bool:
        """Return whether the job's time has come."""
        has_settled = not job.after or now - self.since >= job.after
        return has_settled and now >= self._next.get(job.name, NEVER)

    def put_off(self, job: Job, now: datetime) -> None:
        """Have the job come again after `every`."""
        self._next[job.name] = now + job.every

    def check_clock(self, now: datetime, passed: float) -> timedelta:
        """Return by how much the clock has jumped since the last look; `passed`: seconds of a clock that never does.

        After a jump every job is due again, but for those that wait for a worker to have been at work for a while:
        what is deleted by a clock that is wrong for a minute never comes back.
        """
        ahead = now - NEVER - timedelta(seconds=passed)
        jump = ahead - self._ahead if self._ahead is not None else timedelta(0)
        self._ahead = ahead
        if abs(jump) <= JUMP:
            return timedelta(0)
        self.since = now
        self._next.clear()
        return jump
