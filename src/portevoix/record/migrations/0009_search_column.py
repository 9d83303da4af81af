"""PostgreSQL keeps the words of each message in a column of their own, not in the index alone.

A search sorts what matches by age: where it reads messages from the newest on, it would take their words apart again,
which takes a hundred times as long as looking at the column. SQLite's FTS5 needs nothing of the kind.
"""

from django.db import migrations

FORWARDS = (
    "DROP INDEX record_message_search",
    """ALTER TABLE record_message ADD COLUMN words tsvector
        GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, COALESCE(search, ''))) STORED""",
    "CREATE INDEX record_message_search ON record_message USING gin (words)",
)
BACKWARDS = (
    "ALTER TABLE record_message DROP COLUMN words",
    """CREATE INDEX record_message_search ON record_message
        USING gin (to_tsvector('simple'::regconfig, COALESCE(search, '')))""",
)


def forwards(apps, schema_editor):
    _run(schema_editor, FORWARDS)


def backwards(apps, schema_editor):
    _run(schema_editor, BACKWARDS)


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("record", "0008_life_sign")]
    operations = [migrations.RunPython(forwards, backwards)]
