"""The dates that a holding reply may promise: proposals in the city's own time, and reading the one that was chosen."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from portevoix.kernel.clock import ServiceClock

EVENING = time(18)
WORKING_DAYS = 2
LOOK_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """`at` is in the city's time."""

    label: Lazy
    at: datetime

    @property
    def value(self) -> str:
        """What the form sends: local wall time."""
        return f"{self.at:%Y-%m-%dT%H:%M}"


def proposals(clock: ServiceClock, *, now: datetime) -> list[Proposal]:
    """Three evenings to come, each later than the one before; those that fall on one day are offered once."""
    today = now.astimezone(clock.zone).date()
    days = (
        (_("Tomorrow"), today + timedelta(days=1)),
        (_("In two working days"), working_day(clock, today, WORKING_DAYS)),
        (_("In a week"), today + timedelta(days=7)),
    )
    found: dict[date, Proposal] = {}
    for label, day in days:
        found.setdefault(day, Proposal(label, datetime.combine(day, EVENING, clock.zone)))
    return [found[day] for day in sorted(found)]


def working_day(clock: ServiceClock, start: date, number: int) -> date:
    """The `number`-th day after `start` on which the city is at work; weekends never are under a policy without hours.

    Under a policy that hardly ever opens, the last day looked at.
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
    midnight = datetime.combine(day, time(), clock.zone)
    return clock.elapsed(midnight, datetime.combine(day + timedelta(days=1), time(), clock.zone)) > 0
