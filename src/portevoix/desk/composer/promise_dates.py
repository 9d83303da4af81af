"""The dates that a holding reply may promise: proposals in the city's own time, while it is at work."""

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
    """`at` is in the city's time."""

    label: Lazy
    at: datetime

    @property
    def value(self) -> str:
        """What the form sends: local wall time."""
        return f"{self.at:%Y-%m-%dT%H:%M}"


def proposals(clock: ServiceClock, *, now: datetime) -> list[Proposal]:
    """Three times to come, each later than the one before; those that fall on one day are offered once.

    The city is at work then: on its opening days, late in the afternoon or when it closes.
    """
    today = now.astimezone(clock.zone).date()
    tomorrow, week = today + timedelta(days=1), today + timedelta(days=7)
    next_one, after = working_day(clock, today, 1), working_day(clock, week - timedelta(days=1), 1)
    days = (
        (_("Tomorrow") if next_one == tomorrow else _("On the next working day"), next_one),
        (_("In two working days"), working_day(clock, today, WORKING_DAYS)),
        (_("In a week") if after == week else _("In more than a week"), after),
    )
    found: dict[date, Proposal] = {}
    for label, day in days:
        found.setdefault(day, Proposal(label, _late(clock, day)))
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
    return _open(clock, day, time()) > 0


def _late(clock: ServiceClock, day: date) -> datetime:
    """The last moment at which the city is at work until EVENING; if it opens only then, when it closes."""
    midnight = datetime.combine(day, time(), clock.zone)
    seconds = _open(clock, day, EVENING) or _open(clock, day, time())
    if not seconds:
        return datetime.combine(day, EVENING, clock.zone)
    closing = clock.due_at(midnight, seconds).astimezone(clock.zone)
    return min(closing, datetime.combine(day, LAST, clock.zone))


def _open(clock: ServiceClock, day: date, until: time) -> int:
    """How many seconds of that day the city is at work, until that time; midnight is the day's end."""
    end = datetime.combine(day + timedelta(days=until == time()), until, clock.zone)
    return clock.elapsed(datetime.combine(day, time(), clock.zone), end)
