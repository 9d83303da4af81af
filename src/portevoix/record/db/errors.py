"""Database errors: whether the database is busy, away or refuses a value, and the message for users."""

from django.db import InterfaceError, OperationalError

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

_TOO_LARGE = "54"
"""The class of PostgreSQL's codes for what goes beyond its limits; psycopg counts these as operational errors too."""

_AWAY = tuple(
    f"SQLITE_{name}"
    for name in ("BUSY", "CANTOPEN", "CORRUPT", "FULL", "IOERR", "LOCKED", "NOMEM", "NOTADB", "PROTOCOL", "READONLY")
)
"""Prefixes of the names of SQLite's own errors of that kind."""


def busy(error: Exception) -> bool:
    """Return whether the database is busy or away, so that trying again may help."""
    code = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, OperationalError | InterfaceError) and not code.startswith(_TOO_LARGE)


def away(error: BaseException | None) -> bool:
    """Return whether the database does not answer, is full or is damaged, so that nothing can be read or stored."""
    name = getattr(getattr(error, "__cause__", None), "sqlite_errorname", "")
    if name:  # SQLite's operational errors are also those of a bad statement
        return bool(name.startswith(_AWAY))
    return isinstance(error, Exception) and busy(error)


def told(error: Exception) -> BadInput:
    """Return the database's reason for refusing a value, without the row that PostgreSQL quotes."""
    why = str(error).replace("\0", "").splitlines()[0]
    return BadInput(gettext_noop("The database did not take it: {why}"), why=why)
