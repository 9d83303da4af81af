"""Policies, zones and days for property tests."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
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


@st.composite
def days(draw: st.DrawFn, zone: str) -> date:
    """Any day of twenty-six years; one on which the clocks change, where they do, as often as not."""
    anyone = st.dates(FIRST_DAY, LAST_DAY)
    return draw(anyone | st.sampled_from(changes(zone)) if changes(zone) else anyone)


@st.composite
def _day(draw: st.DrawFn, step: int) -> tuple[tuple[int, int], ...]:
    """Up to three intervals that do not overlap, of multiples of `step` seconds, some past midnight."""
    drawn = draw(st.lists(st.tuples(st.integers(0, 86_399), st.integers(1, 86_399)), max_size=3))
    kept: list[tuple[int, int]] = []
    for start, length in sorted((start // step * step, max(step, length // step * step)) for start, length in drawn):
        if not kept or start >= kept[-1][1]:
            kept.append((start, start + length))
    return tuple(kept)


@st.composite
def policies(
    draw: st.DrawFn, *, zone: str | None = None, around: date = date(2026, 5, 1), step: int = 1
) -> ServicePolicy:
    """`closed` and `open` fall within a few days of `around`."""
    near = st.frozensets(st.integers(-6, 6).map(lambda n: around + timedelta(days=n)), max_size=3)
    week = st.dictionaries(st.integers(0, 6), _day(step).filter(bool), min_size=1)
    return ServicePolicy(
        timezone=zone or draw(st.sampled_from(ZONES)),
        first_contact=draw(st.integers(1, 200_000)),
        substance=draw(st.integers(1, 200_000)),
        hours=draw(st.none() | week),
        calendar=draw(st.sampled_from([None, *CALENDARS])),
        closed=draw(near),
        open=draw(near),
    )
