"""TOML that people write: parsed once, its values by their keys, and the line on which each of them is."""

import re
import tomllib
from collections.abc import Iterator

from portevoix.kernel.errors import BadFile
from portevoix.kernel.i18n import gettext_noop

_HEADER = re.compile(r"\[([^\[\]]*)\]")
_KEY = re.compile(r"[\w\s.\"'-]+")
_LONG_QUOTES = ('"""', "'''")


class TomlSource:
    """A TOML text. `keys` lead to a value: first those of the tables around it, its own last.

    An absent text is None, an absent list or table is empty. What is of another kind is None: only the caller knows
    what to write instead.
    `error` is what is raised about the text.
    """

    def __init__(self, text: str, error: type[BadFile] = BadFile) -> None:
        """Parse the text. Raise `error` with the line for anything but TOML."""
        self._text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._error = error
        self._data = self._parse()

    def _parse(self) -> dict[str, object]:
        try:
            return tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:  # tomllib lets ValueError through for numbers of 5,000 digits
            message = str(error)
            at = re.search(r"\(at line (\d+), column \d+\)", message)
            last = self._text.rstrip().count("\n") + 1
            why = re.sub(r"\s*\(at .*\)$", "", message, flags=re.S)
            raise self._error(
                gettext_noop("This is not TOML: {why}."), line=int(at[1]) if at else last, why=quote(why)
            ) from None

    def value(self, *keys: str) -> object:
        value: object = self._data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *keys: str) -> str | None:
        value = self.value(*keys)
        return value if isinstance(value, str) else None

    def items(self, *keys: str) -> list[object] | None:
        value = self.value(*keys)
        return value if isinstance(value, list) else [] if value is None else None

    def table(self, *keys: str) -> dict[str, object] | None:
        value = self.value(*keys)
        return value if isinstance(value, dict) else {} if value is None else None

    def unknown_keys(self, known: tuple[str, ...], *keys: str) -> Iterator[str]:
        """Yield the keys of a table that are none of those `known`."""
        return (key for key in self.table(*keys) or {} if key not in known)

    def bad(self, message: str, path: str, *, value: object = "", **values: str) -> BadFile:
        """Return the error about the key at the dotted `path`, or about one `value` under it."""
        return self._error(message, line=self.line(path, str(value)), value=quote(value), **values)

    def line(self, path: str, value: str = "") -> int:
        """Return the line of the key at `path`, 1-based; 1 when it is missing, where one would write it."""
        lines = self._text.split("\n")
        start = next((n for n, full in enumerate(_paths(lines)) if full == path), None)
        if start is None and "." in path:  # hours = {mon = [...]} on one line
            return self.line(path.rpartition(".")[0], value)
        if start is None:
            return 1
        return next((n for n in range(start, len(lines)) if value in lines[n]), start) + 1


def quote(value: object) -> str:
    """Return a value as error messages quote it: on one line, 60 characters at most."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _paths(lines: list[str]) -> list[str | None]:
    """Return for each line, the dotted path of the table or key that it opens."""
    table, paths = "", list[str | None]()
    within = ""  # the quotation marks of a text over several lines, which has no headers and keys
    for line in map(str.strip, lines):
        if within:
            within = "" if within in line else within
            paths.append(None)
            continue
        key, is_set, value = line.partition("=")
        quotes = value.strip()[:3]
        if quotes in _LONG_QUOTES and quotes not in value.strip()[3:]:
            within = quotes
        if header := _HEADER.match(line):
            table = re.sub(r"[\s\"']", "", header[1])
            paths.append(table)
        elif is_set and _KEY.fullmatch(key):
            paths.append(f"{table}.{re.sub(r"[\s\"']", '', key)}".lstrip("."))
        else:
            paths.append(None)
    return paths
