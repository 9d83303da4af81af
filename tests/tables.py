"""The tables of the tests: made by the migrations once, then copied, as long as no migration changes (SQLite only)."""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TextIO

import django
import pytest
from django.apps import apps
from django.db import connection

import portevoix


class Making(NamedTuple):
    """The tables are to be kept at `path` when they are made; until then no other process has this `lock`."""

    path: Path
    lock: TextIO


def _digest() -> str:
    """Of all that makes tables: every migration, and the models and words that ours refer to."""
    told = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    ours = Path(portevoix.__file__).parent
    for folder in (Path(app.path, "migrations") for app in apps.get_app_configs()):
        for path in sorted(folder.glob("*.py")):
            told.update(path.read_bytes())
    for path in sorted([*ours.joinpath("record/models").glob("*.py"), *ours.joinpath("kernel").glob("*.py")]):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


@pytest.fixture(scope="session")
def tables_to_keep(request, django_db_modify_db_settings) -> Iterator[Making | None]:
    """None when they are kept already: then they are given to the test's database before Django makes it, so that it
    finds all migrations applied.
    """
    if connection.vendor != "sqlite":
        yield None
        return
    kept = request.config.rootpath / ".pytest_cache" / "tables" / f"{_digest()}.sqlite3"
    kept.parent.mkdir(parents=True, exist_ok=True)
    lock = kept.with_suffix(".lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not kept.exists():
        yield Making(kept, lock)
        return
    lock.close()
    name = connection.creation._get_test_db_name()
    with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(name, uri=True)) as target:
        source.backup(target)
        yield None  # what is in memory lives as long as anybody is connected to it


@pytest.fixture(scope="session")
def django_db_setup(tables_to_keep, django_db_setup, django_db_blocker) -> None:
    """As pytest-django's."""
    if tables_to_keep is None:
        return
    kept, lock = tables_to_keep
    with lock:
        for outdated in kept.parent.glob("*.sqlite3"):
            outdated.unlink()
        written = kept.with_suffix(f".{os.getpid()}")
        with django_db_blocker.unblock(), closing(sqlite3.connect(written)) as target:
            connection.ensure_connection()
            connection.connection.backup(target)
        written.rename(kept)
