"""Compares the database's migrations with those of this version of Portevoix."""

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

OURS = "portevoix."


@cache
def known() -> frozenset[str]:
    """Return the names of all migrations of this version."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of migrations: `missing` are not applied yet, `unknown` come from a newer version.

    Migrations of Django and of other packages are never unknown: they follow the versions that are installed here.
    """

    missing: list[str]
    unknown: list[str]


def differences() -> Differences:
    """Compare the database with this version. Raise DatabaseError when it cannot be reached."""
    migrations = MigrationRecorder(connection).applied_migrations()
    theirs = {config.label for config in apps.get_app_configs() if not config.name.startswith(OURS)}
    names = {f"{app}.{name}" for app, name in migrations}
    ours = {f"{app}.{name}" for app, name in migrations if app not in theirs}
    return Differences(missing=sorted(known() - names), unknown=sorted(ours - known()))
