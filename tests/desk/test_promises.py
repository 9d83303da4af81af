"""Which dates a holding reply is offered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from portevoix.desk.composer.promise_dates import proposals, working_day
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
    assert days(datetime(2026, 11, 20, 9, tzinfo=UTC)) == ["2026-11-23T18:00", "2026-11-24T18:00", "2026-11-27T18:00"]
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # past midnight in Paris
    assert days(late)[0] == "2026-11-20T18:00"


def test_one_day_is_offered_once():
    assert days(datetime(2026, 12, 21, 9, tzinfo=UTC)) == ["2026-12-22T18:00", "2026-12-23T18:00", "2026-12-28T18:00"]
    closed = POLICY + "closed = [" + ",".join(f'"2026-12-{day}"' for day in range(22, 28)) + "]\n"
    clock = ServiceClock(parse_policy(closed))
    assert days(datetime(2026, 12, 21, 9, tzinfo=UTC), clock) == [
        "2026-12-28T18:00",
        "2026-12-29T18:00",
    ]


@translation.override("en")
def test_only_opening_days_are_proposed_and_called_what_they_are():
    saturday = proposals(CLOCK, now=datetime(2026, 11, 28, 9, tzinfo=UTC))
    assert [(str(one.label), one.value) for one in saturday] == [
        ("On the next working day", "2026-11-30T18:00"),
        ("In two working days", "2026-12-01T18:00"),
        ("In more than a week", "2026-12-07T18:00"),
    ]
    friday = proposals(CLOCK, now=datetime(2026, 12, 18, 9, tzinfo=UTC))  # in a week it is Christmas
    assert [(str(one.label), one.value[:10]) for one in friday][::2] == [
        ("On the next working day", "2026-12-21"),
        ("In more than a week", "2026-12-28"),
    ]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ('["08:30-12:30", "13:30-17:15"]', "17:15"),
        ('["08:30-12:30"]', "12:30"),
        ('["08:00-20:00"]', "18:00"),
        ('["10:00-12:00", "18:30-20:00"]', "12:00"),
        ('["19:00-21:00"]', "21:00"),
        ('["19:00-24:00"]', "23:59"),
    ],
)
def test_the_hour_is_one_at_which_the_city_is_at_work(hours, told):
    days_of = "".join(f"{day} = {hours}\n" for day in ("mon", "tue", "wed", "thu", "fri"))
    clock = ServiceClock(parse_policy(f'timezone = "Europe/Paris"\n[hours]\n{days_of}'))
    assert {value[11:] for value in days(datetime(2026, 11, 28, 9, tzinfo=UTC), clock)} == {told}


def test_a_city_that_is_closed_for_long_still_gets_a_date():
    closed = ",".join(f'"{date(2026, 11, 1) + timedelta(days=n)}"' for n in range(120))
    clock = ServiceClock(parse_policy(f"{POLICY}closed = [{closed}]\n"))
    assert days(datetime(2026, 11, 18, 9, tzinfo=UTC), clock)[0] == "2027-03-01T18:00"
