"""Promises: dates by which holding replies announce an answer, and their outcomes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Outcome of a promise. Only OPEN can still change."""

    KEPT = "kept"  # answered by the promised date
    LATE = "late"  # answered after it
    BROKEN = "broken"  # not answered, and the date has passed
    OPEN = "open"  # not answered, and the date is still to come


def outcome_of(promised_at: datetime, *, answered_at: datetime | None, now: datetime) -> Outcome:
    """Return the outcome by `now` of a promise for `promised_at`; an answer after `now` does not count.

    A change is a new version of the metrics in `measures.metrics` that count promises.
    """
    if answered_at and answered_at <= now:
        return Outcome.KEPT if answered_at <= promised_at else Outcome.LATE
    return Outcome.BROKEN if now > promised_at else Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Promise:
    """Dated promise. `message`: the holding reply that made it.

    `promised_at` is the date that counts: a new date given in time replaces it, one given after it passed does not.
    `latest_at` is the latest date given, which the city has to meet next. `strand` and `ordinal` name the wait for
    which it was made; `ordinal` 0: nobody was waiting.
    """

    message: int | None
    made_at: datetime
    promised_at: datetime
    latest_at: datetime
    strand: int = 0
    ordinal: int = 0
    answered_at: datetime | None = None

    def move(self, date: datetime, *, at: datetime) -> "Promise":
        """Return the promise after another date was given at the instant `at`."""
        return replace(self, promised_at=date if at <= self.promised_at else self.promised_at, latest_at=date)

    def outcome(self, now: datetime) -> Outcome:
        """Return the outcome by `now`."""
        return outcome_of(self.promised_at, answered_at=self.answered_at, now=now)


def read_promise(dates: Iterable[tuple[datetime, datetime]], *, answered_at: datetime | None = None) -> Promise | None:
    """Return the promise made up of `dates`, pairs of (when given, promised date).

    None when no date was given before the answer.
    """
    promise: Promise | None = None
    for at, date in sorted(dates):
        if answered_at and at > answered_at:
            break
        promise = promise.move(date, at=at) if promise else Promise(None, at, date, date, answered_at=answered_at)
    return promise
