"""The clock on days that a person can check by hand, and what it refuses."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from portevoix.kernel.clock import (
    ServiceClock,
    parse_instant,
    parse_pause,
    parse_week,
    seconds_between,
    week_bounds,
    week_of,
)
from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.policy import ServicePolicy, parse_policy

HOUR = 3600
PARIS = ZoneInfo("Europe/Paris")
WEEK = """
timezone = "Europe/Paris"
[hours]
mon = ["08:30-12:30", "13:30-18:00"]
tue = ["08:30-12:30", "13:30-18:00"]
wed = ["08:30-12:30", "13:30-18:00"]
thu = ["08:30-12:30", "13:30-18:00"]
fri = ["08:30-12:30", "13:30-17:00"]
[holidays]
calendar = "FR"
closed = ["2026-12-24"]
open = ["2026-11-11", "2026-11-15"]
"""


@pytest.fixture(scope="module")
def clock() -> ServiceClock:
    return ServiceClock(parse_policy(WEEK))


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T16:50", 8, "2026-11-23T17:20"),  # Friday evening: ten minutes, then Monday
        ("2026-11-21T03:00", 4, "2026-11-23T12:30"),  # done when the morning is, not after lunch
        ("2026-11-10T17:00", 2, "2026-11-11T09:30"),  # 11 November, open all the same
        ("2026-12-23T17:00", 2, "2026-12-28T09:30"),  # the 24th closed, the 25th a holiday, a week-end
        ("2026-11-13T16:00", 2, "2026-11-16T09:30"),  # an open Sunday has no hours to keep
        ("2026-11-20T16:50", 0, "2026-11-20T16:50"),
    ],
)
def test_due_times_of_a_french_week(clock: ServiceClock, start: str, hours: int, due: str) -> None:
    assert clock.due_at(paris(start), hours * HOUR) == paris(due)


def test_due_times_are_in_utc_and_whole_seconds(clock: ServiceClock) -> None:
    due = clock.due_at(datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=-5))), 60)
    assert due == datetime(2026, 11, 23, 14, 1, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_a_holiday_closes_the_whole_night_that_starts_on_it_and_no_other() -> None:
    nights = {weekday: ((22 * HOUR, 26 * HOUR),) for weekday in range(7)}
    clock = ServiceClock(ServicePolicy("Europe/Paris", hours=nights, closed=frozenset({date(2026, 6, 10)})))
    assert clock.service_seconds(paris("2026-06-10T00:00"), paris("2026-06-10T12:00")) == 2 * HOUR
    assert clock.service_seconds(paris("2026-06-10T12:00"), paris("2026-06-11T12:00")) == 0
    assert clock.due_at(paris("2026-06-09T23:00"), 4 * HOUR) == paris("2026-06-11T23:00")


def test_a_night_and_the_morning_after_count_once() -> None:
    hours = {0: ((22 * HOUR, 26 * HOUR),), 1: ((1 * HOUR, 3 * HOUR),)}
    clock = ServiceClock(ServicePolicy("UTC", hours=hours))
    assert clock.service_seconds(datetime(2026, 6, 8, 12, tzinfo=UTC), datetime(2026, 6, 9, 12, tzinfo=UTC)) == 5 * HOUR


@pytest.mark.parametrize(
    ("day", "interval", "seconds"),
    [
        ("2026-03-29", (0, 24), 23 * HOUR),
        ("2026-10-25", (0, 24), 25 * HOUR),
        ("2026-03-29", (2, 3), 0),  # 02:00 does not exist and becomes 03:00
        ("2026-03-29", (2, 4), HOUR),
        ("2026-03-29", (1, 2.5), 1.5 * HOUR),  # 02:30 becomes 03:30, which is 01:30 later by the sun
        ("2026-03-29", (2.5, 3), 0),  # would end before it starts
        ("2026-10-25", (1, 2.5), 1.5 * HOUR),  # the first 02:30
        ("2026-10-25", (2, 3), 2 * HOUR),
        ("2026-10-25", (2.5, 4), 2.5 * HOUR),
    ],
)
def test_daylight_saving_in_paris(day: str, interval: tuple[float, float], seconds: float) -> None:
    start, end = (int(hours * HOUR) for hours in interval)
    clock = ServiceClock(ServicePolicy("Europe/Paris", hours={6: ((start, end),)}))
    noon = paris(f"{day}T12:00")
    assert clock.service_seconds(noon - timedelta(days=1), noon + timedelta(days=1)) == seconds


def test_daylight_saving_of_half_an_hour() -> None:
    clock = ServiceClock(ServicePolicy("Australia/Lord_Howe", hours={6: ((0, 86_400),)}))
    zone = ZoneInfo("Australia/Lord_Howe")
    spring, autumn = datetime(2026, 10, 3, 12, tzinfo=zone), datetime(2026, 4, 4, 12, tzinfo=zone)
    assert clock.service_seconds(spring, spring + timedelta(days=2)) == 23.5 * HOUR
    assert clock.service_seconds(autumn, autumn + timedelta(days=2)) == 24.5 * HOUR


def test_the_hour_that_comes_twice_does_not_look_reversed() -> None:
    first, second = paris("2026-10-25T02:50"), paris("2026-10-25T02:10").replace(fold=1)
    clock = ServiceClock(ServicePolicy("Europe/Paris"))
    assert clock.service_seconds(first, second) == seconds_between(first, second) == 20 * 60
    assert clock.service_seconds(first, second, [(first, second)]) == 0


def test_pauses_overlap_each_other_and_closed_hours(clock: ServiceClock) -> None:
    pauses = [
        (paris("2026-11-23T09:00"), paris("2026-11-23T11:00")),
        (paris("2026-11-23T10:00"), paris("2026-11-23T14:30")),
        (paris("2026-11-22T00:00"), paris("2026-11-23T08:45")),
        (paris("2026-11-23T16:00"), paris("2026-11-23T16:00")),
    ]
    assert clock.service_seconds(paris("2026-11-20T16:50"), paris("2026-11-23T15:00"), pauses) == (10 + 15 + 30) * 60
    assert clock.due_at(paris("2026-11-20T16:50"), 25 * 60, pauses) == paris("2026-11-23T09:00")
    assert clock.due_at(paris("2026-11-20T16:50"), 26 * 60, pauses) == paris("2026-11-23T14:31")
    assert clock.due_at(paris("2026-11-23T10:30"), 60, pauses) == paris("2026-11-23T14:31")


def test_always_open_is_plain_time_less_the_pauses() -> None:
    clock = ServiceClock(ServicePolicy("Europe/Paris"))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    pause = (start + timedelta(hours=5), start + timedelta(hours=7))
    assert clock.service_seconds(start, start + timedelta(days=3000)) == 3000 * 86_400
    assert clock.due_at(start, 8 * HOUR, [pause]) == start + timedelta(hours=10)


def test_holidays_close_a_policy_without_hours_too() -> None:
    clock = ServiceClock(ServicePolicy("Europe/Paris", closed=frozenset({date(2026, 6, 10)})))
    assert clock.due_at(paris("2026-06-09T23:00"), 2 * HOUR) == paris("2026-06-11T01:00")


def test_alsace_rests_on_good_friday() -> None:
    hours = {4: ((9 * HOUR, 17 * HOUR),)}
    week = paris("2026-04-02T00:00"), paris("2026-04-05T00:00")
    assert ServiceClock(ServicePolicy("Europe/Paris", hours=hours, calendar="FR")).service_seconds(*week) == 8 * HOUR
    assert ServiceClock(ServicePolicy("Europe/Paris", hours=hours, calendar="FR-6AE")).service_seconds(*week) == 0


def test_a_holiday_observed_before_the_turn_of_the_year() -> None:
    """New Year's Day of 2022, a Saturday, was observed in the United States on 31 December 2021."""
    clock = ServiceClock(ServicePolicy("America/New_York", hours={4: ((9 * HOUR, 17 * HOUR),)}, calendar="US"))
    assert clock.service_seconds(datetime(2021, 12, 30, tzinfo=UTC), datetime(2022, 1, 2, tzinfo=UTC)) == 0


