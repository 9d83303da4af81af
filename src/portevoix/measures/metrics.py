"""Catalogue of metrics: one definition each, used by the desk, the journal and the barometer.

A metric reduces facts to a small table of counts on the engine that holds them, and is finished here in NumPy. A
published metric never changes: any change needs a new version. A message that names the city in copy never enters the
denominator of a reply measure, and waits without a reply are always counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import narwhals as nw
import numpy as np

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed
from portevoix.kernel.promises import Outcome
from portevoix.measures.intervals import wilson
from portevoix.measures.survival import Columns, Curve, Rows, tally

type Clock = Literal["elapsed", "service"]
"""Day and night, or within opening hours only."""

type Reply = Literal["first", "answer"]
"""The end of a wait: the first reply by a person, or the first that settles the question."""

type Waits = Literal["first", "all"]
"""The first wait of each thread, or every wait."""

type Direction = Literal["up", "down"] | None
"""The better direction; None where neither is better."""

HORIZONS = {"1h": 3_600, "8h": 28_800, "24h": 86_400, "72h": 259_200}
"""The durations at which F is reported, in seconds."""

MINIMUM_SAMPLE = 10
"""A value on fewer waits than this is neither published nor compared, whatever its interval."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value on some facts, `n` being the waits it rests on.

    `value` is None when there is no data; `low` and `high` are its 95 % interval where the metric has one.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure. `reduce` turns facts into counts, on the engine; `finish` turns the collected counts into the value.

    `unit` is "share" (0 to 1), "s" (seconds) or "count". Below `minimum` waits no value is published. `label` is
    English, marked for translation.
    """

    code: str
    version: int
    unit: Literal["share", "s", "count"]
    direction: Direction
    minimum: int
    label: str
    reduce: Callable[[Rows], Rows]
    finish: Callable[[Columns], Measured]


def wait_times(facts: Rows, *, clock: Clock, reply: Reply, waits: Waits) -> Rows:
    """Return the tally, for `survival.Curve`, of the waits of citizens who addressed the city."""
    spoken_to = nw.col("addressed") == Addressed.DIRECT.value
    in_sample = spoken_to & (nw.col("ordinal") == 1) if waits == "first" else spoken_to
    reply_s = nw.col(f"{reply}_{clock}_s")
    return tally(
        facts.filter(in_sample),
        duration=nw.coalesce(reply_s, nw.col(f"censored_{clock}_s")),
        happened=~reply_s.is_null(),
    )


def count_addressed(facts: Rows) -> Rows:
    """Return one row per way of addressing the city: `addressed`, `count`."""
    return facts.group_by("addressed").agg(nw.len().alias("count"))


def count_promises(facts: Rows) -> Rows:
    """Return one row: the number of promises with each outcome at the time of observation, in a column of that name."""
    return facts.select(*(nw.col(f"promises_{outcome}").sum().alias(outcome.value) for outcome in Outcome))


def count_holding(facts: Rows) -> Rows:
    """Return the number of waits with a reply, by whether the first reply was a holding one: `held`, `count`.

    Only waits of citizens who addressed the city count.
    """
    answered_waits = facts.filter(nw.col("addressed") == Addressed.DIRECT.value, ~nw.col("first_reply_at").is_null())
    is_holding = (nw.col("holding_at") == nw.col("first_reply_at")).fill_null(False)
    return answered_waits.select(is_holding.alias("held")).group_by("held").agg(nw.len().alias("count"))


def _share_by(tallied: Columns, *, seconds: int) -> Measured:
    curve = Curve.of(tallied)
    estimate = curve.at(seconds)
    return Measured(estimate.value, curve.n, low=estimate.low, high=estimate.high)


def _median(tallied: Columns) -> Measured:
    curve = Curve.of(tallied)
    return Measured(curve.median(), curve.n)


def _wait_count(counted: Columns, *, how: Addressed) -> Measured:
    count = int(counted["count"][counted["addressed"] == how.value].sum())
    return Measured(count, count)


def _promises(counted: Columns, *, outcomes: tuple[Outcome, ...]) -> Measured:
    count = sum(int(np.nansum(counted[outcome])) for outcome in outcomes)
    return Measured(count, count)


def _share(counted: Columns, *, column: str) -> Measured:
    """Return the share of rows where `column` is true, with Wilson's interval."""
    n = int(counted["count"].sum())
    if not n:
        return Measured(None, 0)
    counted_true = int(counted["count"][counted[column].astype(bool)].sum())
    low, high = wilson(counted_true, n)
    return Measured(counted_true / n, n, low=low, high=high)


