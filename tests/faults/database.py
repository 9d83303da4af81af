"""A database of its own: SQLite in a folder, or a new one on the server that the environment names."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connections

URL = "PORTEVOIX_DATABASE_URL"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
"""A process that is forked has no other threads."""


@contextmanager
def database(home: Path, *, made: Path | None = None) -> Iterator[None]:
    """Sets the environment for it, before Django is loaded; on a server, drops it at the end.

    `made`: a home whose tables are made already, of which the folder begins as a copy.
    """
    os.environ |= {"PORTEVOIX_HOME": str(home), "PORTEVOIX_LOG": "warning", **dict.fromkeys(ONE_THREAD, "1")}
    url = os.environ.get(URL)
    if not url:
        if made:
            shutil.copytree(made, home, dirs_exist_ok=True)
        yield
        return
    server, name = url.rpartition("/")[0], f"faults_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        os.environ[URL] = f"{server}/{name}"
        try:
            yield
        finally:
            connections.close_all()
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
