"""Indicators of each city from coded posts: the engine reduces posts to counts per city, and counts become values here.

Posts are the city's outbound messages. A *reply* is one to somebody else, neither automatic nor boilerplate.
Indicators of content use only posts that are not replies, so that a city never loses by answering citizens.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from portevoix.measures.counting import SUMS, count_citizens, count_days, count_posts, count_threads, waits
from portevoix.measures.engines import collect
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.intervals import wilson
from portevoix.measures.metrics import HORIZONS, Measured
from portevoix.measures.survival import Curve

type Posts = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""Posts in the columns of `posts.frame`, in memory, in files or on a cluster."""

AT_ONCE = 10_000_000
"""Waits and replies whose conversations are held in memory together: many cities are counted in batches."""

TWO_WEEKS_S = 14 * 86_400

NOBODY = Curve.nobody()
"""The curve of a city without waits."""

_PLACE = {name: place for place, name in enumerate(SUMS)}


@dataclass(frozen=True, slots=True)
class CityCounts:
    """All counts from which a city's indicators are computed.

    `sums` has one row per name of `SUMS` and one column per day of the study, or a single one where days are not
    separated. `elapsed` and `service` are the waits of citizens, day and night and within opening hours; `citizens`
    counts those who opened a conversation, `citizens_answered` those of them who had a reply.
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

    @property
    def totals(self) -> dict[str, int]:
        """Each sum over the whole study."""
        return dict(zip(SUMS, self.sums.sum(axis=1).tolist(), strict=True))


def reduce(
    posts: Posts, *, first_day: date, last_day: date, by_day: bool = True, at_once: int = AT_ONCE
) -> dict[str, CityCounts]:
    """Return the counts of each city with a message within the study's days, by city code, in order of codes.

    `by_day` counts each day separately, which resampling of days needs; it is too much for thousands of cities. Posts
    are read once, and their conversations once per batch of `at_once`: of files that hold the rows of a city together,
    as `posts.write` leaves them, only the parts with those cities are then read.
    """
    rows = posts.lazy().filter(nw.col("day") >= first_day, nw.col("day") <= last_day)
    sheet = _Sheet.of(collect(count_posts(rows, _keys(by_day))), first_day, (last_day - first_day).days + 1, by_day)
    if not by_day:
        sheet.lay(collect(count_days(rows)))
    counts = {}
    for cities in sheet.batches(at_once):
        some = rows.filter(nw.col("city") >= cities[0], nw.col("city") <= cities[-1])
        sheet.lay(collect(count_threads(some, _keys(by_day))))
        elapsed_curves, service_curves = (
            _curves(collect(waits(some, clock)), cities) for clock in ("elapsed", "service")
        )
        citizens = {
            city: (people, people_answered)
            for city, people, people_answered in collect(count_citizens(some)).iter_rows()
        }
        for city in cities:
            sums = sheet.sums[sheet.places[city]]
            counts[city] = CityCounts(
                sums, elapsed_curves.get(city, NOBODY), service_curves.get(city, NOBODY), *citizens.get(city, (0, 0))
            )
    return counts


def _keys(by_day: bool) -> tuple[str, ...]:
    return ("city", "day") if by_day else ("city",)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Array of all sums, by city, name and day; a single day where days are not separated."""

    sums: NDArray[np.int64]
    places: Mapping[str, int]
    first_day: date

    @classmethod
    def of(cls, counted: nw.DataFrame[Any], first_day: date, days: int, by_day: bool) -> "_Sheet":
        """Return the sheet of the cities in the result of `count_posts`, with its sums entered."""
        places = {city: place for place, city in enumerate(sorted(counted["city"].unique().to_list()))}
        sheet = cls(np.zeros((len(places), len(SUMS), days if by_day else 1), np.int64), places, first_day)
        sheet.lay(counted)
        sheet.sums[:, _PLACE["days"]] = 1 if by_day else days
        if by_day:
            sheet.sums[:, _PLACE["days_posted"]] = sheet.sums[:, _PLACE["own"]] > 0
        return sheet

    def lay(self, counted: nw.DataFrame[Any]) -> None:
        """Enter each column of `counted`, whose rows are of a city, or of a city and a day."""
        rows = [self.places[city] for city in counted["city"].to_list()]
        has_days = "day" in counted.columns
        days = (counted["day"].to_numpy() - np.datetime64(self.first_day)).astype(int) if has_days else 0
        for name in set(counted.columns) - {"city", "day"}:
            self.sums[rows, _PLACE[name], days] = counted[name].to_numpy()

    def batches(self, at_once: int) -> Iterator[list[str]]:
        """Yield all cities in order, in batches of about `at_once` waits and replies."""
        messages = self.sums[:, [_PLACE["waits"], _PLACE["replies"]]].sum(axis=(1, 2))
        batch = (np.cumsum(messages) - 1).clip(min=0) // at_once
        cities = np.array(list(self.places), object)
        for number in np.unique(batch):
            yield cities[batch == number].tolist()


