"""Sets Django up for a command: settings, log, and an up-to-date database."""

import atexit
import contextlib
import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import django
import structlog
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from portevoix.cli.database_trouble import trouble_of
from portevoix.config import env, logs
from portevoix.kernel.errors import PortevoixError

if TYPE_CHECKING:
    from portevoix.record.queries.schema import Differences

log = structlog.get_logger("portevoix.setup")
FIRST = "record.0001_initial"
_LOCK = 0x706F7274  # any number, as long as all processes take the same
_RECORD_NOTE = """\
A record was started here. While this file is here, Portevoix does not take an empty database for a new one, but says
that the record is gone. See “An empty database” in docs/en/how-to/operate.md.
"""


def set_up_django(*, migrate: bool = True, home: Path | None = None) -> bool:
    """Set Django up, so that models may be used. Migrate the database if needed; return whether it was empty.

    Raise PortevoixError when the database cannot be reached, was changed by a newer version, or is empty though it
    held a record; BadInput for a bad setting.
    """
    if home is not None:
        env.put("PORTEVOIX_HOME", str(home))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    django.setup()
    logs.set_up()
    gc.freeze()
    atexit.register(connections.close_all)  # SQLite then leaves one file; nothing else closes what is frozen
    if migrate:
        check_not_newer()
        if pending():
            with _alone():
                return _bring_up_to_date(pending())
    return False


def set_up_service() -> None:
    """Do as `set_up_django`, for a service: note that there is a record, and log when it is a new one."""
    if set_up_django():
        log.info("record_started", database=connection.vendor, home=str(env.home()))
    note_record()


def _bring_up_to_date(lacking: list[str]) -> bool:
    if is_new := FIRST in lacking:
        check_not_emptied()
    if lacking:
        call_command("migrate", verbosity=0, interactive=False)
        _create_city()
    if is_new:
        note_record()
    return is_new


@contextmanager
def _alone() -> Iterator[None]:
    """Lock out other processes: those that start together wait for the first, and find the work done."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])  # when this is not reached, the connection ends
    else:
        with (env.home() / "migrate.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _create_city() -> None:
    """Create the record's city, without a name until `portevoix init` sets it."""
    from portevoix.record.operations.city import found_city  # noqa: PLC0415 -- Django is ready only now

    found_city(name="", now=datetime.now(UTC))


def pending() -> list[str]:
    """Return the migrations that the database still lacks. Raise PortevoixError when it does not answer."""
    return _differences().missing


def check_not_newer() -> None:
    """Raise PortevoixError when a newer version has changed the database: this one might write wrong data."""
    if newer := _differences().unknown:
        raise PortevoixError(
            "A newer version of Portevoix than this one, {version}, has changed the database: it holds {change}. "
            "Install that version again, or bring back the backup that was made before it: portevoix restore FILE.",
            change=newer[-1],
            version=version("portevoix"),
        )


def _differences() -> "Differences":
    from portevoix.record.queries.schema import differences  # noqa: PLC0415 -- Django is ready only now

    try:
        return differences()
    except (DatabaseError, UnicodeDecodeError) as error:
        raise trouble_of(error) from error


def note_record() -> None:
    """Leave a file in the home that says that there is a record."""
    with contextlib.suppress(OSError):  # beside a database on a server the home may be read-only
        if not _word().exists():
            _word().write_text(_RECORD_NOTE, encoding="utf-8")


def check_not_emptied() -> None:
    """Raise PortevoixError when the database has no tables although the home had a record."""
    if _word().exists():
        raise PortevoixError(
            "The database is empty, and {home} had a record: it was emptied or lost, or PORTEVOIX_DATABASE_URL leads "
            "elsewhere. Correct that, or bring the last backup back: portevoix restore FILE. To begin anew, with "
            "nothing, delete {word}.",
            home=str(env.home()),
            word=str(_word()),
        )


def database_file() -> Path | None:
    """Return the file of the embedded database; None for one on a server."""
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


def _word() -> Path:
    return env.home() / "record.started"
