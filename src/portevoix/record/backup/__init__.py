"""The whole record as one file: written while everything runs, verified, and brought back.

Nothing here needs Django: a backup is taken of the database as it is, whatever version of Portevoix has made it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portevoix.record.backup.databases import Database
from portevoix.record.backup.postgresql import Postgresql
from portevoix.record.backup.sqlite import Sqlite


def database_of(settings: Mapping[str, Any], address: str) -> Database:
    """The database that Django's settings describe."""
    if settings["ENGINE"].endswith("sqlite3"):
        return Sqlite(Path(settings["NAME"]))
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parameters = {word: settings[name] for word, name in words.items()} | settings.get("OPTIONS", {})
    return Postgresql(address, parameters)
