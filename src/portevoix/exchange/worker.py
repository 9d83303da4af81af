"""The worker: polls accounts, enriches messages and delivers replies. It claims its work, so several may run."""

import contextlib
import ctypes
import os
import socket
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections

from portevoix.exchange.background_call import ENDING
from portevoix.exchange.inbound import enrich, news_feed, poller
from portevoix.exchange.job_process import JobProcess
from portevoix.exchange.jobs import Job, Timetable
from portevoix.exchange.outbound import account_alerts, delivery, letter_delivery, token_renewal
from portevoix.exchange.prediction import message_vectors, nightly_training
from portevoix.exchange.result import Ok, attempt
from portevoix.record.operations import dispatches, envelopes, pull_back, workers
from portevoix.record.operations.apply_retention import run_retention
from portevoix.record.queries.embeddings import LATEST

log = structlog.get_logger("portevoix.work")
TICK = 1.0
SIGN_EVERY = timedelta(seconds=15)
LOOK_EVERY = timedelta(minutes=1)
"""How often an idle worker checks whether data is due for deletion or a task is due for training."""
RENEW_EVERY = timedelta(seconds=10)
"""How often a worker checks whether an access token is due for renewal."""
READ_EVERY = timedelta(seconds=5)
"""How often a worker checks whether the latest messages need vectors; all messages are checked every LOOK_EVERY."""
SETTLING_TIME = timedelta(hours=1)
"""Time after its start, or a jump of its clock, before a worker trains or deletes.

What is urgent comes first, and a clock that is wrong for a while deletes nothing.
"""


