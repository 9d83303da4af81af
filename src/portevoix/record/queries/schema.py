"""Whether the database and this version of Portevoix belong together."""

from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@cache
def known() -> frozenset[str]:
    """Names of all migrations that this version brings."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def missing() -> list[str]:
    """Names of those that the database has not seen yet. Raises DatabaseError when it cannot be reached."""
    return sorted(known() - {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()})
