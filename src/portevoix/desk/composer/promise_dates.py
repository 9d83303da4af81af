"""Proposed dates for a holding reply, in the city's own time and during its working hours."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from portevoix.kernel.clock import ServiceClock

EVENING, LAST = time(18), time(23, 59)
WORKING_DAYS = 2
LOOK_AHEAD = 370


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed date; `at` is in the city's time."""

    label: Lazy
    at: datetime

    @property
    def value(self) -> str:
        """Return the local wall time that the form sends."""
        return f"{self.at:%Y-%m-%dT%H:%M}"


def proposals(clock: ServiceClock, *, now: datetime) -> list[Proposal]:
    """Return up to three future dates, each later than the one before; those on the same day are offered once.

    They fall on opening days, late in the afternoon or at closing time.
    """
    today = now.astimezone(clock.zone).date()
    tomorrow, week = today + timedelta(days=1), today + timedelta(days=7)
    next_one, after = working_day(clock, today, 1), working_day(clock, week - timedelta(days=1), 1)
    days = (
        (_("Tomorrow") if next_one == tomorrow else _("On the next working day"), next_one),
        (_("In two working days"), working_day(clock, today, WORKING_DAYS)),
        (_("In a week") if after == week else _("In more than a week"), after),
    )
    by_day: dict[date, Proposal] = {}
    for label, day in days:
        by_day.setdefault(day, Proposal(label, _late(clock, day)))
    return [by_day[day] for day in sorted(by_day)]


def working_day(clock: ServiceClock, start: date, number: int) -> date:
    """Return the `number`-th working day after `start`; weekends are never working days under a policy without hours.

    Under a policy with hardly any opening hours, return the last day looked at.
    """
    day = start
    for _day in range(LOOK_AHEAD):
        day += timedelta(days=1)
        number -= _at_work(clock, day)
        if number == 0:
            break
    return day


def _at_work(clock: ServiceClock, day: date) -> bool:
    if clock.policy.hours is None and day.weekday() >= 5:
        return False
    return _open(clock, day, time()) > 0


def _late(clock: ServiceClock, day: date) -> datetime:
    """Return the last working moment of the day until EVENING; closing time on a day that opens later."""
    midnight = datetime.combine(day, time(), clock.zone)
    seconds = _open(clock, day, EVENING) or _open(clock, day, time())
    if not seconds:
        return datetime.combine(day, EVENING, clock.zone)
    closing = clock.due_at(midnight, seconds).astimezone(clock.zone)
    return min(closing, datetime.combine(day, LAST, clock.zone))


def _open(clock: ServiceClock, day: date, until: time) -> int:
    """Return the seconds of that day that count as working time until `until`; midnight is the day's end."""
    end = datetime.combine(day + timedelta(days=until == time()), until, clock.zone)
    return clock.elapsed(datetime.combine(day, time(), clock.zone), end)
