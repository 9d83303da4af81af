"""Backup of the whole record as one file: written while everything runs, verified, and restored.

Nothing here needs Django: the database is copied as it is, whatever version of Portevoix created it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portevoix.record.backup.databases import Database
from portevoix.record.backup.postgresql import Postgresql
from portevoix.record.backup.sqlite import Sqlite


def database_of(settings: Mapping[str, Any], address: str) -> Database:
    """Return the database that Django's settings describe."""
    if settings["ENGINE"].endswith("sqlite3"):
        return Sqlite(Path(settings["NAME"]))
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parameters = {word: settings[name] for word, name in words.items()} | settings.get("OPTIONS", {})
    return Postgresql(address, parameters)
