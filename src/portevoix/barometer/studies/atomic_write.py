"""Rewrites tables of a study as a person answers, one answer at a time, without losing any of their content."""

import csv
import os
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from portevoix.barometer.studies.csv_files import decoded, numbered_rows
from portevoix.barometer.studies.tables import COLUMNS
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop


@dataclass(frozen=True, slots=True)
class Table:
    """A table with all of its columns, unknown ones too: `rows` by their lines, in order."""

    path: Path
    columns: tuple[str, ...]
    rows: dict[int, dict[str, str]]

    def add(self, **cells: str) -> int:
        """Add a row at the end without writing it yet; return its line."""
        line = max(self.rows, default=1) + 1
        self.rows[line] = dict.fromkeys(self.columns, "") | cells
        return line

    def write(self) -> None:
        """Write the table atomically: concurrent readers find the old table or the new one."""
        out = StringIO()
        writer = csv.DictWriter(out, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows.values())
        write_whole(self.path, out.getvalue().encode())


def open_table(folder: Path, file: str) -> Table:
    """Open a table. Raises BadInput when a row cannot be read: writing the table again would lose it."""
    path, standard_columns = folder / file, COLUMNS[file]
    text = decoded(path.read_bytes())[0] if path.exists() else ""
    rows: dict[int, dict[str, str]] = {}
    for line, cells in numbered_rows(text) if text else ():
        if isinstance(cells, BadLine):
            message = gettext_noop("{file}, line {line}: {why} Correct it first.")
            raise BadInput(message, file=file, line=line, why=str(cells.args[0]))
        rows[line] = cells
    more = next(iter(rows.values()), {})
    columns = (*standard_columns, *(name for name in more if name and name not in standard_columns))
    return Table(path, columns, {line: {name: row.get(name, "") for name in columns} for line, row in rows.items()})


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file atomically: complete or not at all, also after a power cut."""
    beside = path.with_name(f".{path.name}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:  # noqa: PTH123 -- its mode
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
