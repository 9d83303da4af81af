"""The clock again, by brute force: every minute of a few weeks is open or not. Shares no code with `kernel.clock`."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from portevoix.kernel.policy import ServicePolicy

DAYS_AROUND = 10
MINUTE = timedelta(minutes=1)

# Public holidays near the days that the tests look at, from the calendars that the prefectures print.
_FRANCE = {(4, 6), (5, 1), (5, 8), (5, 14), (11, 1), (11, 11)}
HOLIDAYS = {
    "FR": {date(2026, month, day) for month, day in _FRANCE},
    "FR-57": {date(2026, month, day) for month, day in _FRANCE | {(4, 3)}},
}


class Minutes:
    """Wall times of every UTC minute around a day."""

    def __init__(self, zone: str, around: date) -> None:
        self.first = datetime(around.year, around.month, around.day, tzinfo=UTC) - timedelta(days=DAYS_AROUND)
        self.count = 2 * DAYS_AROUND * 24 * 60
        tz = ZoneInfo(zone)
        self.walls = [(self.first + n * MINUTE).astimezone(tz).replace(tzinfo=None) for n in range(self.count)]
        self.at = {wall: n for n, wall in reversed(list(enumerate(self.walls)))}  # the first of two wins

    def index(self, wall: datetime) -> int:
        """The minute at which this wall time is first; past a gap, that much later. Clamped to what is looked at."""
        if wall in self.at:
            return self.at[wall]
        if wall < self.walls[0]:
            return 0
        after = next((n for n in range(1, self.count) if self.walls[n - 1] < wall < self.walls[n]), None)
        if after is None:
            return self.count
        gap = self.walls[after] - self.walls[after - 1] - MINUTE
        return self.at[wall + gap]


minutes = cache(Minutes)


class Reference:
    """Open minutes under a policy, without the pauses."""

    def __init__(self, policy: ServicePolicy, around: date, pauses: Iterable[tuple[datetime, datetime]]) -> None:
        self.minutes = minutes(policy.timezone, around)
        self.open = bytearray(self.minutes.count)
        for n in range(-DAYS_AROUND - 3, DAYS_AROUND + 2):
            day = around + timedelta(days=n)
            for start, end in _intervals(policy, day):
                midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time
                self._mark(midnight + timedelta(seconds=start), midnight + timedelta(seconds=end))
        for begin, end in pauses:
            for n in range(self.minute(begin), self.minute(end)):
                self.open[n] = 0

    def _mark(self, start: datetime, end: datetime) -> None:
        for n in range(self.minutes.index(start), self.minutes.index(end)):
            self.open[n] = 1

    def minute(self, instant: datetime) -> int:
        return (instant - self.minutes.first) // MINUTE

    def elapsed(self, start: datetime, end: datetime) -> int:
        return 60 * sum(self.open[self.minute(start) : self.minute(end)])

    def due_at(self, start: datetime, seconds: int) -> datetime | None:
        """None when the answer lies beyond what is looked at."""
        at = self.minute(start)
        while seconds > 0:
            if at >= self.minutes.count:
                return None
            seconds -= 60 * self.open[at]
            at += 1
        return self.minutes.first + at * MINUTE


def _intervals(policy: ServicePolicy, day: date) -> tuple[tuple[int, int], ...]:
    hours = {n: ((0, 86_400),) for n in range(7)} if policy.hours is None else policy.hours
    holiday = policy.calendar is not None and day in HOLIDAYS[policy.calendar]
    if (holiday or day in policy.closed) and day not in policy.open:
        return ()
    return hours.get(day.weekday(), ())
