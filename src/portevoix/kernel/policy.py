"""Service policies: response times and opening hours of a city.

A policy is TOML, read by `parse_policy` and written by `format_policy`; `kernel.clock` computes times under it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays
from holidays.registry import COUNTRIES

from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.toml_source import TomlSource, quote

DAY_S = 86_400
FIRST_CONTACT_S = 8 * 3600
SUBSTANCE_S = 40 * 3600
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"([0-9]{1,7})([smh])")
_INTERVAL = re.compile(r"([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)-([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CALENDAR = re.compile(r"([A-Z]{2,3})(?:-(.+))?")

type Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """Response times and opening hours of a city; durations are seconds of service time.

    `hours` maps a weekday (0 is Monday) to its opening intervals, each (start, end) in local wall seconds since
    midnight, sorted and disjoint; an end past 86,400 runs into the next day; an absent day is closed. None: every day
    around the clock. `calendar` names public holidays, which are closed like the days in `closed`; a day in `open`
    keeps the hours of its weekday all the same (and stays closed when its weekday has none).
    """

    timezone: str
    first_contact: int = FIRST_CONTACT_S
    substance: int = SUBSTANCE_S
    hours: Mapping[int, tuple[Interval, ...]] | None = field(default=None, hash=False)
    calendar: str | None = None
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()


def parse_duration(text: str) -> int:
    """Return the seconds of a duration `<integer>s|m|h`. Raise BadInput."""
    if not (match := _DURATION.fullmatch(text)):
        raise BadInput(
            gettext_noop("“{value}” is not a duration. Write a whole number and s, m or h, like 8h or 90m."),
            value=quote(text),
        )
    return int(match[1]) * _UNITS[match[2]]


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name. Raise BadInput with the nearest existing name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # "Europe" is a folder of the zone database, hence OSError.
        near = (get_close_matches(name.title(), available_timezones(), n=1) or ["Europe/Paris"])[0]
        raise BadInput(
            gettext_noop("There is no time zone “{value}”. Write a name like “{near}”."),
            value=quote(name),
            near=near,
        ) from None


def find_calendar(name: str) -> tuple[str, str | None]:
    """Return the country and region of a calendar's name: "FR-57" is ("FR", "57"). Raise BadInput.

    Only the names that the `holidays` package lists are accepted: it silently returns wrong days for some old region
    names (FR-GES).
    """
    match = _CALENDAR.fullmatch(name)
    if not match or match[1] not in _countries():
        raise BadInput(
            gettext_noop("There is no calendar “{value}”. Write a country like FR, or with a region like FR-57."),
            value=quote(name),
        )
    country, region = match[1], match[2]
    country_holidays = holidays.country_holidays(country)
    if region is None or region in country_holidays.subdivisions or region in country_holidays.subdivisions_aliases:
        return country, region
    names = {code: name for name, code in country_holidays.subdivisions_aliases.items()}
    regions = ", ".join(f"{code} ({names[code]})" if code in names else code for code in country_holidays.subdivisions)
    raise BadInput(
        gettext_noop("The calendar {country} has no region “{region}”. Its regions: {regions}."),
        country=country,
        region=quote(region),
        regions=shorten(regions, 500, placeholder=" …") or "–",
    )


def parse_policy(text: str) -> ServicePolicy:
    """Return the policy in a TOML text. Raise BadPolicy with the line, what is wrong and what to write."""
    source = TomlSource(text, BadPolicy)
    _check_keys(source, ("timezone", "first_contact", "substance", "hours", "holidays"))
    _check_table(source, "holidays")
    _check_keys(source, ("calendar", "closed", "open"), "holidays")
    return ServicePolicy(
        timezone=_zone(source),
        first_contact=_duration(source, "first_contact", FIRST_CONTACT_S),
        substance=_duration(source, "substance", SUBSTANCE_S),
        hours=None if source.value("hours") is None else _hours(source),
        calendar=_calendar(source),
        closed=_dates(source, "closed"),
        open=_dates(source, "open"),
    )


def read_policy(path: Path) -> ServicePolicy:
    """Return the policy in a file. Raise BadPolicy, or BadInput when the file cannot be read as text."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be read: {why}."), file=str(path), why=why) from None
    except UnicodeDecodeError:
        raise BadInput(gettext_noop("{file} is not text in UTF-8. Save it as UTF-8."), file=str(path)) from None
    return parse_policy(text)


def format_policy(policy: ServicePolicy) -> str:
    """Return the policy as TOML, which `parse_policy` restores."""
    lines = [
        f'timezone = "{policy.timezone}"',
        f'first_contact = "{_format_duration(policy.first_contact)}"',
        f'substance = "{_format_duration(policy.substance)}"',
    ]
    if policy.hours is not None:
        lines += ["", "[hours]"]
        for day, intervals in sorted(policy.hours.items()):
            lines.append(f"{DAYS[day]} = [{', '.join(map(_format_interval, intervals))}]")
    if policy.calendar or policy.closed or policy.open:
        lines += ["", "[holidays]"]
        lines += [f'calendar = "{policy.calendar}"'] if policy.calendar else []
        for key, dates in (("closed", policy.closed), ("open", policy.open)):
            lines += [f"{key} = [{', '.join(f'"{day}"' for day in sorted(dates))}]"] if dates else []
    return "\n".join(lines) + "\n"