def test_years_are_no_trouble(clock: ServiceClock) -> None:
    start = paris("2026-11-20T16:50")
    due = clock.due_at(start, 60_000 * HOUR)
    assert due.year > 2050
    assert clock.service_seconds(start, due) == 60_000 * HOUR


@pytest.mark.parametrize(
    "policy",
    [
        ServicePolicy("UTC", hours={}),
        ServicePolicy("UTC", hours={0: ((3600, 3600),)}),
        ServicePolicy("Europe/Paris", hours={6: ((7200, 7201),)}),
    ],
)
def test_time_that_never_comes_is_refused(policy: ServicePolicy) -> None:
    with pytest.raises(BadPolicy, match="within 50 years"):
        ServiceClock(policy).due_at(paris("2026-11-20T16:50"), 10_000)


def test_what_cannot_be_reckoned_is_refused(clock: ServiceClock) -> None:
    start, later = paris("2026-11-20T16:50"), paris("2026-11-21T16:50")
    naive = start.replace(tzinfo=None)
    for wrong in (
        lambda: clock.due_at(naive, 1),
        lambda: clock.service_seconds(start, naive),
        lambda: clock.due_at(start, 1, [(naive, naive)]),
        lambda: clock.due_at(start, -1),
        lambda: clock.due_at(start, 10**15),
        lambda: clock.due_at(start, 1, [(later, start)]),
        lambda: clock.service_seconds(later, start),
        lambda: clock.due_at(datetime.max.replace(tzinfo=UTC), 1),
        lambda: clock.due_at(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), 1),
        lambda: clock.service_seconds(start, datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))),
        lambda: seconds_between(later, start),
        lambda: week_of(naive, "UTC"),
        lambda: week_of(start, "Europe"),
        lambda: ServiceClock(ServicePolicy("Nowhere")),
    ):
        with pytest.raises(BadInput):
            wrong()


