"""Whether the database and this version of Portevoix belong together."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of migrations: `missing` are those that the database has not seen yet, `unknown` those that only a newer
    version brings, which has changed the database.

    Of Django and of other packages none is unknown: they follow the versions that are installed here.
    """

    missing: list[str]
    unknown: list[str]


def differences() -> Differences:
    """Between the database and this version. Raises DatabaseError when it cannot be reached."""
    migrations = MigrationRecorder(connection).applied_migrations()
    theirs = {config.label for config in apps.get_app_configs() if not config.name.startswith(OURS)}
    names = {f"{app}.{name}" for app, name in migrations}
    ours = {f"{app}.{name}" for app, name in migrations if app not in theirs}
    return Differences(missing=sorted(known() - names), unknown=sorted(ours - known()))
