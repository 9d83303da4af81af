"""The worker: polls, runs steps, delivers; claims what it does, so that any number of workers may run."""

import contextlib
import ctypes
import os
import socket
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections

from portevoix.exchange import unlabelled
from portevoix.exchange.inbound import enrich, news_feed, poller
from portevoix.exchange.outbound import account_alerts, delivery, token_renewal
from portevoix.exchange.prediction import embeddings, nightly_training
from portevoix.exchange.result import Done, attempt
from portevoix.record.operations import envelopes, workers
from portevoix.record.operations.apply_retention import sweep
from portevoix.record.queries.embeddings import LATEST

log = structlog.get_logger("portevoix.work")
TICK = 1.0
SIGN_EVERY = timedelta(seconds=15)
LOOK_EVERY = timedelta(minutes=1)
"""How often a worker asks whether anything has been kept long enough or is to be learnt, once there is nothing."""
RENEW_EVERY = timedelta(seconds=10)
"""How often a worker asks whether an access is to be renewed."""
READ_EVERY = timedelta(seconds=5)
"""How often a worker asks whether the latest messages are to be read for their meaning; all once in LOOK_EVERY."""
SETTLED = timedelta(hours=1)
"""A worker that has just started has more urgent things to do than to have something learnt."""

Step = Callable[[datetime], int]
"""A piece of work: takes now, returns how much it did."""


def give_back() -> None:
    """Returns to the machine what a batch, or loading the models, needed for a moment: some 25 MB, which the GNU C
    library would keep.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def take_waiting(now: datetime) -> int:
    return enrich.run(envelopes.claim(now=now), now=now).taken


class Worker:
    """Runs its steps in turn, once a second, until it is told to stop. `more` are steps besides the usual ones."""

    def __init__(self, *more: Step) -> None:
        urgent = (self.give_sign, self.renew, self.poll_due, self.take_waiting, self.deliver_due)
        self.steps: tuple[Step, ...] = (
            *urgent,
            self.alarm,
            self.read_feed,
            self.read_meaning,
            self.label_messages,
            self.retain,
            self.learn,
            *more,
        )
        self.stopping = threading.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._since = datetime.now(UTC)
        self._signed = self._alarmed = self._swept = self._learnt = self._read = self._read_all = self._fed = (
            datetime.min.replace(tzinfo=UTC)
        )
        self._renewed = self._labelled = self._signed
        self._taken = 0
        self._learning: nightly_training.Learning | None = None
        self._poller, self._courier, self._reader = poller.Poller(), delivery.Courier(), news_feed.Reader()
        self._renewer = token_renewal.Renewer()

    def run(self) -> None:
        log.info("worker_started", worker=self._name)
        worked = False
        try:
            while not self.stopping.is_set():
                if self.once():
                    worked = True
                    continue
                if worked:
                    give_back()
                    worked = False
                self.stopping.wait(TICK)
        finally:
            if self._learning:
                self._learning.stop()
            self.finish()
        log.info("worker_stopped", worker=self._name)

    def stop(self) -> None:
        """Lets what is in hand finish, gives the rest back, then ends."""
        self.stopping.set()

    def give_sign(self, now: datetime) -> int:
        """Says that this worker is alive, for whoever watches it."""
        if now - self._signed >= SIGN_EVERY:
            workers.sign(worker=self._name, since=self._since, now=now)
            self._signed = now
        return 0

    def finish(self) -> None:
        """What was asked or is being sent comes to its end, and is written down."""
        for step in (self._renewer.finish, self._take_answers, self._courier.finish, self._take_feed):
            self._try(step)

    def renew(self, now: datetime) -> int:
        """Renews the accesses that would run out, before anybody is asked with them."""
        if now - self._renewed >= RENEW_EVERY:
            self._renewed = now
            return self._renewer.turn(now)
        return self._renewer.settle(now)

    def _take_answers(self, now: datetime) -> int:
        return self._poller.finish(now).new

    def _take_feed(self, now: datetime) -> int:
        return self._reader.take(now, within=None)

    def poll_due(self, now: datetime) -> int:
        """Asks each account whose turn it is for what is new. One that is slow or fails holds up no other."""
        self._poller.begin(now, going_on=lambda: not self.stopping.is_set())
        new = self._poller.take(now).new
        self.give_sign(datetime.now(UTC))
        return new

    def deliver_due(self, now: datetime) -> int:
        return self._courier.turn(now)

    def alarm(self, now: datetime) -> int:
        """Tells the administrators of accounts that were paused."""
        if now - self._alarmed < LOOK_EVERY:
            return 0
        self._alarmed = now
        return account_alerts.tell(now=now)

    def read_feed(self, now: datetime) -> int:
        """Reads the news feed of the city's website, once an hour and soon after another one was named."""
        if now - self._fed >= LOOK_EVERY:
            self._fed = now
            self._reader.begin(now)
        return self._reader.take(now)

    def take_waiting(self, now: datetime) -> int:
        self._taken = take_waiting(now)
        return self._taken

    def read_meaning(self, now: datetime) -> int:
        """Reads what some messages mean, which takes it seconds: once no message waits to be taken in."""
        if self._taken or now - self._read < READ_EVERY:
            return 0
        whole = now - self._read_all >= LOOK_EVERY
        done = embeddings.read(now=now, numbers=None if whole else LATEST)
        if not done:
            self._read = now
            self._read_all = now if whole else self._read_all
        return done or 0

    def label_messages(self, now: datetime) -> int:
        """Labels messages that were taken in before messages had labels, until none is left."""
        if self._taken or now - self._labelled < LOOK_EVERY:
            return 0
        done = unlabelled.label_some()
        if not done:
            self._labelled = now
        return done

    def retain(self, now: datetime) -> int:
        """Takes away a batch of what has been kept long enough; once a day, until nothing is left."""
        if now - self._swept < LOOK_EVERY:
            return 0
        swept = sweep(now=now)
        if swept is None:
            self._swept = now
            return 0
        if swept.counts is not None:
            log.info("retention_done", **swept.counts)
        return swept.count

    def learn(self, now: datetime) -> int:
        """Has one task learnt anew from what hosts decided, in a process of its own; once a night, until none is left.

        Returns how many versions came of it.
        """
        if self._learning is None:
            if now - self._since < SETTLED or now - self._learnt < LOOK_EVERY:
                return 0
            self._learning = nightly_training.begin(now=now)
            if self._learning is None:
                self._learnt = now
            return 0
        learning, self._learning = self._learning, None  # whatever ends it, another one may begin
        kept = learning.end(now=now)
        if kept is None:
            self._learning = learning
        return kept or 0

    def once(self) -> int:
        """Each step once; returns how much was done. A step that fails is logged, and the others go on."""
        close_old_connections()
        return sum(self._try(step) for step in self.steps if not self.stopping.is_set())

    def _try(self, step: Step) -> int:
        name = getattr(step, "__name__", type(step).__name__)
        match attempt(lambda: step(datetime.now(UTC))):
            case Done(count):
                if count:
                    log.info("step_done", step=name, count=count)
                return count
            case DatabaseError() as error:
                log.warning("database_failed", step=name, error=type(error).__name__, why=str(error).splitlines()[0])
            case error:
                log.error("step_failed", step=name, exc_info=error)
        self.stopping.wait(TICK)
        return 0
