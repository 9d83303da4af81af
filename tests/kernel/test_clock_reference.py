"""The clock against a count of minutes, where daylight saving, holidays, long nights and pauses meet."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.policy import ServicePolicy
from tests.kernel.reference import Reference
from tests.kernel.strategies import policies

DAYS = [
    ("Europe/Paris", date(2026, 3, 29)),
    ("Europe/Paris", date(2026, 10, 25)),
    ("Europe/Paris", date(2026, 5, 1)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Asia/Kolkata", date(2026, 4, 30)),
    ("UTC", date(2026, 5, 8)),
]


@st.composite
def situations(draw: st.DrawFn) -> tuple[ServicePolicy, date, datetime, datetime, list[tuple[datetime, datetime]]]:
    zone, day = draw(st.sampled_from(DAYS))
    policy = draw(policies(zone=zone, around=day, step=draw(st.sampled_from([60, 1800]))))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    instants = st.integers(-4 * 1440, 4 * 1440).map(lambda n: noon + timedelta(minutes=n))
    spans = st.tuples(instants, instants).map(lambda two: (min(two), max(two)))
    start, end = draw(spans)
    return policy, day, start, end, draw(st.lists(spans, max_size=3))


@given(situations(), st.integers(1, 3000))
@settings(max_examples=250, deadline=None)
def test_the_clock_counts_the_open_minutes(situation, asked: int) -> None:
    policy, day, start, end, pauses = situation
    clock, reference = ServiceClock(policy), Reference(policy, day, pauses)
    assert clock.elapsed(start, end, pauses) == reference.elapsed(start, end)
    if (due := reference.due_at(start, asked * 60)) is not None:
        assert clock.due_at(start, asked * 60, pauses) == due


@given(situations(), st.integers(0, 20_000), st.integers(0, 59), st.integers(0, 999_999))
@settings(max_examples=250, deadline=None)
def test_due_at_is_the_first_instant_by_which_the_time_has_passed(situation, asked: int, second, micro) -> None:
    policy, _, start, _, pauses = situation
    start += timedelta(seconds=second)
    clock = ServiceClock(policy)
    due = clock.due_at(start + timedelta(microseconds=micro), asked, pauses)
    assert clock.elapsed(start, due, pauses) == asked
    if asked:
        assert clock.elapsed(start, due - timedelta(seconds=1), pauses) == asked - 1
    else:
        assert due == start


@given(situations(), st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_elapsed_adds_up(situation, share: float) -> None:
    policy, _, start, end, pauses = situation
    clock = ServiceClock(policy)
    middle = start + (end - start) * share
    parts = clock.elapsed(start, middle, pauses) + clock.elapsed(middle, end, pauses)
    assert parts == clock.elapsed(start, end, pauses)
    assert 0 <= parts <= (end - start).total_seconds()


@given(situations(), st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_waiting_in_two_steps_is_waiting_once(situation, first: int, second: int) -> None:
    policy, _, start, _, pauses = situation
    clock = ServiceClock(policy)
    halfway = clock.due_at(start, first, pauses)
    assert clock.due_at(halfway, second, pauses) == clock.due_at(start, first + second, pauses)


@pytest.mark.parametrize("hours", [((0, 86_400),), ((28_800, 64_800),), ((79_200, 93_600),)])
def test_a_day_that_a_country_skipped(hours) -> None:
    """Samoa had no 30 December 2011: its hours fall on the 31st, and count once."""
    policy = ServicePolicy("Pacific/Apia", hours={weekday: hours for weekday in range(7)})
    start, end = datetime(2011, 12, 27, tzinfo=UTC), datetime(2012, 1, 3, tzinfo=UTC)
    reference = Reference(policy, date(2011, 12, 30), [])
    assert ServiceClock(policy).elapsed(start, end) == reference.elapsed(start, end)
