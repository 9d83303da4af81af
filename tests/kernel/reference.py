"""The clock again, by brute force: every minute, or second, of a few days is open or not.

Shares no code with `kernel.clock`: wall times are looked up in a list of all of them, holidays are those of the law.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

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
    """Wall times of every step (a minute or a second) of UTC, `days` before and after a day's midnight."""

    def __init__(self, zone: str, around: date, days: int, step: timedelta) -> None:
        self.around, self.days, self.step = around, days, step
        self.first = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=days)
        self.count = 2 * days * 86_400 // step.seconds
        tz = ZoneInfo(zone)
        self.walls = [(self.first + n * step).astimezone(tz).replace(tzinfo=None) for n in range(self.count)]
        self.at = {wall: n for n, wall in reversed(list(enumerate(self.walls)))}  # the first of two wins

    def index(self, wall: datetime) -> int:
        """The step at which this wall time is first; past a gap, that much later. Clamped to what is looked at."""
        if wall in self.at:
            return self.at[wall]
        if wall < self.walls[0]:
            return 0
        after = next((n for n in range(1, self.count) if self.walls[n - 1] < wall < self.walls[n]), None)
        if after is None:
            return self.count
        return self.at[wall + (self.walls[after] - self.walls[after - 1] - self.step)]


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
        self.open = bytearray(self.grid.count)
        for start, end in _intervals(policy, around, days):
            for n in range(self.grid.index(start), self.grid.index(end)):
                self.open[n] = 1
        for begin, end in pauses:
            for n in range(self.number(begin), self.number(end)):
                self.open[n] = 0

    def number(self, instant: datetime) -> int:
        return (instant - self.grid.first) // self.grid.step

    def elapsed(self, start: datetime, end: datetime) -> int:
        return self.grid.step.seconds * sum(self.open[self.number(start) : self.number(end)])

    def due_at(self, start: datetime, seconds: int) -> datetime | None:
        """None when the answer lies beyond what is looked at. `seconds` is a multiple of the step."""
        at, need = self.number(start), seconds // self.grid.step.seconds
        while need > 0:
            if at >= self.grid.count:
                return None
            need -= self.open[at]
            at += 1
        return self.grid.first + at * self.grid.step


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
