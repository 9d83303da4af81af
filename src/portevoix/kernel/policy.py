"""Service policies: response times and opening hours of a city.

A policy is TOML, read by `parse_policy` and written by `format_policy`; `kernel.clock` computes times under it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays
from holidays.registry import COUNTRIES

from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.i18n import gettext_noop

DAY_S = 86_400
FIRST_CONTACT_S = 8 * 3600
SUBSTANCE_S = 40 * 3600
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"([0-9]{1,7})([smh])")
_INTERVAL = re.compile(r"([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)-([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CALENDAR = re.compile(r"([A-Z]{2,3})(?:-(.+))?")
_HEADER = re.compile(r"\s*\[([^\[\]]*)\]")
_KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=")

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
    """Return the seconds of a duration `<integer>s|m|h`. Raises BadInput."""
    if not (match := _DURATION.fullmatch(text)):
        raise BadInput(
            gettext_noop("“{value}” is not a duration. Write a whole number and s, m or h, like 8h or 90m."),
            value=_quote(text),
        )
    return int(match[1]) * _UNITS[match[2]]


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name. Raises BadInput with the nearest existing name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # "Europe" is a folder of the zone database, hence OSError.
        near = (get_close_matches(name.title(), available_timezones(), n=1) or ["Europe/Paris"])[0]
        raise BadInput(
            gettext_noop("There is no time zone “{value}”. Write a name like “{near}”."),
            value=_quote(name),
            near=near,
        ) from None


def find_calendar(name: str) -> tuple[str, str | None]:
    """Return the country and region of a calendar's name: "FR-57" is ("FR", "57"). Raises BadInput.

    Only the names that the `holidays` package lists are accepted: it silently returns wrong days for some old region
    names (FR-GES).
    """
    match = _CALENDAR.fullmatch(name)
    if not match or match[1] not in _countries():
        raise BadInput(
            gettext_noop("There is no calendar “{value}”. Write a country like FR, or with a region like FR-57."),
            value=_quote(name),
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
        region=_quote(region),
        regions=shorten(regions, 500, placeholder=" …") or "–",
    )


def parse_policy(text: str) -> ServicePolicy:
    """Return the policy in a TOML text. Raises BadPolicy with the line, what is wrong and what to write."""
    source = _Source(text)
    data = source.parse()
    source.check_keys(data, "", ("timezone", "first_contact", "substance", "hours", "holidays"))
    days = source.table(data, "holidays")
    source.check_keys(days, "holidays", ("calendar", "closed", "open"))
    return ServicePolicy(
        timezone=_zone(source, data),
        first_contact=_duration(source, data, "first_contact", FIRST_CONTACT_S),
        substance=_duration(source, data, "substance", SUBSTANCE_S),
        hours=_hours(source, source.table(data, "hours")) if "hours" in data else None,
        calendar=_calendar(source, days),
        closed=_dates(source, days, "closed"),
        open=_dates(source, days, "open"),
    )


def read_policy(path: Path) -> ServicePolicy:
    """Return the policy in a file. Raises BadPolicy, or BadInput when the file cannot be read as text."""
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


class _Source:
    """The text of a policy, which is parsed and in which errors are located."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")

    def parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError) as error:  # tomllib lets ValueError through for numbers of 5,000 digits
            message = str(error)
            at = re.search(r"\(at line (\d+), column \d+\)", message)
            last = self.text.rstrip().count("\n") + 1
            why = re.sub(r"\s*\(at .*\)$", "", message, flags=re.S)
            raise BadPolicy(
                gettext_noop("This is not TOML: {why}."), line=int(at[1]) if at else last, why=_quote(why)
            ) from None

    def bad(self, message: str, path: str, *, value: object = "", **values: str) -> BadPolicy:
        """Return the error about the key at the dotted `path`, or about one `value` under it."""
        return BadPolicy(message, line=self.line(path, str(value)), value=_quote(value), **values)

    def line(self, path: str, value: str) -> int:
        """Return the line of the key at `path`, 1-based; 1 when it is missing, where one would write it."""
        lines = self.text.split("\n")
        start = next((n for n, full in enumerate(_paths(lines)) if full == path), None)
        if start is None and "." in path:  # hours = {mon = [...]} on one line
            return self.line(path.rpartition(".")[0], value)
        if start is None:
            return 1
        return next((n for n in range(start, len(lines)) if value in lines[n]), start) + 1

    def check_keys(self, table: dict[str, Any], path: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                raise self.bad(
                    gettext_noop("“{key}” is not known here. Write one of: {known}."),
                    f"{path}.{key}".lstrip("."),
                    key=_quote(key),
                    known=", ".join(known),
                )

    def table(self, data: dict[str, Any], key: str) -> dict[str, Any]:
        table = data.get(key, {})
        if not isinstance(table, dict):
            raise self.bad(gettext_noop("“{key}” is a table. Write [{key}] on a line of its own."), key, key=key)
        return table

    def strings(self, table: dict[str, Any], path: str, example: str) -> list[str]:
        """Return the list of strings at `path`; a TOML date counts as its text."""
        key = path.rpartition(".")[2]
        entries = table.get(key, [])
        items = [item for item in entries if isinstance(item, str | date)] if isinstance(entries, list) else []
        if items != entries:
            message = gettext_noop("“{key}” is a list of texts in quotes. Write {key} = {example}.")
            raise self.bad(message, path, key=key, example=example)
        return [str(item) for item in items]


def _paths(lines: list[str]) -> list[str | None]:
    """Return for each line, the dotted path of the table or key that it opens."""
    table, paths = "", list[str | None]()
    for line in lines:
        if header := _HEADER.match(line):
            table = re.sub(r"[\s\"']", "", header[1])
            paths.append(table)
        elif key := _KEY.match(line):
            paths.append(f"{table}.{re.sub(r"[\s\"']", '', key[1])}".lstrip("."))
        else:
            paths.append(None)
    return paths


def _zone(source: _Source, data: dict[str, Any]) -> str:
    name = data.get("timezone")
    if not isinstance(name, str):
        message = gettext_noop('The time zone is missing. Write timezone = "Europe/Paris" or the city\'s own.')
        raise source.bad(message, "timezone")
    try:
        return find_zone(name).key
    except BadInput as bad:
        raise source.bad(bad.text, "timezone", value=name, **_others(bad)) from None


def _calendar(source: _Source, table: dict[str, Any]) -> str | None:
    name = table.get("calendar")
    if name is None:
        return None
    try:
        find_calendar(str(name))
    except BadInput as bad:
        raise source.bad(bad.text, "holidays.calendar", value=name, **_others(bad)) from None
    return str(name)


def _duration(source: _Source, data: dict[str, Any], key: str, default: int) -> int:
    value = data.get(key)
    if value is None:
        return default
    try:
        seconds = parse_duration(str(value))
    except BadInput as bad:
        raise source.bad(bad.text, key, value=value) from None
    if not seconds:
        raise source.bad(gettext_noop("{value} is no time at all. Write at least 1s."), key, value=value)
    return seconds


def _dates(source: _Source, table: dict[str, Any], key: str) -> frozenset[date]:
    path = f"holidays.{key}"
    dates = set()
    for text in source.strings(table, path, '["2026-12-24"]'):
        try:
            dates.add(date.fromisoformat(text if _DATE.fullmatch(text) else ""))
        except ValueError:
            raise source.bad(
                gettext_noop("“{value}” is not a date. Write year-month-day, like 2026-12-24."), path, value=text
            ) from None
    return frozenset(dates)


def _hours(source: _Source, table: dict[str, Any]) -> dict[int, tuple[Interval, ...]]:
    source.check_keys(table, "hours", DAYS)
    hours = {}
    for number, day in enumerate(DAYS):
        path = f"hours.{day}"
        texts = source.strings(table, path, '["08:30-12:30", "13:30-18:00"]')
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


def _interval(source: _Source, path: str, text: str) -> Interval:
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


def _quote(value: object) -> str:
    """Return a value as error messages quote it: on one line, 60 characters at most."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
