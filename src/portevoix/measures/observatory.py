"""From coded posts to each city's indicators: posts become counts per city on the engine, counts become values here.

Posts are the city's outbound messages. A *reply* is one to somebody else, neither automatic nor boilerplate. What is
said of content rests on posts that are no replies at all, so that who answers a citizen never loses by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from portevoix.measures.engines import collect
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.intervals import wilson
from portevoix.measures.metrics import HORIZONS, Clock, Measured
from portevoix.measures.posts import FORMS, FUNCTIONS, TERRITORIES, TONES
from portevoix.measures.survival import Curve, Rows, tally

type Posts = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""Posts as `posts.frame` lays them out, in memory, in files or on a cluster."""

_POST = nw.col("outbound")
_OWN = _POST & ~nw.col("reply")
_REPLY = _POST & nw.col("reply") & ~nw.col("automatic") & ~nw.col("boilerplate")
_ANSWERED = nw.col("wait") & ~nw.col("first_elapsed_s").is_null()


def _worded(among: nw.Expr, column: str, words: Iterable[str]) -> dict[str, nw.Expr]:
    """The rows of `among` that have a word in `column`, and those that have each of `words`."""
    return {column: among & (nw.col(column) != "")} | {
        f"{column}_{word}": among & (nw.col(column) == word) for word in words
    }


_COUNTED: dict[str, nw.Expr] = {
    "posts": _POST,
    "automatic": _POST & nw.col("automatic"),
    "liked": _POST & (nw.col("likes") > 0),
    "commented": _POST & (nw.col("comments") > 0),
    "reposted": _POST & (nw.col("reposts") > 0),
    "replies": _REPLY,
    **_worded(_REPLY, "tone", TONES),
    "own": _OWN,
    **_worded(_OWN, "function", FUNCTIONS),
    **_worded(_OWN, "form", FORMS),
    **_worded(_OWN, "territory", TERRITORIES),
    "self_centred": _OWN & nw.col("self_centred"),
    "plain": _OWN & nw.col("plain"),
    "off_hours": _OWN & nw.col("off_hours"),
    "waits": nw.col("wait"),
    "waits_answered": _ANSWERED,
}
"""What is counted: rows for which this is true."""

_ADDED: dict[str, tuple[str, nw.Expr]] = {
    "likes": ("likes", _POST),
    "comments": ("comments", _POST),
    "reposts": ("reposts", _POST),
    "images": ("images", _OWN),
    "images_described": ("images_described", _OWN),
}
"""What is added up: a column, over rows for which this is true."""

SUMS = (*_COUNTED, *_ADDED, "threads", "thread_replies", "days", "days_posted")
"""The sums that ratios are made of. Conversations are counted on the day that opened them."""

NOBODY = Curve(*(np.zeros(0, np.int64) for _ in range(3)))
"""The curve of those of whom nobody waits."""

_PLACE = {name: place for place, name in enumerate(SUMS)}


@dataclass(frozen=True, slots=True)
class CityCounts:
    """All that a city's indicators are made of.

    `sums` has one row per name of `SUMS` and one column per day of the study, or a single one where days were not told
    apart. `elapsed` and `service` are the waits of citizens, day and night and within opening hours; `citizens` those
    who opened a conversation, `citizens_answered` those of them who had a reply.
    """

    sums: NDArray[np.int64]
    elapsed: Curve
    service: Curve
    citizens: int
    citizens_answered: int

    @property
    def days(self) -> dict[str, NDArray[np.int64]]:
        """Each sum, day by day."""
        return dict(zip(SUMS, self.sums, strict=True))

    def total(self, name: str) -> int:
        """A sum over the whole study."""
        return int(self.sums[_PLACE[name]].sum())


def reduce(posts: Posts, *, first_day: date, last_day: date, by_day: bool = True) -> dict[str, CityCounts]:
    """The counts of each city that has a message within the study's days, by the city's code, in order of codes.

    `by_day` keeps the days apart, as resampling them needs; thousands of cities are better without.
    """
    rows = posts.lazy().filter(nw.col("day") >= first_day, nw.col("day") <= last_day)
    keys = ("city", "day") if by_day else ("city",)
    counted = [collect(count_posts(rows, keys)), collect(count_threads(rows, keys))]
    if not by_day:
        counted.append(collect(count_days(rows)))
    cities = sorted(counted[0]["city"].unique().to_list())
    sums = _lay(counted, cities, days=(last_day - first_day).days + 1, first_day=first_day, by_day=by_day)
    curves = {clock: _curves(collect(waits(rows, clock))) for clock in ("elapsed", "service")}
    met = {city: (people, answered) for city, people, answered in collect(count_citizens(rows)).iter_rows()}
    return {
        city: CityCounts(
            sums[place],
            curves["elapsed"].get(city, NOBODY),
            curves["service"].get(city, NOBODY),
            *met.get(city, (0, 0)),
        )
        for place, city in enumerate(cities)
    }


def count_posts(rows: Rows, keys: Sequence[str]) -> Rows:
    """One row per city, or per city and day: the sums of posts and of waits."""
    counted = (rows_where.cast(nw.Int64()).sum().alias(name) for name, rows_where in _COUNTED.items())
    added = (
        nw.when(rows_where).then(nw.col(column)).otherwise(0).sum().alias(name)
        for name, (column, rows_where) in _ADDED.items()
    )
    return rows.group_by(*keys).agg(*counted, *added)


