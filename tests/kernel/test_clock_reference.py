"""The clock against a count of minutes and of seconds, over twenty-six years of fifteen time zones."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.policy import ServicePolicy
from tests.kernel import reference
from tests.kernel.reference import CALENDARS, SECOND, Reference
from tests.kernel.strategies import FIRST_DAY, LAST_DAY, ZONES, changes, days, policies

DAY_S = 86_400
# Where the clocks change by half an hour, by one hour, by two and by a whole day.
ODD_DAYS = [
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
    ("America/St_Johns", date(2011, 3, 13)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)),
]


@dataclass(frozen=True)
class Situation:
    """A policy, a stretch of time and pauses, within a few days of `day`."""

    policy: ServicePolicy
    day: date
    start: datetime
    end: datetime
    pauses: list[tuple[datetime, datetime]]

    @property
    def clock(self) -> ServiceClock:
        return ServiceClock(self.policy)


_ZONE, _STEP = st.sampled_from(ZONES), st.sampled_from([60, 1800])
_SPAN = st.tuples(st.integers(-4 * 1440, 4 * 1440), st.integers(-4 * 1440, 4 * 1440)).map(sorted)
_SPANS = st.lists(_SPAN, max_size=3)
_SECONDS = st.lists(st.integers(-DAY_S, DAY_S), min_size=4, max_size=4).map(sorted)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    zone = draw(_ZONE)
    day = draw(days(zone))
    policy = draw(policies(zone=zone, around=day, step=draw(_STEP)))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    (start, end), *pauses = ([noon + timedelta(minutes=n) for n in span] for span in (draw(_SPAN), *draw(_SPANS)))
    return Situation(policy, day, start, end, [(begin, until) for begin, until in pauses])


@given(situations(), st.integers(1, 3000))
@settings(max_examples=250)
def test_the_clock_counts_the_open_minutes(given_: Situation, asked: int) -> None:
    minutes = Reference(given_.policy, given_.day, given_.pauses)
    clock, start, end, pauses = given_.clock, given_.start, given_.end, given_.pauses
    assert clock.service_seconds(start, end, pauses) == minutes.service_seconds(start, end)
    if (due := minutes.due_at(start, asked * 60)) is not None:
        assert clock.due_at(start, asked * 60, pauses) == due


@pytest.mark.parametrize(("zone", "day"), ODD_DAYS)
@given(data=st.data())
@settings(max_examples=15)
def test_the_clock_counts_the_open_seconds(zone: str, day: date, data: st.DataObject) -> None:
    policy = data.draw(policies(zone=zone, around=day))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    first, second, *pause = (noon + n * SECOND for n in data.draw(_SECONDS))
    pauses = [(first, second)] if data.draw(st.booleans()) else [(pause[0], pause[1])]
    seconds, clock = Reference(policy, day, pauses, days=2, step=SECOND), ServiceClock(policy)
    assert clock.service_seconds(first, pause[1], pauses) == seconds.service_seconds(first, pause[1])
    asked = data.draw(st.integers(1, DAY_S))
    if (due := seconds.due_at(first, asked)) is not None:
        assert clock.due_at(first, asked, pauses) == due


@pytest.mark.parametrize("zone", [zone for zone in ZONES if changes(zone)])
def test_every_change_of_the_clocks_in_twenty_six_years(zone: str) -> None:
    """The hours that daylight saving cuts or doubles, a night over them, and a working day."""
    hours = ((0, 5400), (7200, 9000), (9000, 12_600), (30_600, 64_800), (79_200, 93_600))
    policy = ServicePolicy(zone, hours={weekday: hours for weekday in range(7)}, calendar="FR")
    clock = ServiceClock(policy)
    for day in changes(zone):
        minutes = Reference(policy, day, days=3)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
        for hour in range(72):
            then = start + timedelta(hours=hour)
            assert clock.service_seconds(start, then) == minutes.service_seconds(start, then), then
            if (due := minutes.due_at(then, 3 * 3600)) is not None:
                assert clock.due_at(then, 3 * 3600) == due, then


def test_the_zones_do_change_their_clocks() -> None:
    """Else the tests above would look at nothing."""
    counted = {zone: len(changes(zone)) for zone in ZONES}
    assert counted["Europe/Paris"] == counted["America/New_York"] == 2 * 26
    assert counted["America/Caracas"] == 1 and counted["UTC"] == counted["Indian/Reunion"] == 0
    assert date(2011, 12, 30) in changes("Pacific/Apia")


@pytest.mark.parametrize("calendar", CALENDARS)
def test_public_holidays_are_those_of_the_law(calendar: str) -> None:
    policy = ServicePolicy("UTC", hours={n: ((0, DAY_S),) for n in range(7)}, calendar=calendar)
    clock, day = ServiceClock(policy), FIRST_DAY
    while day <= LAST_DAY:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        closed = clock.service_seconds(midnight, midnight + timedelta(days=1)) == 0
        assert closed is (day in reference.holidays(calendar, day.year)), day
        day += timedelta(days=1)


@given(situations(), st.integers(0, 20_000), st.integers(0, 59), st.integers(0, 999_999))
@settings(max_examples=250)
def test_due_at_is_the_first_instant_by_which_the_time_has_passed(
    given_: Situation, asked: int, second: int, micro: int
) -> None:
    """The two are inverse to one another, and a due time is never in closed time: the second before it was open."""
    clock, pauses, start = given_.clock, given_.pauses, given_.start + second * SECOND
    due = clock.due_at(start + timedelta(microseconds=micro), asked, pauses)
    assert clock.service_seconds(start, due, pauses) == asked
    if asked:
        assert clock.service_seconds(start, due - SECOND, pauses) == asked - 1
        assert clock.service_seconds(due - SECOND, due, pauses) == 1
    else:
        assert due == start


@given(situations())
@settings(max_examples=150)
def test_what_was_due_after_the_time_that_passed_was_due_by_then(given_: Situation) -> None:
    clock, start, end, pauses = given_.clock, given_.start, given_.end, given_.pauses
    due = clock.due_at(start, clock.service_seconds(start, end, pauses), pauses)
    assert start <= due <= end
    assert clock.service_seconds(due, end, pauses) == 0


@given(situations(), st.floats(0, 1))
@settings(max_examples=150)
def test_elapsed_adds_up(given_: Situation, share: float) -> None:
    clock, start, end, pauses = given_.clock, given_.start, given_.end, given_.pauses
    middle = start + (end - start) * share
    parts = clock.service_seconds(start, middle, pauses) + clock.service_seconds(middle, end, pauses)
    assert parts == clock.service_seconds(start, end, pauses)
    assert 0 <= parts <= (end - start).total_seconds()


@given(situations(), st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=100)
def test_waiting_in_two_steps_is_waiting_once(given_: Situation, first: int, second: int) -> None:
    clock, pauses = given_.clock, given_.pauses
    halfway = clock.due_at(given_.start, first, pauses)
    assert clock.due_at(halfway, second, pauses) == clock.due_at(given_.start, first + second, pauses)


@given(situations(), st.integers(1, 20_000), st.integers(0, 20_000), st.integers(0, 100_000))
@settings(max_examples=150)
def test_whoever_waits_from_later_or_for_longer_is_due_later(
    given_: Situation, asked: int, more: int, later: int
) -> None:
    clock, start, pauses = given_.clock, given_.start, given_.pauses
    due = clock.due_at(start, asked, pauses)
    assert due <= clock.due_at(start + later * SECOND, asked, pauses)
    assert due + more * SECOND <= clock.due_at(start, asked + more, pauses)


@given(situations(), st.integers(1, 10_000))
@settings(max_examples=150)
def test_a_pause_or_a_closed_day_never_brings_a_deadline_nearer(given_: Situation, asked: int) -> None:
    clock, start, end = given_.clock, given_.start, given_.end
    assert clock.due_at(start, asked) <= clock.due_at(start, asked, given_.pauses)
    assert clock.service_seconds(start, end, given_.pauses) <= clock.service_seconds(start, end)
    paused = [(start, end), *given_.pauses]
    assert clock.service_seconds(start, end, paused) == 0
    assume(end > start)
    assert clock.due_at(start, asked, paused) > end


@pytest.mark.parametrize("hours", [((0, 86_400),), ((28_800, 64_800),), ((79_200, 93_600),)])
def test_a_day_that_a_country_skipped(hours: tuple[tuple[int, int], ...]) -> None:
    """Samoa had no 30 December 2011: its hours fall on the 31st, and count once."""
    policy = ServicePolicy("Pacific/Apia", hours={weekday: hours for weekday in range(7)})
    start, end = datetime(2011, 12, 27, tzinfo=UTC), datetime(2012, 1, 3, tzinfo=UTC)
    assert ServiceClock(policy).service_seconds(start, end) == Reference(policy, date(2011, 12, 30)).service_seconds(
        start, end
    )