# Code, the reply that ends the wait, the clock, and one label for each horizon and for the median.
_REPLIES: tuple[tuple[str, Reply, Clock, tuple[str, ...]], ...] = (
    (
        "reply.first_contact",
        "first",
        "elapsed",
        (
            gettext_noop("Had a first reply within 1 hour"),
            gettext_noop("Had a first reply within 8 hours"),
            gettext_noop("Had a first reply within 24 hours"),
            gettext_noop("Had a first reply within 72 hours"),
            gettext_noop("Half had a first reply within"),
        ),
    ),
    (
        "reply.first_contact",
        "first",
        "service",
        (
            gettext_noop("Had a first reply within 1 opening hour"),
            gettext_noop("Had a first reply within 8 opening hours"),
            gettext_noop("Had a first reply within 24 opening hours"),
            gettext_noop("Had a first reply within 72 opening hours"),
            gettext_noop("Half had a first reply within, counting opening hours only"),
        ),
    ),
    (
        "reply.substance",
        "answer",
        "elapsed",
        (
            gettext_noop("Had an answer within 1 hour"),
            gettext_noop("Had an answer within 8 hours"),
            gettext_noop("Had an answer within 24 hours"),
            gettext_noop("Had an answer within 72 hours"),
            gettext_noop("Half had an answer within"),
        ),
    ),
    (
        "reply.substance",
        "answer",
        "service",
        (
            gettext_noop("Had an answer within 1 opening hour"),
            gettext_noop("Had an answer within 8 opening hours"),
            gettext_noop("Had an answer within 24 opening hours"),
            gettext_noop("Had an answer within 72 opening hours"),
            gettext_noop("Half had an answer within, counting opening hours only"),
        ),
    ),
)

# Code, label, and how citizens addressed the city.
_WAITS: tuple[tuple[str, str, Addressed], ...] = (
    ("waits.direct", gettext_noop("Messages waiting for a reply"), Addressed.DIRECT),
    ("waits.copy", gettext_noop("Messages that named the city in copy"), Addressed.COPY),
)

# Code, version, the better direction, label, and the outcomes counted. Version 1 took a late promise for a broken one,
# and counted a promise once for each wait that it concerned.
_PROMISES: tuple[tuple[str, int, Direction, str, tuple[Outcome, ...]], ...] = (
    (
        "promises.due",
        2,
        None,
        gettext_noop("Promises kept, late or broken"),
        (Outcome.KEPT, Outcome.LATE, Outcome.BROKEN),
    ),
    ("promises.kept", 2, "up", gettext_noop("Promises kept"), (Outcome.KEPT,)),
    ("promises.late", 1, "down", gettext_noop("Promises kept late"), (Outcome.LATE,)),
    ("promises.broken", 2, "down", gettext_noop("Promises broken"), (Outcome.BROKEN,)),
)


def _reply_metrics(code: str, *, reply: Reply, clock: Clock, labels: tuple[str, ...]) -> list[Metric]:
    """Return the shares at each horizon and the median, from one reduction; codes on opening hours have a suffix."""
    suffix = "" if clock == "elapsed" else ".service"
    reduce = partial(wait_times, clock=clock, reply=reply, waits="first")
    *shares, half = labels
    share_metrics = [
        Metric(
            code=f"{code}.F.{horizon}{suffix}",
            version=1,
            unit="share",
            direction="up",
            minimum=MINIMUM_SAMPLE,
            label=label,
            reduce=reduce,
            finish=partial(_share_by, seconds=seconds),
        )
        for (horizon, seconds), label in zip(HORIZONS.items(), shares, strict=True)
    ]
    return [*share_metrics, Metric(f"{code}.median{suffix}", 1, "s", "down", MINIMUM_SAMPLE, half, reduce, _median)]


def _catalogue() -> dict[str, Metric]:
    metrics = [
        metric
        for code, reply, clock, labels in _REPLIES
        for metric in _reply_metrics(code, reply=reply, clock=clock, labels=labels)
    ]
    metrics += [
        Metric(code, 1, "count", None, 0, label, count_addressed, partial(_wait_count, how=how))
        for code, label, how in _WAITS
    ]
    metrics += [
        Metric(code, version, "count", direction, 0, label, count_promises, partial(_promises, outcomes=outcomes))
        for code, version, direction, label, outcomes in _PROMISES
    ]
    holding = gettext_noop("First replies that were holding replies")
    finish = partial(_share, column="held")
    metrics.append(Metric("reply.holding.share", 1, "share", None, MINIMUM_SAMPLE, holding, count_holding, finish))
    return {metric.code: metric for metric in metrics}


METRICS = _catalogue()
"""Every metric by its code."""