def count_threads(rows: Rows, keys: Sequence[str]) -> Rows:
    """`threads` that a citizen opened, by city and by the day that opened them; `thread_replies`, the city's there."""
    told = rows.filter(nw.col("wait") | _REPLY).select(
        "city",
        "thread",
        nw.col("wait").cast(nw.Int64()).alias("wait"),
        _REPLY.cast(nw.Int64()).alias("reply"),
        nw.when(nw.col("wait")).then(nw.col("day")).alias("day"),
    )
    threads = told.group_by("city", "thread").agg(
        nw.col("wait").max(), nw.col("reply").sum().alias("replies"), nw.col("day").min()
    )
    opened = threads.filter(nw.col("wait") == 1)
    return opened.group_by(*keys).agg(nw.len().alias("threads"), nw.col("replies").sum().alias("thread_replies"))


def count_days(rows: Rows) -> Rows:
    """`days_posted`: the days on which a city wrote of itself."""
    days = rows.filter(_OWN).select("city", "day").unique()
    return days.group_by("city").agg(nw.len().alias("days_posted"))


def count_citizens(rows: Rows) -> Rows:
    """`citizens` who opened a conversation with a city, and those of them who were `answered`, wherever it was."""
    asked = rows.filter(nw.col("wait")).select(
        "city",
        nw.col("author").alias("citizen"),
        nw.lit(1).alias("asked"),
        _ANSWERED.cast(nw.Int32()).alias("answered"),
    )
    replied = rows.filter(_REPLY, nw.col("citizen") != 0).select(
        "city", "citizen", nw.lit(0).alias("asked"), nw.lit(1).alias("answered")
    )
    people = (
        nw.concat([asked, replied]).group_by("city", "citizen").agg(nw.col("asked").max(), nw.col("answered").max())
    )
    met = people.filter(nw.col("asked") == 1)
    return met.group_by("city").agg(nw.len().alias("citizens"), nw.col("answered").sum())


def waits(rows: Rows, clock: Clock) -> Rows:
    """The tally of each city's first waits."""
    replied = nw.col(f"first_{clock}_s")
    return tally(
        rows.filter(nw.col("wait")),
        by=("city",),
        duration=nw.coalesce(replied, nw.col(f"censored_{clock}_s")),
        happened=~replied.is_null(),
    )


def _lay(
    counted: Iterable[nw.DataFrame[Any]], cities: Sequence[str], *, days: int, first_day: date, by_day: bool
) -> NDArray[np.int64]:
    """All sums by city, sum and day; without `by_day` the days are one."""
    sums = np.zeros((len(cities), len(SUMS), days if by_day else 1), np.int64)
    places = {city: place for place, city in enumerate(cities)}
    for frame in counted:
        rows = [places[city] for city in frame["city"].to_list()]
        columns = (frame["day"].to_numpy() - np.datetime64(first_day)).astype(int) if by_day else 0
        for name in set(frame.columns) - {"city", "day"}:
            sums[rows, _PLACE[name], columns] = frame[name].to_numpy()
    sums[:, _PLACE["days"]] = 1 if by_day else days
    if by_day:
        sums[:, _PLACE["days_posted"]] = sums[:, _PLACE["own"]] > 0
    return sums


def _curves(tallied: nw.DataFrame[Any]) -> dict[str, Curve]:
    """The curve of each city: slices of three long arrays."""
    ordered = tallied.sort("city", "duration")
    sizes = ordered.group_by("city").agg(nw.len().alias("size")).sort("city")
    ends = np.cumsum(sizes["size"].to_numpy())
    arrays = [ordered[name].to_numpy() for name in ("duration", "events", "total")]
    return {
        city: Curve(*(array[end - size : end] for array in arrays))
        for city, size, end in zip(sizes["city"].to_list(), sizes["size"].to_list(), ends, strict=True)
    }


def values(counts: CityCounts) -> dict[str, Measured]:
    """Every indicator that posts alone tell, by its code. Shares have Wilson's interval of 95 %."""
    found = {
        code: _quotient(*(counts.total(name) for name in indicator.ratio), share=indicator.unit == "share")
        for code, indicator in INDICATORS.items()
        if indicator.ratio
    }
    found["conversation.citizens"] = _quotient(counts.citizens_answered, counts.citizens, share=True)
    for suffix, curve in (("", counts.elapsed), (".service", counts.service)):
        for horizon, seconds in HORIZONS.items():
            by_then = curve.at(seconds)
            found[f"reactivity.f{horizon}{suffix}"] = Measured(by_then.value, curve.n, by_then.low, by_then.high)
    mean = counts.elapsed.restricted_mean(HORIZONS["72h"])
    found["reactivity.restricted_mean"] = Measured(mean.value, counts.elapsed.n, mean.low, mean.high)
    return found


def together(counts: Iterable[CityCounts]) -> CityCounts:
    """Several cities as if they were one; a citizen of two of them is two. There is at least one."""
    each = list(counts)
    return CityCounts(
        sums=np.sum([one.sums for one in each], axis=0),
        elapsed=_merged(one.elapsed for one in each),
        service=_merged(one.service for one in each),
        citizens=sum(one.citizens for one in each),
        citizens_answered=sum(one.citizens_answered for one in each),
    )


def _merged(curves: Iterable[Curve]) -> Curve:
    each = list(curves)
    durations = np.concatenate([curve.duration for curve in each])
    duration, place = np.unique(durations, return_inverse=True)
    counted = (np.concatenate(arrays) for arrays in ([c.events for c in each], [c.total for c in each]))
    events, total = (np.bincount(place, weights=array, minlength=len(duration)).astype(np.int64) for array in counted)
    return Curve(duration, events, total)


def _quotient(numerator: int, denominator: int, *, share: bool) -> Measured:
    if not denominator:
        return Measured(None, 0)
    low, high = wilson(numerator, denominator) if share else (None, None)
    return Measured(numerator / denominator, denominator, low, high)
