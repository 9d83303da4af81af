"""The tables of a study: CSV as people and Excel write it. Lenient about form, strict about content.

Everything that cannot be taken as it is becomes a remark; nothing is guessed silently.
"""

import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

from portevoix.barometer.studies.model import Remark
from portevoix.channels.importers.tables import read_table
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop

UNKNOWN: Final = "unknown"
MOST: Final = 10_000_000_000
"""Of people, and of followers."""

_SPACES = re.compile("[\\s\u00a0\u202f\u2009'’]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?", re.ASCII)
_YES: Final = frozenset(("yes", "y", "oui", "o", "true", "vrai", "1"))
_NO: Final = frozenset(("no", "n", "non", "false", "faux", "0"))


@dataclass(slots=True)
class Notes:
    """Collects the remarks on a study, in order."""

    found: list[Remark] = field(default_factory=list)

    def grave(self, file: str, row: int | None, text: str, /, **values: str | int) -> None:
        self.found.append(Remark(file, row, text, _short(values), grave=True))

    def doubt(self, file: str, row: int | None, text: str, /, **values: str | int) -> None:
        self.found.append(Remark(file, row, text, _short(values)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. A cell that cannot be read is noted and returned as None."""

    file: str
    number: int
    cells: dict[str, str]
    notes: Notes

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def grave(self, text: str, /, **values: str | int) -> None:
        self.notes.grave(self.file, self.number, text, **values)

    def doubt(self, text: str, /, **values: str | int) -> None:
        self.notes.doubt(self.file, self.number, text, **values)

    def day(self, column: str) -> date | None:
        """Return a date, or None when the cell is empty or, noted as grave, holds none."""
        text = self[column]
        if not text:
            return None
        if day := read_date(text):
            return day
        message = gettext_noop("“{value}” in “{column}” is no date. Write 2026-12-31 or 31/12/2026.")
        self.grave(message, value=text, column=column)
        return None

    def count(self, column: str) -> int | None:
        """Return a whole number from 0 on, or None when the cell is empty or, noted as grave, holds none."""
        text = self[column]
        if not text:
            return None
        number = read_number(text)
        doubtful = _THOUSANDS.fullmatch(_SPACES.sub("", text))  # 12,345: twelve thousand, or twelve and a bit?
        if number is None or number < 0 or number != int(number) or doubtful:
            message = gettext_noop("“{value}” in “{column}” is no whole number. Write it in digits, like 12345.")
            self.grave(message, value=text, column=column)
            return None
        if number > MOST:
            message = gettext_noop("“{value}” in “{column}” is more than all people there are. Correct it.")
            self.grave(message, value=text, column=column)
            return None
        return int(number)

    def degrees(self, column: str, most: int) -> float | None:
        text = self[column]
        if not text:
            return None
        number = read_number(text)
        if number is None or abs(number) > most:
            message = gettext_noop("“{value}” in “{column}” is not between -{most} and {most} degrees.")
            self.doubt(message, value=text, column=column, most=most)
            return None
        return number


def read_rows(folder: Path, file: str, needed: tuple[str, ...], known: tuple[str, ...], notes: Notes) -> Iterator[Row]:
    """Yield the rows of a table that are not blank; none of a missing one. Raises BadInput if it cannot be read."""
    path = folder / file
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be read: {why}."), file=str(path), why=why) from None
    text, encoding = decoded(raw)
    if encoding == UNKNOWN:
        notes.grave(file, None, gettext_noop("The file is neither UTF-8 nor Windows-1252. Save it as “CSV UTF-8”."))
    elif encoding:
        message = gettext_noop(
            "The file is {encoding}: it was read as that. Save it as “CSV UTF-8” to be sure of accents."
        )
        notes.doubt(file, None, message, encoding=encoding)
    is_header_checked = False
    for number, cells in numbered_rows(text, needed):
        if isinstance(cells, BadLine):
            notes.grave(file, number, cells.text, **cells.values)
            continue
        if not is_header_checked:
            is_header_checked = True
            _check_columns(file, cells, known, notes)
        if any(cell.strip() for cell in cells.values()):
            yield Row(file, number, {name: tidy(cell) for name, cell in cells.items()}, notes)


def numbered_rows(text: str, needed: tuple[str, ...] = ()) -> Iterator[tuple[int, dict[str, str] | BadLine]]:
    """Yield each row with its line, by the names of the columns, or why it was refused. Empty lines may come first."""
    bare = re.sub(r"\A\s*sep=.[\r\n]+", "", text, flags=re.IGNORECASE).lstrip("\r\n")  # a line that is for Excel alone
    before = text[: len(text) - len(bare)].count("\n")
    for item in read_table(BytesIO(bare.encode()), needed, named=column_name, by_hand=True):
        if isinstance(item, BadLine):
            yield (item.line or 1) + before, item
        else:
            yield item[0] + before, item[1]


def column_name(text: str) -> str:
    """Return a column's name whatever its case, accents and spaces: “Évidence URL” is `evidence_url`."""
    return re.sub(r"[\s-]+", "_", fold(text).strip())


def fold(text: str) -> str:
    """Return the text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def tidy(text: str) -> str:
    return " ".join(text.replace("\0", "").replace("\ufeff", "").split())


def read_number(text: str) -> float | None:
    """Return a number with decimal comma or point, and spaces or apostrophes between thousands; None for other text."""
    bare = _SPACES.sub("", text)
    return float(bare.replace(",", ".")) if len(bare) <= 20 and _NUMBER.fullmatch(bare) else None


def read_date(text: str) -> date | None:
    """Return the date of 2026-12-31, or day first: 31/12/2026, 31.12.2026, 31-12-2026. None for other text."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _FRENCH.fullmatch(text):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_yes(text: str) -> bool | None:
    """Return yes or no, in English, French, or as 1 or 0; None for other text."""
    word = fold(text).strip()
    return True if word in _YES else False if word in _NO else None


def decoded(raw: bytes) -> tuple[str, str]:
    """Decode a file as spreadsheets save them; return its text and the encoding: "" for UTF-8, or UNKNOWN."""
    if encoding := _utf16(raw):
        return raw.decode(encoding, "replace").removeprefix("\ufeff"), "UTF-16"
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), UNKNOWN


def _utf16(raw: bytes) -> str:
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    head = raw[:8]  # without its mark: every other byte of a header in Latin letters is null
    if len(head) > 3 and head[1::2].count(0) == len(head) // 2:
        return "utf-16-le"
    return "utf-16-be" if len(head) > 3 and head[::2].count(0) == (len(head) + 1) // 2 else ""


def _check_columns(file: str, cells: dict[str, str], known: tuple[str, ...], notes: Notes) -> None:
    for name in cells:
        if name and name not in known:
            message = gettext_noop("The column “{column}” is not known and not read. Known: {known}.")
            notes.doubt(file, None, message, column=name, known=", ".join(known))


def _short(values: dict[str, str | int]) -> dict[str, str | int]:
    return {
        name: value if isinstance(value, int) or len(value) <= 200 else f"{value[:199]}…"
        for name, value in values.items()
    }
