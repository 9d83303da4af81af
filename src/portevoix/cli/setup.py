"""Makes Django ready for a command: settings, log, and a database that is up to date."""

import atexit
import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from portevoix.config import env, logs
from portevoix.kernel.errors import PortevoixError

_LOCK = 0x706F7274  # any number, as long as all processes take the same


def ready(*, migrate: bool = True, home: Path | None = None) -> None:
    """After this, models may be used. An empty or older database is brought up to date.

    Raises PortevoixError when the database cannot be reached, BadInput for a bad setting.
    """
    if home is not None:
        env.put("PORTEVOIX_HOME", str(home))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    django.setup()
    logs.set_up()
    gc.freeze()
    atexit.register(connections.close_all)  # SQLite then leaves one file; nothing else closes what is frozen
    if migrate and pending():
        with _alone():
            if pending():
                call_command("migrate", verbosity=0, interactive=False)
                _found()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: those that start together wait for the first, and find the work done."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])  # when this is not reached, the connection ends
    else:
        with (env.home() / "migrate.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _found() -> None:
    """A record belongs to a city: until `portevoix init` names it, one without a name."""
    from portevoix.record.operations.city import found  # noqa: PLC0415 -- Django is ready only now

    found(name="", now=datetime.now(UTC))


def pending() -> list[str]:
    """Names of the migrations that the database still lacks."""
    from portevoix.record.queries.schema import missing  # noqa: PLC0415 -- Django is ready only now

    try:
        return missing()
    except DatabaseError as error:
        raise PortevoixError(
            "The database cannot be reached: {why}. Check PORTEVOIX_DATABASE_URL.", why=str(error).splitlines()[0]
        ) from error
