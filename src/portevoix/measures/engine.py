"""Puts metrics to facts: reduces on the engine that holds them, collects the small result, finishes in NumPy."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from portevoix.measures.metrics import HORIZONS, Clock, Measured, Metric, Reply, Waits, count_promises, wait_times
from portevoix.measures.survival import Columns, Curve, Rows

type Facts = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""Facts as `schema.frame` lays them out, in memory or on a cluster."""


@dataclass(frozen=True, slots=True)
class ReplyReport:
    """How soon citizens were replied to, and what became of promises.

    Shares are 0 to 1 by horizon ("1h", "8h", "24h", "72h").
    `n` counts all waits, `answered` those that have had their reply. `F` is 1 − Kaplan–Meier and `ci` its 95 % interval
    (low, high). `median_s` is in seconds, None as long as half of the waits have not been seen to end. Without any wait
    each share and each interval is None. `promises` has how many were "kept", "late", "broken" and "open".
    """

    n: int
    answered: int
    F: Mapping[str, float | None]
    ci: Mapping[str, tuple[float, float] | None]
    median_s: int | None
    promises: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The object that `portevoix measures report --json` prints; intervals are lists, None is null."""
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

    Copies are left out. Promises are those of `promised`, of `facts` where that is None.
    """
    counted = _collect(count_promises((facts if promised is None else promised).lazy()))
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
        promises={outcome: int(np.nansum(counts)) for outcome, counts in counted.items()},
    )


def measure(facts: Facts, metrics: Iterable[Metric]) -> dict[str, Measured]:
    """Each metric's value on `facts`, by code. Metrics that share a reduction cost one pass together."""
    rows = facts.lazy()
    collected: dict[Callable[[Rows], Rows], Columns] = {}
    measured = {}
    for metric in metrics:
        if metric.reduce not in collected:
            collected[metric.reduce] = _collect(metric.reduce(rows))
        measured[metric.code] = metric.finish(collected[metric.reduce])
    return measured


def _collect(rows: Rows) -> Columns:
    """Brings a small result home."""
    home = rows.collect(backend="polars")
    return {name: home[name].to_numpy() for name in home.columns}
