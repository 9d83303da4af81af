"""What a backup asks of a database, whichever it is."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a database held at one moment: each table's number of rows, and the migrations that it had seen."""

    rows: Mapping[str, int]
    migrations: tuple[str, ...]


class Database(Protocol):
    """Where the record lives. Every method raises PortevoixError, with what to do, for what it cannot do."""

    kind: str
    member: str
    """The name of its copy in the archive."""
    folder: Path | None
    """Where it lies itself, None when a server keeps it."""

    def copy(self, to: Path) -> Snapshot:
        """Writes what it holds at one moment, while others read and write."""

    def rows(self, copy: Path) -> Mapping[str, int]:
        """Reads a copy through to its end and counts its tables' rows. Raises BadInput when it is damaged."""

    def check_free(self) -> None:
        """Raises BadInput when something is there already."""

    def address(self, copy: Path) -> str:
        """Under which the copy's rows can be worked on inside `restoring`."""

    def restoring(self, copy: Path) -> AbstractContextManager[None]:
        """Inside, the copy's rows are at `address`; left in peace they are in their place, else nothing is."""
