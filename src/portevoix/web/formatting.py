"""Times, durations and numbers in words. No function reads the clock: `now` is a parameter."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.formats import get_format, number_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from portevoix.channels.media import megabytes
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tokens import fold

SOON = timedelta(hours=1)
MINUTE, HOUR, DAY = 60, 3600, 86400
_DAY = re.compile(r"(?<!\\)j(?= [FMN])")  # of a month in words
_NEAR = {1: gettext_noop("tomorrow {time}"), -1: gettext_noop("yesterday {time}")}


def dated(at: date, format_name: str = "DATE_FORMAT") -> str:
    """Format a date or time by one of Django's formats or the name of one; in French the first is the “1er”."""
    pattern = str(get_format(format_name))
    if getattr(at, "day", 0) == 1 and (get_language() or "").startswith("fr"):
        pattern = _DAY.sub(r"j\\e\\r", pattern)
    return formatted(at, pattern)


def by_name(rows: Iterable[Any]) -> list[Any]:
    """Sort rows by name, ignoring accents and capitals, so that “État civil” precedes “Voirie”."""
    return sorted(rows, key=lambda row: (fold(row.name), row.name))


def percent(share: float) -> str:
    """Return a share of 0 to 1 as a whole percentage; 0 and 100 only when it is exactly that."""
    whole = round(share * 100)
    if not 0 < whole < 100 and 0 < share < 1:
        whole = min(99, max(1, whole))
    return gettext("{number}%").format(number=whole)


def span(seconds: float) -> str:
    """Return a duration in one unit: “40 min”, “2 h”, “3 days”; rounded down, never less than a minute."""
    if seconds < HOUR:
        return gettext("{count} min").format(count=max(1, int(seconds // MINUTE)))
    if seconds < 2 * DAY:
        return gettext("{count} h").format(count=int(seconds // HOUR))
    days = int(seconds // DAY)
    return ngettext("{count} day", "{count} days", days).format(count=days)


def duration(seconds: float) -> str:
    """Return a duration in up to two units: “2 h 10 min”, “3 days 4 h”."""
    seconds = int(seconds)
    if seconds == 0:
        return gettext("{count} min").format(count=0)
    if seconds >= 2 * DAY:
        big, rest, unit = span(seconds), seconds % DAY, HOUR
    elif seconds >= HOUR:
        big, rest, unit = span(seconds), seconds % HOUR, MINUTE
    else:
        return span(seconds)
    return f"{big} {span(rest)}" if rest >= unit else big


def size(octets: int) -> str:
    """Return a file's size in thousands or millions of bytes, rounded up, as limits are stated: “954 kB”, “1.2 MB”."""
    if octets <= 999_000:
        return gettext("{size} kB").format(size=number_format(-(-octets // 1000)))
    return gettext("{size} MB").format(size=number_format(megabytes(octets)))


def day_and_time(at: datetime, now: datetime) -> str:
    """Return “14:05”, “tomorrow 14:05”, “Monday 14:05” within six days, else “3 December, 14:05”.

    Times are in the active time zone.
    """
    local, today = timezone.localtime(at), timezone.localdate(now)
    days = (local.date() - today).days
    if days == 0:
        return dated(local, pgettext("time of day (Django date format)", "H:i"))
    if days in _NEAR:
        return gettext(_NEAR[days]).format(time=dated(local, pgettext("time of day (Django date format)", "H:i")))
    if abs(days) < 7:
        return dated(local, pgettext("day of this week and time (Django date format)", "l H:i"))
    if abs(days) < 180:
        return dated(local, pgettext("day and time (Django date format)", "j F, H:i"))
    return dated(local, pgettext("day, year and time (Django date format)", "j F Y, H:i"))


def in_full(at: datetime) -> str:
    """Return “Monday 3 December 2026, 14:05”."""
    return _in_full(at, timezone.get_current_timezone_name(), get_language() or "")


@lru_cache(maxsize=4096)  # a list shows the same deadlines again and again
def _in_full(at: datetime, zone: str, language: str) -> str:
    return dated(timezone.localtime(at), pgettext("full date and time (Django date format)", "l j F Y, H:i"))


def level(at: datetime | None, now: datetime) -> str:
    """Return the urgency of a deadline: "late", "soon" (within the hour) or ""."""
    if at is None:
        return ""
    if at < now:
        return "late"
    return "soon" if at - now < SOON else ""


def due(at: datetime, now: datetime, *, short: bool = False) -> str:
    """Return “reply due in 40 min”, “late by 2 h”, “reply due Monday 10:00”; short: without “reply”."""
    stands = level(at, now)
    if stands == "late":
        return gettext("late by {span}").format(span=span((now - at).total_seconds()))
    if stands == "soon":
        text = gettext("due in {span}") if short else gettext("reply due in {span}")
        return text.format(span=span((at - now).total_seconds()))
    text = gettext("due {when}") if short else gettext("reply due {when}")
    return text.format(when=day_and_time(at, now))


def promised(at: datetime, now: datetime) -> str:
    """Return “promised for Monday 10:00”, “promise late by 2 h”."""
    if at < now:
        return gettext("promise late by {span}").format(span=span((now - at).total_seconds()))
    return gettext("promised for {when}").format(when=day_and_time(at, now))


def ago(at: datetime, now: datetime) -> str:
    """Return “just now”, “5 min ago”, “3 days ago”, after a week the date."""
    seconds = (now - at).total_seconds()
    if seconds < MINUTE:
        return gettext("just now") if seconds > -MINUTE else day_and_time(at, now)
    if seconds < 7 * DAY:
        return gettext("{span} ago").format(span=span(seconds))
    return day_and_time(at, now)
