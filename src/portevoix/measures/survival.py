"""The Kaplan–Meier estimator of waiting times, which includes citizens who still wait.

Sources: Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958), with Greenwood's
variance; Kalbfleisch and Prentice, *The Statistical Analysis of Failure Time Data* (2002), § 1.4, for the interval.

A wait that was answered is an *event* at its duration; one that was not is *censored* at the duration we looked. With
d_i events and n_i waits still at risk at the distinct event times t_i,

    S(t) = Π_{t_i ≤ t} (1 − d_i/n_i)        F(t) = 1 − S(t): the share that has its reply by t

    V(t) = Σ_{t_i ≤ t} d_i / (n_i (n_i − d_i))
    95 % interval of S(t): S(t)^exp(±z·√V(t) / log S(t)),  z = 1.96    (that of F(t) is its mirror image)

and, of waits cut at τ (Klein and Moeschberger, *Survival Analysis* (2003), § 4.5), with A(t) = ∫ S from t to τ,

    mean: A(0)    variance of the waits: 2∫ t S(t) dt − A(0)²
    squared error of the mean: Σ_{t_i ≤ τ} A(t_i)² d_i / (n_i (n_i − d_i))

Conventions:

- An event and a censoring at the same duration: the event came first, so the censored one was still at risk.
- Beyond the longest duration S keeps its last value, as R's `survfit` extends it.
- No wait at all: F, interval and median are None.
- The log-log interval does not exist where S is 1 or 0. R's `survfit` leaves it empty there and lifelines draws
  [1, 1] when S is 0, which would claim certainty; we give the exact (Clopper–Pearson) binomial bound instead. Nobody
  answered yet: F = 0 in [0, 1 − (α/2)^(1/m)], m being the waits watched for at least t (with none, nothing is known:
  [0, 1]). Everybody answered: F = 1 in [(α/2)^(1/m), 1], m being the answered waits. Waits censored earlier are left
  out of m, which can only widen the interval.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from portevoix.measures.intervals import Z

type Rows = nw.LazyFrame[Any]
"""Rows on any engine, behind Narwhals."""

type Columns = dict[str, NDArray[Any]]
"""A result collected from the engine: equally long arrays by column name."""

FEWEST_AT_RISK = 5
"""With fewer waits still at risk, and some censored before, no estimate is shown to readers."""

_ALPHA = 0.05
# A product of many quotients misses its exact value by some 1e-15, and S(t) = 0.5 must be seen as 0.5.
_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """F at one instant, and its 95 % interval; all None when there was no wait."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """The mean of waits cut at some length, in seconds; `variance` is that of the waits, in seconds squared.

    `low` and `high` are the mean's 95 % interval: None where nothing was answered, or everything at one instant, since
    its error is then unknown. All None when there was no wait.
    """

    value: float | None
    variance: float | None
    low: float | None = None
    high: float | None = None


def tally(rows: Rows, *, duration: nw.Expr, happened: nw.Expr, by: Sequence[str] = ()) -> Rows:
    """Reduce waits to sufficient statistics, on the engine: one row per distinct duration (of each group of `by`).

    `duration` gives whole seconds and `happened` a boolean, neither ever null. Returns the columns of `by`, `duration`,
    `events` (d_i) and `total` (events and censored of that duration), in no particular order.
    """
    waits = rows.select(*by, duration.alias("duration"), happened.cast(nw.Int64()).alias("event"))
    return waits.group_by(*by, "duration").agg(nw.col("event").sum().alias("events"), nw.len().alias("total"))


@dataclass(frozen=True)
class Curve:
    """The estimator on the result of `tally`: three equally long integer arrays, by rising duration."""

    duration: NDArray[np.int64]
    events: NDArray[np.int64]
    total: NDArray[np.int64]

    @classmethod
    def of(cls, tallied: Columns) -> "Curve":
        """Return the curve of a collected result of `tally`, in any order."""
        order = np.argsort(tallied["duration"])
        duration, events, total = (tallied[name][order].astype(np.int64) for name in ("duration", "events", "total"))
        return cls(duration=duration, events=events, total=total)

    @classmethod
    def merged(cls, curves: Iterable["Curve"]) -> "Curve":
        """Return the curve of the waits of several curves together."""
        each = [cls.nobody(), *curves]
        durations = np.concatenate([curve.duration for curve in each])
        duration, place = np.unique(durations, return_inverse=True)
        counts = (np.concatenate(arrays) for arrays in ([c.events for c in each], [c.total for c in each]))
        events, total = (
            np.bincount(place, weights=array, minlength=len(duration)).astype(np.int64) for array in counts
        )
        return cls(duration, events, total)

    @classmethod
    def nobody(cls) -> "Curve":
        """Return the curve of no waits at all."""
        return cls(*(np.zeros(0, np.int64) for _ in range(3)))

    @property
    def n(self) -> int:
        """Number of waits."""
        return int(self.total.sum())

    @property
    def answered(self) -> int:
        """Number of waits that ended in the event."""
        return int(self.events.sum())

    @cached_property
    def at_risk(self) -> NDArray[np.int64]:
        """n_i: the waits that lasted at least each duration."""
        return np.cumsum(self.total[::-1])[::-1]

    @cached_property
    def survival(self) -> NDArray[np.float64]:
        """S after each duration."""
        return np.cumprod(1 - self.events / self.at_risk)

    @cached_property
    def _greenwood(self) -> NDArray[np.float64]:
        """d_i / (n_i (n_i − d_i)); 0 where S becomes 0."""
        rest = self.at_risk * (self.at_risk - self.events)
        return np.divide(self.events, rest, out=np.zeros(len(rest)), where=rest > 0)

    @cached_property
    def _variance(self) -> NDArray[np.float64]:
        """Greenwood's V after each duration; 0 where S is 0, which has no V."""
        return np.cumsum(self._greenwood)

    def at(self, seconds: int) -> Estimate:
        """Return F(t) with its interval. A duration of exactly `seconds` is included."""
        if not self.n:
            return Estimate(None, None, None)
        step = int(np.searchsorted(self.duration, seconds, side="right")) - 1
        survival = float(self.survival[step]) if step >= 0 else 1.0
        if step < 0 or not self.events[: step + 1].any():
            return Estimate(0.0, 0.0, 1 - _exact(self._count_watched(seconds)))
        if survival == 0:
            return Estimate(1.0, _exact(self.answered), 1.0)
        spread = Z * float(np.sqrt(self._variance[step])) / np.log(survival)
        low, high = survival ** np.exp(-spread), survival ** np.exp(spread)
        return Estimate(1 - survival, float(1 - high), float(1 - low))

    def rests_on_enough(self, seconds: int) -> bool:
        """Return whether F(t) rests on enough waits to be shown: none censored before t, or enough at risk at t.

        Enough is `FEWEST_AT_RISK`, and a fifth of all: with fewer, a single answer moves the estimate by as much again.
        """
        return self.is_complete(seconds) or self._count_watched(seconds) >= max(FEWEST_AT_RISK, self.n / 5)

    def is_complete(self, seconds: int) -> bool:
        """Return whether no wait was censored before t: F(t) is then a plain share, not an estimate."""
        return not (self.total - self.events)[self.duration < seconds].any()

    def restricted_mean(self, seconds: int) -> RestrictedMean:
        """Return the mean wait when no wait counts for more than `seconds`: the area under S."""
        if not self.n:
            return RestrictedMean(None, None)
        steps = int(np.searchsorted(self.duration, seconds, side="left"))
        edges = np.concatenate(([0], self.duration[:steps], [seconds])).astype(np.float64)
        height = np.concatenate(([1.0], self.survival[:steps]))
        areas = height * np.diff(edges)
        mean = float(areas.sum())
        variance = float((height * np.diff(edges**2)).sum()) - mean**2
        ahead = np.cumsum(areas[:0:-1])[::-1]
        error = float(np.sqrt((ahead**2 * self._greenwood[:steps]).sum()))
        if not error:
            return RestrictedMean(mean, variance)
        low, high = max(0.0, mean - Z * error), min(float(seconds), mean + Z * error)
        return RestrictedMean(mean, variance, low, high)

    def median(self) -> int | None:
        """Return the shortest duration by which half of all waits had the event; None when fewer had it."""
        at_half = np.flatnonzero(self.survival <= 0.5 + _NEARLY)
        return int(self.duration[at_half[0]]) if len(at_half) else None

    def _count_watched(self, seconds: int) -> int:
        """Return the number of waits that lasted at least `seconds`."""
        return int(self.total[self.duration >= seconds].sum())


def _exact(trials: int) -> float:
    """Return the Clopper–Pearson lower bound of a probability after `trials` successes in as many trials."""
    return float((_ALPHA / 2) ** (1 / trials)) if trials else 0.0
