"""Backup of SQLite, copied page by page inside one read transaction, which blocks no writer."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.backup.databases import Snapshot

_TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%'"


class Sqlite:
    kind = "sqlite"
    member = "portevoix.sqlite3"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder: Path | None = path.parent

    def copy(self, to: Path) -> Snapshot:
        """Copy the database without deleted pages, so that erased messages are not in the copy."""

        if not self.path.exists():
            raise BadInput("There is nothing to back up: {path} does not exist.", path=str(self.path))
        pages = to.with_suffix(".pages")
        try:
            with closing(_open(self.path)) as source, closing(_open(pages)) as target:
                source.execute("BEGIN")
                snapshot = Snapshot(_count(source), _migrations(source))
                source.backup(target)
                target.execute("VACUUM INTO ?", [str(to)])
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter where it quotes what is damaged
            raise PortevoixError(
                "{path} cannot be copied: {why}. See what portevoix doctor says.", path=str(self.path), why=str(error)
            ) from error
        pages.unlink()
        return snapshot

    def rows(self, copy: Path) -> Mapping[str, int]:
        try:
            with closing(_open(copy)) as database:
                problems = [str(row[0]) for row in database.execute("PRAGMA integrity_check(1)")]
                if problems != ["ok"]:
                    raise BadInput("The copy of the database is damaged: {why}", why=problems[0])
                return _count(database)
        except sqlite3.DatabaseError as error:
            raise BadInput("The copy of the database is damaged: {why}", why=str(error)) from error

    def check_free(self) -> None:
        if self.path.exists():
            raise BadInput(
                "There is a database already: {path}. It stays as it is: move it away, or choose another "
                "PORTEVOIX_HOME.",
                path=str(self.path),
            )

    def address(self, copy: Path) -> str:
        return f"sqlite:///{copy}"

    @contextmanager
    def restoring(self, copy: Path) -> Iterator[None]:
        yield
        with closing(_open(copy)) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # all of it into the one file
        try:
            self.path.hardlink_to(copy)  # which, unlike a move, never takes the place of another file
        except FileExistsError:
            self.check_free()
            raise


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=20)


def _count(database: sqlite3.Connection) -> dict[str, int]:
    names = sorted(str(row[0]) for row in database.execute(f"{_TABLES} ESCAPE '\\'"))
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def _migrations(database: sqlite3.Connection) -> tuple[str, ...]:
    rows = database.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
    return tuple(str(row[0]) for row in rows)
