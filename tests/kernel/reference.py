"""The clock again, by brute force: every minute, or second, of a few days is open or not.

Shares no code with `kernel.clock`: wall times are looked up in a list of all of them, holidays are those of the law.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from portevoix.kernel.policy import ServicePolicy

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

# Code du travail, articles L3133-1, L3134-13 and L3422-2; Nouvelle-Calédonie, article Lp. 241-1.
_FIXED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
_FROM_EASTER = {1, 39, 50}
_REGIONS: dict[str, tuple[set[tuple[int, int]], set[int]]] = {
    "FR": (set(), set()),
    "FR-57": ({(12, 26)}, {-2}),
    "FR-973": ({(6, 10)}, set()),
    "FR-974": ({(12, 20)}, set()),
    "FR-NC": ({(9, 24)}, set()),
}
CALENDARS = tuple(_REGIONS)


@cache
def holidays(calendar: str, year: int) -> frozenset[date]:
    fixed, moving = _REGIONS[calendar]
    days = {date(year, month, day) for month, day in _FIXED | fixed}
    return frozenset(days | {easter(year) + timedelta(days=n) for n in _FROM_EASTER | moving})


def easter(year: int) -> date:
    """Butcher, Ecclesiastical Calendar (1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    week = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + week - 7 * ((a + 11 * h + 22 * week) // 451) + 114, 31)
    return date(year, month, day + 1)


class Grid:
    """Wall times of every step (a minute or a second) of UTC, `days` before and after a day's midnight.

    They are seconds since the first instant, which is read as wall time: to count them makes a large grid affordable.
    """

    def __init__(self, zone: str, around: date, days: int, step: timedelta) -> None:
        self.step = step
        self.first = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=days)
        self.count = 2 * days * 86_400 // step.seconds
        self.walls = np.concatenate(list(_walls(self.first, ZoneInfo(zone), 2 * days * 86_400, step.seconds)))
        assert len(self.walls) == self.count
        ends = np.flatnonzero(np.diff(self.walls) > step.seconds)
        self.gaps = [(int(self.walls[end]), int(self.walls[end + 1])) for end in ends]

    def index(self, wall: datetime) -> int:
        """The step at which this wall time is first; past a gap, that much later. Clamped to what is looked at."""
        seconds = int((wall - self.first.replace(tzinfo=None)).total_seconds())
        assert (seconds - self.walls[0]) % self.step.seconds == 0, "between two steps"
        if (found := self._first_at(seconds)) is not None:
            return found
        if seconds < self.walls[0]:
            return 0
        for before, after in self.gaps:
            if before < seconds < after:
                found = self._first_at(seconds + after - before - self.step.seconds)
                assert found is not None
                return found
        return self.count

    def _first_at(self, seconds: int) -> int | None:
        """The first of two wins."""
        found = np.flatnonzero(self.walls == seconds)
        return int(found[0]) if len(found) else None


def _walls(first: datetime, zone: ZoneInfo, length: int, step: int) -> Iterator[NDArray[np.int64]]:
    """Asks the zone at every hour, and at every step of an hour at whose ends it answers differently."""

    def offset(second: int) -> int:
        away = (first + timedelta(seconds=second)).astimezone(zone).utcoffset()
        assert away is not None
        return int(away.total_seconds())

    for hour in range(0, length, 3600):
        here = offset(hour)
        if here == offset(hour + 3600):
            yield np.arange(hour + here, hour + 3600 + here, step)
        else:
            yield np.array([second + offset(second) for second in range(hour, hour + 3600, step)])


grid = lru_cache(maxsize=24)(Grid)


class Reference:
    """Open steps under a policy, less the pauses."""

    def __init__(
        self,
        policy: ServicePolicy,
        around: date,
        pauses: Iterable[tuple[datetime, datetime]] = (),
        *,
        days: int = 10,
        step: timedelta = MINUTE,
    ) -> None:
        self.grid = grid(policy.timezone, around, days, step)
        opened = np.zeros(self.grid.count, np.int64)
        for start, end in _intervals(policy, around, days):
            opened[self.grid.index(start) : self.grid.index(end)] = 1
        for begin, end in pauses:
            opened[max(self.number(begin), 0) : self.number(end)] = 0
        self.before = np.concatenate(([0], np.cumsum(opened)))
        """How many of the steps before each are open."""

    def number(self, instant: datetime) -> int:
        return (instant - self.grid.first) // self.grid.step

    def service_seconds(self, start: datetime, end: datetime) -> int:
        return self.grid.step.seconds * int(self.before[self.number(end)] - self.before[self.number(start)])

    def due_at(self, start: datetime, seconds: int) -> datetime | None:
        """None when the answer lies beyond what is looked at. `seconds` is a multiple of the step."""
        begin = self.number(start)
        at = begin + int(np.searchsorted(self.before[begin:], self.before[begin] + seconds // self.grid.step.seconds))
        return None if at > self.grid.count else self.grid.first + at * self.grid.step


def _intervals(policy: ServicePolicy, around: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    hours = {n: ((0, 86_400),) for n in range(7)} if policy.hours is None else policy.hours
    for n in range(-days - 3, days + 2):
        day = around + timedelta(days=n)
        holiday = policy.calendar is not None and day in holidays(policy.calendar, day.year)
        if (holiday or day in policy.closed) and day not in policy.open:
            continue
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time
        for start, end in hours.get(day.weekday(), ()):
            yield midnight + timedelta(seconds=start), midnight + timedelta(seconds=end)
