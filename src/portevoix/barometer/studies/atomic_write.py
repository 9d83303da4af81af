"""Writes tables of a study as a person answers, one answer after the other, and forgets nothing that stands in them."""

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
    """A table as it stands, columns that nobody knows among them: `rows` by their lines, in order."""

    path: Path
    columns: tuple[str, ...]
    rows: dict[int, dict[str, str]]

    def add(self, **cells: str) -> int:
        """A new row at the end, which is not written yet; returns its line."""
        line = max(self.rows, default=1) + 1
        self.rows[line] = dict.fromkeys(self.columns, "") | cells
        return line

    def write(self) -> None:
        """All of it at once or nothing: whoever reads meanwhile finds the old table or the new one."""
        out = StringIO()
        writer = csv.DictWriter(out, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows.values())
        write_whole(self.path, out.getvalue().encode())


def open_table(folder: Path, file: str) -> Table:
    """Raises BadInput when a row cannot be read: to write the table again would lose it."""
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
    """A file that is there whole or not at all, also after a power cut."""
    beside = path.with_name(f".{path.name}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:  # noqa: PTH123 -- its mode
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
