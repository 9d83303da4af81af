"""Evaluation of metrics on facts: reduced on the engine that holds the facts, collected, and finished in NumPy."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from portevoix.measures.metrics import HORIZONS, Clock, Measured, Metric, Reply, Waits, count_promises, wait_times
from portevoix.measures.survival import Columns, Curve, Rows

type Facts = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""Facts in the columns of `schema.frame`, in memory or on a cluster."""


@dataclass(frozen=True, slots=True)
class ReplyReport:
    """Reply times of citizens, and outcomes of promises.

    Shares are 0 to 1 by horizon ("1h", "8h", "24h", "72h").
    `n` counts all waits, `answered` those that have had their reply. `F` is 1 − Kaplan–Meier and `ci` its 95 % interval
    (low, high). `median_s` is in seconds, None as long as fewer than half of the waits have been seen to end. Without
    any wait each share and each interval is None. `promises` counts those "kept", "late", "broken" and "open".
    """

    n: int
    answered: int
    F: Mapping[str, float | None]
    ci: Mapping[str, tuple[float, float] | None]
    median_s: int | None
    promises: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the object that `portevoix measures report --json` prints; intervals are lists, None is null."""
        return {
            "n": self.n,
            "answered": self.answered,
            "F": dict(self.F),
            "ci": {horizon: list(bounds) if bounds else None for horizon, bounds in self.ci.items()},
            "median_s": self.median_s,
            "promises": dict(self.promises),
        }


def report(
    facts: Facts,
    *,
    clock: Clock = "elapsed",
    waits: Waits = "first",
    reply: Reply = "first",
    promised: Facts | None = None,
) -> ReplyReport:
    """Return the reply measures of `facts`: `reply` "first" for first contact, "answer" for substance.

    Messages in copy are left out. Promises are those of `promised`, or of `facts` when that is None.
    """
    promise_counts = _collect(count_promises((facts if promised is None else promised).lazy()))
    curve = Curve.of(_collect(wait_times(facts.lazy(), clock=clock, reply=reply, waits=waits)))
    estimates = {horizon: curve.at(seconds) for horizon, seconds in HORIZONS.items()}
    return ReplyReport(
        n=curve.n,
        answered=curve.answered,
        F={horizon: each.value for horizon, each in estimates.items()},
        ci={
            horizon: None if each.low is None or each.high is None else (each.low, each.high)
            for horizon, each in estimates.items()
        },
        median_s=curve.median(),
        promises={outcome: int(np.nansum(counts)) for outcome, counts in promise_counts.items()},
    )


def measure(facts: Facts, metrics: Iterable[Metric]) -> dict[str, Measured]:
    """Return each metric's value on `facts`, by code. Metrics with the same reduction cost one pass together."""
    rows = facts.lazy()
    tables: dict[Callable[[Rows], Rows], Columns] = {}
    results = {}
    for metric in metrics:
        if metric.reduce not in tables:
            tables[metric.reduce] = _collect(metric.reduce(rows))
        results[metric.code] = metric.finish(tables[metric.reduce])
    return results


def _collect(rows: Rows) -> Columns:
    """Return a small result as NumPy columns."""
    home = rows.collect(backend="polars")
    return {name: home[name].to_numpy() for name in home.columns}
