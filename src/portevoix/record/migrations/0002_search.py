"""The full-text index: FTS5 kept by triggers on SQLite, GIN on PostgreSQL."""

from django.db import migrations

SQLITE = (
    """CREATE VIRTUAL TABLE record_message_fts USING fts5(
        search, content='record_message', content_rowid='id', tokenize='unicode61')""",
    """CREATE TRIGGER record_message_fts_insert AFTER INSERT ON record_message BEGIN
        INSERT INTO record_message_fts(rowid, search) VALUES (new.id, new.search); END""",
    """CREATE TRIGGER record_message_fts_delete AFTER DELETE ON record_message BEGIN
        INSERT INTO record_message_fts(record_message_fts, rowid, search) VALUES ('delete', old.id, old.search); END""",
    """CREATE TRIGGER record_message_fts_update AFTER UPDATE OF search ON record_message BEGIN
        INSERT INTO record_message_fts(record_message_fts, rowid, search) VALUES ('delete', old.id, old.search);
        INSERT INTO record_message_fts(rowid, search) VALUES (new.id, new.search); END""",
)
POSTGRESQL = (
    """CREATE INDEX record_message_search ON record_message
        USING gin (to_tsvector('simple'::regconfig, COALESCE(search, '')))""",
)


def forwards(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER record_message_fts_{event}")
        schema_editor.execute("DROP TABLE record_message_fts")
    else:
        schema_editor.execute("DROP INDEX record_message_search")


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
