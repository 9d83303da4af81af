"""Errors for an operator whose database does not answer, or answers wrongly: one line that says what to do."""

from django.db import DatabaseError, OperationalError, connection

from portevoix.kernel.errors import PortevoixError

_UNREACHABLE = "The database cannot be reached: {why}. Check PORTEVOIX_DATABASE_URL. What was done is kept."
_STATEMENT_REFUSED = "The database refused: {why}. What was done before is kept; run it again."
_FILE_DAMAGED = (
    "The database {file} is damaged: {why}. "
    "Stop the services, move it away together with its -wal and -shm, and bring the last backup back: portevoix "
    "restore FILE."
)
_SQLITE_MESSAGES = (
    (("SQLITE_FULL",), "There is no room left for the database {file}: make room on its disk, then run it again."),
    (
        ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
        "The database {file} cannot be opened: {why}. Run commands as the user of the services, and let the file and "
        "its folder belong to that user.",
    ),
    (("",), "The database {file} does not answer: {why}. Look at its disk, and at what portevoix doctor says."),
)
"""By the beginning of SQLite's own name for the error; the first that fits."""


def trouble_of(error: DatabaseError | UnicodeDecodeError) -> PortevoixError:
    """Return what to do about it. Python fails to decode SQLite's message where it quotes the damaged bytes."""
    if isinstance(error, UnicodeDecodeError):
        quoted = error.object.decode(errors="replace")
        return damage_error("".join(sign if sign.isprintable() else "�" for sign in quoted))
    why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    if connection.vendor != "sqlite":
        has_answer = getattr(error.__cause__, "sqlstate", None) and not isinstance(error, OperationalError)
        return PortevoixError(_STATEMENT_REFUSED if has_answer else _UNREACHABLE, why=why)
    kind = getattr(error.__cause__, "sqlite_errorname", "")
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damage_error(why)
    text = next(text for names, text in _SQLITE_MESSAGES if kind.startswith(names))
    return PortevoixError(text, file=_file(), why=why)


def damage_error(why: str) -> PortevoixError:
    """Return the error of a damaged embedded database, which only a backup can repair."""
    return PortevoixError(_FILE_DAMAGED, file=_file(), why=why)


def _file() -> str:
    return str(connection.settings_dict["NAME"])
