"""What the migrations leave behind: SQLite changes a table by making another one, and the triggers go with the old."""

import importlib

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
HOUSE = importlib.import_module("portevoix.record.migrations.0004_house").KEPT
INDEXED = {f"record_message_fts_{event}" for event in ("insert", "delete", "update")}
MARKED = {f"{table}_marked_{event}" for table in (*HOUSE, "record_rule") for event in ("insert", "delete", "update")}
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def test_no_later_migration_loses_a_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    expected = MARKED | {"record_access_fixed"} | (INDEXED if connection.vendor == "sqlite" else set())
    assert expected <= there, expected - there