def _check_keys(source: TomlSource, known: tuple[str, ...], *table: str) -> None:
    for key in source.unknown_keys(known, *table):
        message = gettext_noop("“{key}” is not known here. Write one of: {known}.")
        raise source.bad(message, ".".join((*table, key)), key=quote(key), known=", ".join(known))


def _check_table(source: TomlSource, key: str) -> None:
    if source.table(key) is None:
        raise source.bad(gettext_noop("“{key}” is a table. Write [{key}] on a line of its own."), key, key=key)


def _texts(source: TomlSource, table: str, key: str, example: str) -> list[str]:
    """Return a list of texts; a TOML date counts as its text."""
    items = source.items(table, key)
    if items is None or not all(isinstance(item, str | date) for item in items):
        message = gettext_noop("“{key}” is a list of texts in quotes. Write {key} = {example}.")
        raise source.bad(message, f"{table}.{key}", key=key, example=example)
    return [str(item) for item in items]


def _zone(source: TomlSource) -> str:
    name = source.text("timezone")
    if name is None:
        message = gettext_noop('The time zone is missing. Write timezone = "Europe/Paris" or the city\'s own.')
        raise source.bad(message, "timezone")
    try:
        return find_zone(name).key
    except BadInput as bad:
        raise source.bad(bad.text, "timezone", value=name, **_others(bad)) from None


def _calendar(source: TomlSource) -> str | None:
    name = source.value("holidays", "calendar")
    if name is None:
        return None
    try:
        find_calendar(str(name))
    except BadInput as bad:
        raise source.bad(bad.text, "holidays.calendar", value=name, **_others(bad)) from None
    return str(name)


def _duration(source: TomlSource, key: str, default: int) -> int:
    value = source.value(key)
    if value is None:
        return default
    try:
        seconds = parse_duration(str(value))
    except BadInput as bad:
        raise source.bad(bad.text, key, value=value) from None
    if not seconds:
        raise source.bad(gettext_noop("{value} is no time at all. Write at least 1s."), key, value=value)
    return seconds


def _dates(source: TomlSource, key: str) -> frozenset[date]:
    dates = set()
    for text in _texts(source, "holidays", key, '["2026-12-24"]'):
        try:
            dates.add(date.fromisoformat(text if _DATE.fullmatch(text) else ""))
        except ValueError:
            message = gettext_noop("“{value}” is not a date. Write year-month-day, like 2026-12-24.")
            raise source.bad(message, f"holidays.{key}", value=text) from None
    return frozenset(dates)


def _hours(source: TomlSource) -> dict[int, tuple[Interval, ...]]:
    _check_table(source, "hours")
    _check_keys(source, DAYS, "hours")
    hours = {}
    for number, day in enumerate(DAYS):
        path = f"hours.{day}"
        texts = _texts(source, "hours", day, '["08:30-12:30", "13:30-18:00"]')
        spans = sorted((*_interval(source, path, text), text) for text in texts)
        for (_, end, earlier), (start, _, later) in pairwise(spans):
            if start < end:
                message = gettext_noop("“{value}” overlaps “{earlier}”. Write intervals that do not share any time.")
                raise source.bad(message, path, value=later, earlier=earlier)
        if spans:
            hours[number] = tuple((start, end) for start, end, _ in spans)
    if not hours:
        message = gettext_noop("No day has opening hours. Write some, or leave [hours] out to be always open.")
        raise source.bad(message, "hours")
    return hours


def _interval(source: TomlSource, path: str, text: str) -> Interval:
    match = _INTERVAL.fullmatch(text)
    if not match:
        raise source.bad(
            gettext_noop("“{value}” is not an interval. Write one like 08:30-12:30, or 22:00-02:00 past midnight."),
            path,
            value=text,
        )
    start, end = (_wall(time) for time in match.groups())
    if start is None or start == DAY_S or end is None:
        message = gettext_noop("“{value}”: {time} is not a time of day. Write 00:00 to 23:59, or 24:00 as an end.")
        raise source.bad(message, path, value=text, time=match[1] if start in (None, DAY_S) else match[2])
    if start == end:
        message = gettext_noop("“{value}” starts when it ends. Write 00:00-24:00 for a whole day.")
        raise source.bad(message, path, value=text)
    return (start, end) if start < end else (start, end + DAY_S)


def _wall(time: str) -> int | None:
    """Return the seconds since midnight of "08:30" or "08:30:15"; None when there is no such time."""
    hours, minutes, seconds = (*map(int, time.split(":")), 0)[:3]
    total = hours * 3600 + minutes * 60 + seconds
    return total if minutes < 60 and seconds < 60 and total <= DAY_S else None


def _format_interval(interval: Interval) -> str:
    start, end = interval
    return f'"{_format_wall(start)}-{_format_wall(end if end <= DAY_S else end - DAY_S)}"'


def _format_wall(total: int) -> str:
    text = f"{total // 3600:02}:{total // 60 % 60:02}"
    return f"{text}:{total % 60:02}" if total % 60 else text


def _format_duration(seconds: int) -> str:
    unit = next(unit for unit, size in _UNITS.items() if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def _others(bad: BadInput) -> dict[str, str]:
    return {name: str(value) for name, value in bad.values.items() if name != "value"}


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for _, *codes in COUNTRIES.values() for code in codes if code.isupper())
