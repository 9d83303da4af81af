"""The interface that a backup uses to access either database."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a database at one moment: each table's number of rows, and the migrations applied."""

    rows: Mapping[str, int]
    migrations: tuple[str, ...]


class Database(Protocol):
    """The database of the record. Every method raises PortevoixError, with advice, when it fails."""

    kind: str
    member: str
    """The name of its copy in the archive."""
    folder: Path | None
    """The folder of the database file, None for a database server."""

    def copy(self, to: Path) -> Snapshot:
        """Write a copy of its state at one moment, while others read and write."""

    def rows(self, copy: Path) -> Mapping[str, int]:
        """Read a copy to its end and count its tables' rows. Raise BadInput when it is damaged."""

    def check_free(self) -> None:
        """Raise BadInput when the database exists and is not empty."""

    def address(self, copy: Path) -> str:
        """Return the address under which the copy's rows can be changed inside `restoring`."""

    def restoring(self, copy: Path) -> AbstractContextManager[None]:
        """Make the copy's rows available at `address`; on success they replace the database, else nothing changes."""
