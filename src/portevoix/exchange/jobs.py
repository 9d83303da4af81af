"""What the worker does from time to time: a table of jobs, in which products may enter theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """`run` takes now and returns how much it did, and comes again at once; None: nothing is left, and it comes again
    after `every`.

    `after`: not sooner after the worker's start. `when_idle`: only while no message waits to be taken in. `apart_if`:
    the job may take minutes, so that it runs in a process of its own, begun where this says that something is to do.
    """

    name: str
    run: Callable[[datetime], int | None]
    every: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    when_idle: bool = False
    apart_if: Callable[[datetime], bool] | None = None


@dataclass(slots=True)
class Timetable:
    """Which jobs are due. `since`: when the worker started, aware."""

    since: datetime
    _next: dict[str, datetime] = field(default_factory=dict)

    def is_due(self, job: Job, now: datetime) -> bool:
        """Whether its time has come."""
        started = not job.after or now - self.since >= job.after
        return started and now >= self._next.get(job.name, NEVER)

    def put_off(self, job: Job, now: datetime) -> None:
        """Have it come again after `every`."""
        self._next[job.name] = now + job.every
