"""Policies, zones and days for property tests."""

from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from portevoix.kernel.policy import ServicePolicy
from tests.kernel.reference import CALENDARS

ZONES = (
    "Europe/Paris",
    "Europe/Dublin",  # its winter time is the one that the zone database calls daylight saving
    "America/New_York",
    "America/St_Johns",  # half past the hour; until 2011 it changed at one minute past midnight
    "America/Cayenne",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Asia/Kolkata",
    "Asia/Gaza",  # changed at midnight, on other days each year
    "Africa/Casablanca",  # four changes a year, around Ramadan
    "America/Caracas",  # half an hour, for good, at 02:30 in 2016
    "Australia/Lord_Howe",  # half an hour twice a year
    "Antarctica/Troll",  # two hours twice a year
    "Pacific/Apia",  # had no 30 December 2011
    "UTC",
)
FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2035, 12, 31)


@cache
def changes(zone: str) -> tuple[date, ...]:
    """The days, of UTC, within which the zone's offset changes."""
    tz, day = ZoneInfo(zone), datetime(2010, 1, 1, tzinfo=UTC)
    found, offset = [], day.astimezone(tz).utcoffset()
    while day.date() < LAST_DAY:
        day += timedelta(days=1)
        if (then := day.astimezone(tz).utcoffset()) != offset:
            found.append((day - timedelta(days=1)).date())
            offset = then
    return tuple(found)


# Strategies are made once: what Hypothesis finds out about one, it keeps with it.
_ANY_DAY = st.dates(FIRST_DAY, LAST_DAY)
_NEAR = st.frozensets(st.integers(-6, 6), max_size=3)
_TIME = st.integers(1, 200_000)
_CALENDAR = st.sampled_from([None, *CALENDARS])
_ZONE = st.sampled_from(ZONES)
_DRAWN = st.lists(st.tuples(st.integers(0, 86_399), st.integers(1, 86_399)), min_size=1, max_size=3)


@cache
def days(zone: str) -> st.SearchStrategy[date]:
    """Any day of twenty-six years; one on which the clocks change, where they do, as often as not."""
    return _ANY_DAY | st.sampled_from(changes(zone)) if changes(zone) else _ANY_DAY


def _day(drawn: list[tuple[int, int]], step: int) -> tuple[tuple[int, int], ...]:
    """Up to three intervals that do not overlap, of multiples of `step` seconds, some past midnight."""
    kept: list[tuple[int, int]] = []
    for start, length in sorted((start // step * step, max(step, length // step * step)) for start, length in drawn):
        if not kept or start >= kept[-1][1]:
            kept.append((start, start + length))
    return tuple(kept)


@cache
def _hours(step: int) -> st.SearchStrategy[dict[int, tuple[tuple[int, int], ...]] | None]:
    return st.none() | st.dictionaries(st.integers(0, 6), _DRAWN.map(partial(_day, step=step)), min_size=1)


@st.composite
def policies(
    draw: st.DrawFn, *, zone: str | None = None, around: date = date(2026, 5, 1), step: int = 1
) -> ServicePolicy:
    """`closed` and `open` fall within a few days of `around`."""

    def near() -> frozenset[date]:
        return frozenset(around + timedelta(days=n) for n in draw(_NEAR))

    return ServicePolicy(
        timezone=zone or draw(_ZONE),
        first_contact=draw(_TIME),
        substance=draw(_TIME),
        hours=draw(_hours(step)),
        calendar=draw(_CALENDAR),
        closed=near(),
        open=near(),
    )
