"""CSV files, read row by row: commas, semicolons or tabs; UTF-8, or Western Windows as Excel writes it."""

import csv
from collections.abc import Callable, Iterator
from typing import BinaryIO

from portevoix.channels.importers.documents import numbered
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.streams import BOM, BREAKS_OFF, DAMAGED, MOST_LINE_BYTES, TOO_LONG, next_line

_DELIMITERS = ",;\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

type Row = dict[str, str]


def read_table(
    stream: BinaryIO, needed: tuple[str, ...], *, named: Callable[[str], str] = str.strip, by_hand: bool = False
) -> Iterator[tuple[int, Row] | BadLine]:
    """Yield each row with the number of its first line, by the names of the columns, as `named` writes them.

    The table ends with one refused line when a `needed` column is missing. A row that has more or fewer fields than the
    first line is refused, as is one whose quotation mark is not closed within 131,072 characters. In a table that was
    written `by_hand`, empty fields at the end of a row may be missing, or be too many.
    """
    text = _Lines(stream)
    try:
        head = next(text, "")
        delimiter = max(_DELIMITERS, key=head.count)
        columns = [named(field) for field in next(csv.reader([head], delimiter=delimiter), [])]
        _check(columns, needed)
    except (BadLine, csv.Error) as error:
        yield _refusal(error, 1)
        return
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        number = text.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except (BadLine, csv.Error) as error:
            yield _refusal(error, number)
            continue
        if row:
            yield _row(_even(row, len(columns)) if by_hand else row, columns, number)


def _row(row: list[str], columns: list[str], number: int) -> tuple[int, Row] | BadLine:
    if len(row) == len(columns):
        return number, dict(zip(columns, row, strict=True))
    message = gettext_noop("The row has {fields} fields; the first line names {columns} columns.")
    return BadLine(message, line=number, fields=len(row), columns=len(columns))


def _even(row: list[str], columns: int) -> list[str]:
    fields = row[:columns] if not any(field.strip() for field in row[columns:]) else row
    return [*fields, *[""] * (columns - len(fields))]


def _check(names: list[str], needed: tuple[str, ...]) -> None:
    if missing := [column for column in needed if column not in names]:
        message = gettext_noop("The first line does not name the columns {missing}. It begins with: {found}.")
        raise BadLine(message, missing=", ".join(missing), found=", ".join(names)[:80] or "—")


def _refusal(error: BadLine | csv.Error, number: int) -> BadLine:
    if isinstance(error, BadLine):
        return numbered(error, number)
    return BadLine(gettext_noop("The row is not CSV: {why}."), line=number, why=str(error))


class _Lines:
    """The lines of a stream as text. An unreadable line raises BadLine, and the next one can still be read."""

    def __init__(self, stream: BinaryIO) -> None:
        self.number = 0
        self._stream = stream
        self._encoding = ""
        self._ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._ended:
            raise StopIteration
        self.number += 1
        try:
            raw = next_line(self._stream)
        except DAMAGED:
            self._ended = True
            raise BadLine(BREAKS_OFF) from None
        if raw is None:
            raise BadLine(TOO_LONG, line=None, most=MOST_LINE_BYTES)
        if not raw:
            raise StopIteration
        return self._decode(raw)

    def _decode(self, raw: bytes) -> str:
        if self.number == 1 and raw.startswith(_UTF_16):
            raise BadLine(gettext_noop("The file is UTF-16. Save it as CSV in UTF-8."))
        raw = raw.removeprefix(BOM) if self.number == 1 else raw
        if raw.isascii():
            return raw.decode("ascii")
        encoding = self._encoding or _encoding(raw)
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            message = gettext_noop("The line is not {encoding} (byte {at}).")
            raise BadLine(message, encoding=encoding.upper(), at=error.start + 1) from None
        self._encoding = encoding
        return text


def _encoding(raw: bytes) -> str:
    """Return the encoding of the whole file, from its first line that is not ASCII."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