def _curves(tallied: nw.DataFrame[Any], cities: Sequence[str]) -> dict[str, Curve]:
    """Return the curve of each city: slices of three long arrays. Cities are sorted as numbers, which is faster."""
    rows = tallied.with_columns(nw.col("city").cast(nw.Enum(cities))).sort("city", "duration")
    sizes = rows.group_by("city").agg(nw.len().alias("size")).sort("city")
    ends = np.cumsum(sizes["size"].to_numpy())
    arrays = [rows[name].to_numpy() for name in ("duration", "events", "total")]
    return {
        city: Curve(*(array[end - size : end] for array in arrays))
        for city, size, end in zip(sizes["city"].to_list(), sizes["size"].to_list(), ends, strict=True)
    }


def values(counts: CityCounts) -> dict[str, Measured]:
    """Return every indicator that depends on posts alone, by code. Shares have Wilson's 95 % interval."""
    totals = counts.totals
    indicators = {
        code: _quotient(*(totals[name] for name in indicator.ratio), share=indicator.unit == "share")
        for code, indicator in INDICATORS.items()
        if indicator.ratio
    }
    indicators["conversation.citizens"] = _quotient(counts.citizens_answered, counts.citizens, share=True)
    for suffix, curve in (("", counts.elapsed), (".service", counts.service)):
        for horizon, seconds in HORIZONS.items():
            by_then = curve.at(seconds)
            indicators[f"reactivity.f{horizon}{suffix}"] = Measured(by_then.value, curve.n, by_then.low, by_then.high)
    curve, seconds = final_curve(counts)
    at_last = curve.at(seconds)
    indicators["reactivity.answered"] = Measured(at_last.value, curve.n, at_last.low, at_last.high)
    mean = counts.elapsed.restricted_mean(HORIZONS["72h"])
    indicators["reactivity.restricted_mean"] = Measured(mean.value, counts.elapsed.n, mean.low, mean.high)
    return indicators


def final_curve(counts: CityCounts) -> tuple[Curve, int]:
    """Return the curve and the seconds from which the share answered in the end is read.

    Two weeks include the 72 hours and the 72 opening hours. The same waits have an estimate on each clock. That of
    opening hours is used where its value at the last horizon is larger: no earlier figure may exceed the final one.
    """
    last = counts.service.at(HORIZONS["72h"]).value or 0
    if last > (counts.elapsed.at(TWO_WEEKS_S).value or 0):
        return counts.service, HORIZONS["72h"]
    return counts.elapsed, TWO_WEEKS_S


def together(counts: Iterable[CityCounts]) -> CityCounts:
    """Return the counts of several cities, at least one, as one; a citizen of two of them counts twice."""
    each = list(counts)
    return CityCounts(
        sums=np.sum([one.sums for one in each], axis=0),
        elapsed=Curve.merged(one.elapsed for one in each),
        service=Curve.merged(one.service for one in each),
        citizens=sum(one.citizens for one in each),
        citizens_answered=sum(one.citizens_answered for one in each),
    )


def _quotient(numerator: int, denominator: int, *, share: bool) -> Measured:
    if not denominator:
        return Measured(None, 0)
    low, high = wilson(numerator, denominator) if share else (None, None)
    return Measured(numerator / denominator, denominator, low, high)
