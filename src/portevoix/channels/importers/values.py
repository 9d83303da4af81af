"""Careful access to the objects of another tool's file, in which nothing is certain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_X_TIME = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) \+0000 (\d{4})", re.ASCII)
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,6}")
_NO_LANG = re.compile(r"und|zxx|mul|art|q[a-t][a-z]", re.IGNORECASE)
_MOST_SHOWN = 60
_MOST_TITLE = 1000


@dataclass(frozen=True, slots=True)
class Values:
    """One object of a file and its position in its line ("data[2].author", "" for the line itself).

    Each reading method takes the names that a value may have; the first that is present and not null counts. A value of
    the wrong kind raises BadLine with its position. An absent value is "", None, or an empty object.
    """

    data: object
    place: str = ""

    def __contains__(self, name: str) -> bool:
        return isinstance(self.data, dict) and self.data.get(name) is not None

    def text(self, *names: str, needed: bool = False) -> str:
        place, value = self._first(names, needed=needed)
        if value is None or isinstance(value, str):
            return value or ""
        raise _wrong(gettext_noop("“{field}” is {value}. A text is expected there."), place, value)

    def key(self, *names: str, needed: bool = False) -> str:
        """Return an identifier: a text, or a whole number as some tools write it."""
        place, value = self._first(names, needed=needed)
        if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) < 10**30:
                return str(value)
        elif value is None or isinstance(value, str):
            return value or ""
        raise _wrong(gettext_noop("“{field}” is {value}. An identifier is expected there."), place, value)

    def count(self, *names: str) -> int | None:
        place, value = self._first(names)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise _wrong(gettext_noop("“{field}” is {value}. A whole number is expected there."), place, value)

    def flag(self, *names: str) -> bool:
        place, value = self._first(names)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise _wrong(gettext_noop("“{field}” is {value}. Write true or false."), place, value)

    def within(self, *names: str) -> "Values":
        place, value = self._first(names)
        return Values({} if value is None else value, place)

    def each(self, *names: str) -> Iterator["Values"]:
        """Yield the items of a list."""
        place, value = self._first(names)
        if not isinstance(value, list | None):
            raise _wrong(gettext_noop("“{field}” is {value}. A list is expected there."), place, value)
        for number, item in enumerate(value or ()):
            yield Values(item, f"{place}[{number}]")

    def _first(self, names: tuple[str, ...], *, needed: bool = False) -> tuple[str, object]:
        if not isinstance(self.data, dict):
            raise _wrong(gettext_noop("“{field}” is {value}. An object is expected there."), self.place, self.data)
        name = next((name for name in names if self.data.get(name) is not None), names[0])
        place = f"{self.place}.{name}" if self.place else name
        value = self.data.get(name)
        if needed and value is None:
            raise BadLine(gettext_noop("“{field}” is missing."), field=place)
        return place, value


def language(tag: str) -> str:
    """Return a language tag; "" when it is not one, or when a network uses it for an unknown language."""
    return tag if _LANG.fullmatch(tag) and not _NO_LANG.fullmatch(tag) else ""


def web(address: str) -> str:
    """Return a web address; "" when it is not one, such as a reference inside a network."""
    return address if re.fullmatch(r"https?://\S+", address, re.IGNORECASE) else ""


def article(address: str, title: str) -> dict[str, str] | None:
    """Return the article that a post is about, where it shows its card."""
    return {"url": address, "title": title[:_MOST_TITLE]} if web(address) else None


def x_time(text: str) -> str:
    """Convert a time of X's first API ("Thu Jan 07 07:41:13 +0000 2021") to RFC 3339; else return it unchanged."""
    match = _X_TIME.fullmatch(text)
    if not match or match[1] not in _MONTHS:
        return text
    return f"{match[4]}-{_MONTHS.index(match[1]) + 1:02}-{match[2]}T{match[3]}+00:00"


def from_timestamp(seconds: float) -> str | None:
    """Return seconds since 1970 in RFC 3339; None when no calendar has them."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, with an empty line between them."""
    return "\n\n".join(part for part in parts if part.strip())


def _wrong(message: str, place: str, value: object) -> BadLine:
    excerpt = "[…]" if isinstance(value, list) else "{…}" if isinstance(value, dict) else str(value)
    return BadLine(
        message,
        line=None,
        field=place or "—",
        value=excerpt if len(excerpt) < _MOST_SHOWN else f"{excerpt[:_MOST_SHOWN]}…",
    )
