"""The weeks of an edition: its own, and those before that it is compared with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from portevoix.kernel.clock import parse_week, week_bounds, week_of

MOST_COMPARED = 8
MOST_LEARNT = 16
"""Weeks from which the findings know what is usual; figures are compared with MOST_COMPARED of them."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the city's time zone.

    Counts of a running week, and of those compared with it, stop at `counted_until`: the same weekday and hour in each.
    """

    code: str
    since: datetime
    until: datetime
    counted_until: datetime


def shift_week(week: str, by: int) -> str:
    """Return the week that many weeks later, or earlier. Raise BadInput for an invalid week."""
    year, number, _ = (parse_week(week) + timedelta(weeks=by)).isocalendar()
    return f"{year}-W{number:02}"


def this_week(week: str, *, cut_off: datetime, timezone: str) -> Week:
    since, until = week_bounds(week, timezone)
    return Week(week, since, until, min(until, cut_off))


def weeks_before(week: Week, *, first: datetime | None, timezone: str, most: int = MOST_COMPARED) -> list[Week]:
    """Return up to `most` weeks, oldest first: none before the one in which the record begins, at `first`."""
    if first is None:
        return []
    beginning = week_of(first, timezone)
    codes = [shift_week(week.code, -back) for back in range(most, 0, -1)]
    return [_earlier(week, code, timezone) for code in codes if code >= beginning]


def _earlier(week: Week, code: str, timezone: str) -> Week:
    since, until = week_bounds(code, timezone)
    if week.counted_until == week.until:
        return Week(code, since, until, until)
    zone = ZoneInfo(timezone)
    back = parse_week(week.code) - parse_week(code)
    # On the wall, so that Wednesday 10:20 is Wednesday 10:20 across a change of daylight saving.
    wall = week.counted_until.astimezone(zone).replace(tzinfo=None) - back
    return Week(code, since, until, wall.replace(tzinfo=zone).astimezone(UTC))
