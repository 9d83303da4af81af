"""Service time: opening hours, public holidays, time zones, daylight saving, pauses and weeks.

All computation of time in the program is here, in whole seconds since 1970 in UTC; fractions of a second are cut off.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.policy import DAY_S, Interval, ServicePolicy, find_calendar, find_zone

type Pause = tuple[datetime, datetime]

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""The years that the clock supports; public holidays are not known beyond them."""
HORIZON_YEARS = 50
"""A due time lies at most this long after its start."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_SPAN_S = 32 * DAY_S
_HORIZON_SPANS = HORIZON_YEARS * 366 // 32
_SPANS_KEPT = 1024
_EVERY_DAY = {weekday: ((0, DAY_S),) for weekday in range(7)}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)


class ServiceClock:
    """Compute service time under one policy: the time during which the city is at work and no pause runs.

    An opening interval belongs to the day on which it starts: a holiday closes all of it, and nothing of an interval
    that started the day before. Without [hours] every day is one interval, and holidays are closed too. A local time
    that occurs twice means its first occurrence; one that does not exist moves forward by the gap. Safe to share
    between threads. All methods raise BadInput for datetimes without an offset or outside of FIRST_YEAR to LAST_YEAR,
    and for pauses that end before they start.
    """

    def __init__(self, policy: ServicePolicy) -> None:
        self.policy = policy
        self.zone = find_zone(policy.timezone)
        self._hours = _EVERY_DAY if policy.hours is None else policy.hours
        self._span = lru_cache(maxsize=_SPANS_KEPT)(self._build)

    def due_at(self, start: datetime, service_seconds: int, pauses: Iterable[Pause] = ()) -> datetime:
        """Return the earliest instant, in UTC, by which `service_seconds` have passed since `start`; `start` for 0.

        Raises BadPolicy when the policy's hours do not provide that much time within HORIZON_YEARS.
        """
        cursor, need = _seconds(start), service_seconds
        if need < 0:
            raise BadInput(gettext_noop("A service time cannot be negative."))
        limit = cursor // _SPAN_S + _HORIZON_SPANS
        for begin, end in _merge_pauses(pauses, cursor) if need else ():
            if (open_seconds := self._open(cursor, begin)) >= need:
                break
            need, cursor = need - open_seconds, end
        return _EPOCH + timedelta(seconds=self._reach(cursor, need, limit=limit) if need else cursor)

    def elapsed(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> int:
        """Return the service seconds between `start` and `end`. Raises BadInput when `end` comes first."""
        cursor, last = _seconds(start), _seconds(end)
        seconds_between(start, end)
        total = 0
        for begin, after in _merge_pauses(pauses, cursor):
            if begin >= last:
                break
            total, cursor = total + self._open(cursor, begin), after
        return total + self._open(cursor, last)

    def _open(self, begin: int, end: int) -> int:
        """Return the open seconds from `begin` to `end`, ignoring pauses; 0 when `end` is not after `begin`."""
        if end <= begin:
            return 0
        first, last = begin // _SPAN_S, end // _SPAN_S
        whole = sum(self._span(number).total for number in range(first, last))
        return whole - self._span(first).before(begin) + self._span(last).before(end)

    def _reach(self, begin: int, need: int, *, limit: int) -> int:
        """Return the instant by which `need` > 0 open seconds have passed since `begin`.

        Raises BadPolicy when that is after span `limit`.
        """
        number = begin // _SPAN_S
        span = self._span(number)
        need += span.before(begin)
        while need > span.total:
            need -= span.total
            number += 1
            if number > limit:
                message = gettext_noop(
                    "With these opening hours, that much service time does not pass within {years} years. "
                    "Give the policy more hours, or ask for less."
                )
                raise BadPolicy(message, years=HORIZON_YEARS)
            span = self._span(number)
        return span.reach(need)

    def _build(self, number: int) -> "_Span":
        begin, end = number * _SPAN_S, (number + 1) * _SPAN_S
        # A zone is up to a day from UTC, an interval ends up to two days after its midnight, and a gap of a whole
        # day was known (Samoa, 2011).
        first = (_EPOCH + timedelta(seconds=begin)).date().toordinal() - 4
        last = (_EPOCH + timedelta(seconds=end)).date().toordinal() + 2
        intervals = []
        for day in map(date.fromordinal, range(first, last)):
            for start, stop in self._intervals(day):
                intervals.append((max(begin, self._instant(day, start)), min(end, self._instant(day, stop))))
        return _Span(_union(intervals))

    def _intervals(self, day: date) -> tuple[Interval, ...]:
        intervals = self._hours.get(day.weekday(), ())
        policy = self.policy
        if not intervals or day in policy.open:
            return intervals
        shut = day in policy.closed or (policy.calendar and day in _holidays(policy.calendar, day.year))
        return () if shut else intervals

    def _instant(self, day: date, wall_s: int) -> int:
        # fold=0, the default, is both rules at once: the first of two, and forward by the gap.
        wall = datetime(day.year, day.month, day.day) + timedelta(seconds=wall_s)  # noqa: DTZ001 - wall time
        return (wall.replace(tzinfo=self.zone) - _EPOCH) // _SECOND


class _Span:
    """The opening intervals of a span of time, disjoint and sorted, with the open seconds before each."""

    __slots__ = ("ends", "starts", "sums", "total")

    def __init__(self, intervals: list[Interval]) -> None:
        self.starts = [start for start, _ in intervals]
        self.ends = [end for _, end in intervals]
        *self.sums, self.total = accumulate((end - start for start, end in intervals), initial=0)

    def before(self, instant: int) -> int:
        at = bisect_right(self.starts, instant) - 1
        return self.sums[at] + min(instant, self.ends[at]) - self.starts[at] if at >= 0 else 0

    def reach(self, seconds: int) -> int:
        """Return the earliest instant by which `seconds` of the span were open; 0 < seconds <= total."""
        at = bisect_left(self.sums, seconds) - 1
        return self.starts[at] + seconds - self.sums[at]


def seconds_between(start: datetime, end: datetime) -> int:
    """Return the seconds from `start` to `end`, around the clock. Raises BadInput when `end` comes first."""
    # Not by comparing the two: in one zone Python compares wall times, which go back once a year.
    if (between := _seconds(end) - _seconds(start)) < 0:
        raise BadInput(gettext_noop("The end comes before the start. Exchange the two."))
    return between


def parse_instant(text: str) -> datetime:
    """Return the instant in `text`: RFC 3339 with an offset, seconds optional. Raises BadInput.

    The offset is preserved.
    """
    try:
        instant = datetime.fromisoformat(text) if _RFC3339.fullmatch(text) else None
    except ValueError:
        instant = None
    if instant is None:
        raise BadInput(
            gettext_noop("“{value}” is not a time with its offset. Write one like 2026-11-20T17:50:00+01:00."),
            value=text[:60],
        )
    _check(instant)
    return instant


def parse_pause(text: str) -> Pause:
    """Return the pause in `text`: two times separated by a slash, as in ISO 8601. Raises BadInput."""
    begin, slash, end = text.partition("/")
    if not slash:
        message = gettext_noop("“{value}” is not a pause. Write its start, a slash and its end.")
        raise BadInput(message, value=text[:60])
    return parse_instant(begin), parse_instant(end)


def parse_week(text: str) -> date:
    """Return the Monday of an ISO week like "2026-W47". Raises BadInput."""
    match = _WEEK.fullmatch(text)
    try:
        if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass  # a week 00, 53 or 99 that this year does not have
    message = gettext_noop("“{value}” is not a week. Write a week like 2026-W47: the year, then its ISO week.")
    raise BadInput(message, value=text[:60])


def week_bounds(week: str, timezone: str) -> tuple[datetime, datetime]:
    """Return Monday 00:00 of `week` and of the following week, in that zone. Raises BadInput."""
    monday, zone = parse_week(week), find_zone(timezone)
    return _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)


def week_of(instant: datetime, timezone: str) -> str:
    """Return the ISO week of `instant` in that zone, like "2026-W47". Raises BadInput."""
    _check(instant)
    year, week, _ = instant.astimezone(find_zone(timezone)).isocalendar()
    return f"{year}-W{week:02}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # By way of UTC, so that a midnight that daylight saving skips is shown as the time it really is.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).astimezone(zone)


def _check(instant: datetime) -> None:
    if instant.utcoffset() is None:
        message = gettext_noop("“{value}” has no offset. Write one like 2026-11-20T17:50:00+01:00.")
        raise BadInput(message, value=instant.isoformat())
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        message = gettext_noop("The year {year} is out of reach. Write a time between {first} and {last}.")
        raise BadInput(message, year=instant.year, first=FIRST_YEAR, last=LAST_YEAR)


def _seconds(instant: datetime) -> int:
    _check(instant)
    return (instant - _EPOCH) // _SECOND


def _merge_pauses(pauses: Iterable[Pause], since: int) -> list[Interval]:
    """Return the pauses as sorted, disjoint intervals, the first not before `since`."""
    intervals = []
    for begin, end in pauses:
        first, last = _seconds(begin), _seconds(end)
        if last < first:
            raise BadInput(gettext_noop("A pause ends before it starts. Exchange the two."))
        intervals.append((max(since, first), last))
    return _union(intervals)


def _union(intervals: list[Interval]) -> list[Interval]:
    """Return the intervals sorted and disjoint; empty and reversed ones are dropped, touching ones merged."""
    union: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


@lru_cache(maxsize=512)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    country, region = find_calendar(calendar)
    # A fresh object for each year: one that fills itself on demand is not safe between threads.
    return frozenset(holidays.country_holidays(country, subdiv=region, years=year, expand=False))
