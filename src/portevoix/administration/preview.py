"""Examples of messages and their deadlines under a service policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import holidays
from django.utils.translation import gettext as _

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.errors import BadInput
from portevoix.kernel.policy import ServicePolicy, find_calendar
from portevoix.web.notices import told

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Example:
    """A message, its time of receipt and its two deadlines in the policy's time zone; or why there are none."""

    label: str
    received: datetime
    first_contact: datetime | None = None
    answer: datetime | None = None
    trouble: str = ""


def examples(policy: ServicePolicy, *, now: datetime, own: datetime | None = None) -> list[Example]:
    """Return the examples; `own` is a naive time of the reader's choosing, taken in the policy's zone."""
    clock = ServiceClock(policy)
    today = now.astimezone(clock.zone).date()
    moments = list(_moments(policy, today))
    if own is not None:
        moments.append((_("At the time that you chose"), own))
    return [_example(clock, label, moment.replace(tzinfo=clock.zone)) for label, moment in moments]


def _example(clock: ServiceClock, label: str, received: datetime) -> Example:
    try:
        first, answer = (
            clock.due_at(received, seconds).astimezone(clock.zone)
            for seconds in (clock.policy.first_contact, clock.policy.substance)
        )
    except BadInput as error:
        return Example(label, received, trouble=told(error))
    return Example(label, received, first, answer)


def _moments(policy: ServicePolicy, today: date) -> Iterator[tuple[str, datetime]]:
    """Yield wall times, the nearest in the future."""
    yield _("On a Monday morning"), datetime.combine(_next(today, 0), time(9))
    yield _("On a Wednesday night"), datetime.combine(_next(today, 2), time(23, 30))
    yield _("On a Friday, late in the afternoon"), datetime.combine(_next(today, 4), time(17, 50))
    yield _("On a Sunday"), datetime.combine(_next(today, 6), time(11))
    if coming := _next_closed(policy, today):
        day, name = coming
        yield _("On the eve of a closed day: %(name)s") % {"name": name}, datetime.combine(day - _DAY, time(16))


def _next(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)


def _next_closed(policy: ServicePolicy, today: date) -> tuple[date, str] | None:
    """Return the next holiday or closed day after tomorrow that falls on a working day, and its name."""
    names = dict.fromkeys(policy.closed, _("closed by the policy"))
    if policy.calendar:
        country, region = find_calendar(policy.calendar)
        years = (today.year, today.year + 1)
        names |= holidays.country_holidays(country, subdiv=region, years=years, expand=False)
    at_work = range(7) if policy.hours is None else policy.hours
    days = (d for d in sorted(names) if d > today + _DAY and d.weekday() in at_work and d not in policy.open)
    day = next(days, None)
    return (day, names[day]) if day else None
