"""Which dates a holding reply is offered."""

from datetime import UTC, date, datetime, timedelta

from portevoix.desk.promises import proposals, working_day
from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.policy import parse_policy
from tests.conftest import POLICY

CLOCK = ServiceClock(parse_policy(POLICY))
ALWAYS = ServiceClock(parse_policy('timezone = "Europe/Paris"'))


def days(now: datetime, clock: ServiceClock = CLOCK) -> list[str]:
    return [proposal.value for proposal in proposals(clock, now=now)]


def test_working_days_skip_weekends_and_holidays():
    assert working_day(CLOCK, date(2026, 11, 20), 2) == date(2026, 11, 24)  # a Friday
    assert working_day(CLOCK, date(2026, 12, 24), 2) == date(2026, 12, 29)  # Christmas is a Friday
    assert working_day(ALWAYS, date(2026, 11, 20), 1) == date(2026, 11, 23)


def test_evenings_are_the_city_s_and_in_order():
    assert days(datetime(2026, 11, 20, 9, tzinfo=UTC)) == ["2026-11-21T18:00", "2026-11-24T18:00", "2026-11-27T18:00"]
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # past midnight in Paris
    assert days(late)[0] == "2026-11-20T18:00"


def test_one_day_is_offered_once():
    assert days(datetime(2026, 12, 21, 9, tzinfo=UTC)) == ["2026-12-22T18:00", "2026-12-23T18:00", "2026-12-28T18:00"]
    closed = POLICY + "closed = [" + ",".join(f'"2026-12-{day}"' for day in range(22, 28)) + "]\n"
    clock = ServiceClock(parse_policy(closed))
    assert days(datetime(2026, 12, 21, 9, tzinfo=UTC), clock) == [
        "2026-12-22T18:00",
        "2026-12-28T18:00",
        "2026-12-29T18:00",
    ]


def test_a_city_that_is_closed_for_long_still_gets_a_date():
    closed = ",".join(f'"{date(2026, 11, 1) + timedelta(days=n)}"' for n in range(120))
    clock = ServiceClock(parse_policy(f"{POLICY}closed = [{closed}]\n"))
    assert len(days(datetime(2026, 11, 18, 9, tzinfo=UTC), clock)) == 3