@pytest.mark.parametrize(
    ("text", "offset"),
    [("2026-08-31T08:35:47+02:00", 2), ("2026-08-31T06:35:47Z", 0), ("2026-08-31 01:35:47.5-05:00", -5)],
)
def test_instants_keep_their_offset(text: str, offset: int) -> None:
    instant = parse_instant(text)
    assert instant.replace(microsecond=0) == datetime(2026, 8, 31, 6, 35, 47, tzinfo=UTC)
    assert instant.utcoffset() == timedelta(hours=offset)


@pytest.mark.parametrize(
    "text",
    ["", "2026-08-31", "2026-08-31T08:35:47", "2026-W36-1T08:35Z", "20260831T083547Z", "2026-02-30T08:35:47Z",
     "9999-12-31T23:59:59Z"],
)  # fmt: skip
def test_bad_instants(text: str) -> None:
    with pytest.raises(BadInput, match="Write"):
        parse_instant(text)


def test_bad_pauses() -> None:
    for text in ("2026-08-31T08:35:47Z", "2026-08-31T08:35:47Z/", "a/b"):
        with pytest.raises(BadInput, match="Write"):
            parse_pause(text)


def test_weeks_begin_on_monday_where_the_city_is() -> None:
    start, end = week_bounds("2026-W44", "Europe/Paris")
    assert (start.isoformat(), end.isoformat()) == ("2026-10-26T00:00:00+01:00", "2026-11-02T00:00:00+01:00")
    assert week_bounds("2026-W13", "Europe/Paris")[0].isoformat() == "2026-03-23T00:00:00+01:00"
    assert seconds_between(*week_bounds("2026-W13", "Europe/Paris")) == 7 * 86_400 - HOUR
    sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert (week_of(sunday, "UTC"), week_of(sunday, "Europe/Paris")) == ("2026-W47", "2026-W48")
    assert week_of(datetime(2027, 1, 1, tzinfo=UTC), "UTC") == "2026-W53"


def test_a_week_that_begins_without_a_midnight() -> None:
    """Brazil sprang forward at midnight of Monday 6 October 1997."""
    start, end = week_bounds("1997-W41", "America/Sao_Paulo")
    assert start.isoformat() == "1997-10-06T01:00:00-02:00"
    assert seconds_between(start, end) == 7 * 86_400 - HOUR


def test_parse_week() -> None:
    assert parse_week("2026-W47") == date(2026, 11, 16)
    assert parse_week("2026-W53") == date(2026, 12, 28)


@pytest.mark.parametrize(
    "text", ["", "2026-47", "2026-W00", "2025-W53", "2026-w47", "2026-W7", "9999-W52", "2026-W47\n"]
)
def test_bad_weeks(text: str) -> None:
    with pytest.raises(BadInput, match="Write a week like 2026-W47"):
        parse_week(text)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_every_day_of_a_year_has_its_hours(zone: str) -> None:
    """The night of the day before, then the evening: wherever the clock cuts time into stretches."""
    nights = {weekday: ((22 * HOUR, 26 * HOUR), (38 * HOUR - 1, 38 * HOUR)) for weekday in range(7)}
    clock = ServiceClock(ServicePolicy(zone, hours=nights))
    midnight = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    for day in range(365):
        start = midnight + timedelta(days=day)
        assert clock.service_seconds(start, start + timedelta(hours=2)) == 2 * HOUR
        assert clock.service_seconds(start, start + timedelta(days=1)) == 4 * HOUR + 1
