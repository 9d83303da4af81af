"""Whether the database and this version of Portevoix belong together."""

from functools import cache

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

OURS = "portevoix."


@cache
def known() -> frozenset[str]:
    """Names of all migrations that this version brings."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def missing() -> list[str]:
    """Names of those that the database has not seen yet. Raises DatabaseError when it cannot be reached."""
    return sorted(known() - {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()})


def unknown() -> list[str]:
    """Names of those that only a newer version brings: it has changed the database. Raises DatabaseError.

    Those of Django and of other packages are left out: they follow the versions that are installed here.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    theirs = {config.label for config in apps.get_app_configs() if not config.name.startswith(OURS)}
    return sorted({f"{app}.{name}" for app, name in applied if app not in theirs} - known())