def release_memory() -> None:
    """Return to the system the memory that a batch, or loading the models, needed for a moment.

    It is some 25 MB, which the GNU C library would keep.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def take_waiting(now: datetime) -> int:
    return enrich.enrich_envelopes(envelopes.claim(now=now), now=now).taken_count


class Worker:
    """Runs its jobs in turn, once a second, until `stop` is called. `more` are jobs besides the usual ones."""

    def __init__(self, more: Iterable[Job] = ()) -> None:
        self.stopping = threading.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._since = datetime.now(UTC)
        self._taken = 0
        self._learning: nightly_training.TrainingRun | None = None
        self._poller, self._deliveries, self._reader = (
            poller.Poller(),
            delivery.DeliveryRunner(),
            news_feed.FeedReader(),
        )
        self._renewer, self._alerts = token_renewal.Renewer(), account_alerts.AlertSender()
        self._letters = letter_delivery.LetterRunner()
        self._processes: list[JobProcess] = []
        self.jobs = (*self._urgent_jobs(), *self._other_jobs(), *map(self._place, more))
        self._timetable = Timetable(self._since)

    def _urgent_jobs(self) -> tuple[Job, ...]:
        """Return the jobs that messages and replies wait for."""
        give_sign = Job("give_sign", self._give_sign, every=SIGN_EVERY)
        return (
            give_sign,
            Job("renew", lambda now: self._renewer.turn(now) or None, every=RENEW_EVERY),
            Job("store_renewed", self._renewer.settle),
            Job("poll_due", self._poll_due),
            give_sign,  # to take in a batch may be long
            Job("take_waiting", self._take_waiting),
            Job("deliver_due", self._deliveries.turn),
            Job("late_letters", lambda now: dispatches.set_late_aside(now=now) or None, every=LOOK_EVERY),
            Job("send_letters", self._letters.turn),
        )

    def _other_jobs(self) -> tuple[Job, ...]:
        return (
            Job("alarm", lambda now: self._alerts.turn(now) or None, every=LOOK_EVERY),
            Job("ask_feed", self._reader.begin, every=LOOK_EVERY),
            Job("read_feed", self._reader.take),
            Job("read_latest", lambda now: _compute_vectors(now, LATEST), every=READ_EVERY, when_idle=True),
            Job("read_meaning", lambda now: _compute_vectors(now, None), every=LOOK_EVERY, when_idle=True),
            Job("retain", _delete_expired, every=LOOK_EVERY, after=SETTLING_TIME),
            Job("learn", self._train, every=LOOK_EVERY, after=SETTLING_TIME),
        )

    def _place(self, job: Job) -> Job:
        """Return the job, to run in this process or in its own."""
        if job.apart_if is None:
            return job
        self._processes.append(JobProcess(job))
        return replace(job, run=self._processes[-1].run)

    def run(self) -> None:
        log.info("worker_started", worker=self._name)
        self._try(Job("pull_back", _pull_back), datetime.now(UTC))
        has_worked = False
        try:
            while not self.stopping.is_set():
                if self.once():
                    has_worked = True
                    continue
                if has_worked:
                    release_memory()
                    has_worked = False
                self.stopping.wait(TICK)
        finally:
            if self._learning:
                self._learning.stop()
            for process in self._processes:
                process.stop()
            self.finish()
        log.info("worker_stopped", worker=self._name)

    def stop(self) -> None:
        """Let the work under way finish, give the rest back, then end."""
        self.stopping.set()

    def once(self) -> int:
        """Run each job that is due once; return how much was done. A failing one is logged, and the others go on."""
        close_old_connections()
        return sum(self.run_job(job, self._read_clock()) for job in self.jobs if not self.stopping.is_set())

    def _read_clock(self) -> datetime:
        """Return the present time, checked before each job: one before it may have taken minutes."""
        now = datetime.now(UTC)
        if jump := self._timetable.check_clock(now, time.monotonic()):
            log.warning("clock_changed", seconds=round(jump.total_seconds()))
            self._renewer.forget_pauses()
            self._try(Job("pull_back", _pull_back), now)
        return now

    def run_job(self, job: Job, now: datetime) -> int:
        """Run the job if it is due; return how much it did."""
        if (job.when_idle and self._taken) or not self._timetable.is_due(job, now):
            return 0
        return self._try(job, now)

    def finish(self) -> None:
        """Wait for calls and deliveries under way, for ENDING seconds together, and store their results."""
        ends = time.monotonic() + ENDING

        def left() -> float:
            return max(0.0, ends - time.monotonic())

        endings = (
            self._renewer.finish,
            lambda now: self._poller.finish(now, within=left()).new,
            lambda now: self._deliveries.finish(now, within=left()),
            lambda now: self._letters.finish(now, within=left()),
            lambda now: self._alerts.finish(now, within=left()),
            lambda now: self._reader.take(now, within=left()),
        )
        for run in endings:
            self._try(Job("finish", run), datetime.now(UTC))

    def _give_sign(self, now: datetime) -> None:
        """Record that this worker is alive, for monitoring."""
        workers.sign(worker=self._name, since=self._since, now=now)

    def _poll_due(self, now: datetime) -> int:
        """Poll each account that is due. One that is slow or fails holds up no other."""
        self._poller.begin(now, going_on=lambda: not self.stopping.is_set())
        return self._poller.take(now).new

    def _take_waiting(self, now: datetime) -> int:
        self._taken = take_waiting(now)
        return self._taken

    def _train(self, now: datetime) -> int | None:
        """Train one task on the hosts' decisions, in a separate process; once a night, until no task is left.

        Return how many new versions that gave.
        """
        if self._learning is None:
            self._learning = nightly_training.begin(now=now)
            return None if self._learning is None else 0
        learning, self._learning = self._learning, None  # whatever ends it, another one may begin
        version_count = learning.end(now=now)
        if version_count is None:
            self._learning = learning
        return version_count or 0

    def _try(self, job: Job, now: datetime) -> int:
        match attempt(lambda: job.run(now)):
            case Ok(count):
                if count is None:
                    self._timetable.put_off(job, now)
                elif count:
                    log.info("step_done", step=job.name, count=count)
                return count or 0
            case DatabaseError() as error:
                why = str(error).splitlines()[0]
                log.warning("database_failed", step=job.name, error=type(error).__name__, why=why)
            case error:
                log.error("step_failed", step=job.name, exc_info=error)
        self._timetable.put_off(job, now)
        self.stopping.wait(TICK)
        return 0


def _compute_vectors(now: datetime, numbers: int | None) -> int | None:
    """Compute vectors for a batch of messages, which takes seconds."""
    return message_vectors.read_batch(now=now, numbers=numbers) or None


def _pull_back(now: datetime) -> int:
    """Bring back what a clock that was ahead has put off; return how much it was."""
    return pull_back.pull_back(now=now).total()


def _delete_expired(now: datetime) -> int | None:
    """Delete a batch of the data whose retention has ended; once a day, until nothing is left."""
    result = run_retention(now=now)
    if result is None:
        return None
    if result.counts is not None:
        log.info("retention_done", **result.counts)
    return result.count
