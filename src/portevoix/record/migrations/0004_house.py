"""City.mark: a new number whenever what `record.queries.site_cache` keeps in memory changes, whoever changes it."""

from django.db import migrations, models

import portevoix.record.models.city

# What is kept of each table; a change of anything else, such as when an account was polled, costs nobody a new reading.
KEPT = {
    "record_department": ("slug", "name", "active"),
    "record_contact": ("name", "role", "is_active"),
    "record_account": ("channel", "address", "state"),
    "record_policy": ("text",),
}
SQLITE = "UPDATE record_city SET mark = random()"
POSTGRESQL = """CREATE FUNCTION record_house_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE record_city SET mark = (random() * 9007199254740991)::bigint; RETURN NULL; END $$"""


def forwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(POSTGRESQL)
    differ = "IS DISTINCT FROM" if postgresql else "IS NOT"
    action = "EXECUTE FUNCTION record_house_changed()" if postgresql else f"BEGIN {SQLITE}; END"
    for table, columns in KEPT.items():
        changed = " OR ".join(f"OLD.{column} {differ} NEW.{column}" for column in columns)
        for event, when in (("INSERT", ""), ("DELETE", ""), ("UPDATE", f"WHEN ({changed})")):
            name = f"{table}_marked_{event.lower()}"
            schema_editor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} {action}")


def backwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in KEPT:
        for event in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER {table}_marked_{event}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        schema_editor.execute("DROP FUNCTION record_house_changed()")


class Migration(migrations.Migration):
    dependencies = [("record", "0003_privacy")]
    operations = [
        migrations.AddField(
            model_name="city",
            name="mark",
            field=models.BigIntegerField(default=portevoix.record.models.city.new_mark, editable=False),
        ),
        migrations.RunPython(forwards, backwards),
    ]
