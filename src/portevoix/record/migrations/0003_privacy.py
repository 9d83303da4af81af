"""Erasure, access log and retention; on SQLite the full-text index forgets for good what is taken out of it."""

import sqlite3

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQLITE = (
    """CREATE TRIGGER record_access_fixed BEFORE UPDATE ON record_access BEGIN
        SELECT RAISE(ABORT, 'a line of the access log is never changed'); END""",
)
FORGETTING = "INSERT INTO record_message_fts(record_message_fts, rank) VALUES ('secure-delete', 1)"
POSTGRESQL = (
    """CREATE FUNCTION record_access_fixed() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a line of the access log is never changed'; END $$""",
    """CREATE TRIGGER record_access_fixed BEFORE UPDATE ON record_access
        FOR EACH ROW EXECUTE FUNCTION record_access_fixed()""",
)


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)
    if vendor == "sqlite" and sqlite3.sqlite_version_info >= (3, 42):
        schema_editor.execute(FORGETTING)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER record_access_fixed")
    else:
        schema_editor.execute("DROP TRIGGER record_access_fixed ON record_access")
        schema_editor.execute("DROP FUNCTION record_access_fixed")


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0002_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Access",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("host", "Host"),
                            ("contact", "Contact"),
                            ("editor", "Editor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("file", "File"),
                            ("searched", "Searched"),
                            ("found", "Found"),
                            ("held", "Held"),
                            ("exported", "Exported"),
                            ("erased", "Erased"),
                            ("joined", "Joined"),
                            ("parted", "Parted"),
                            ("ruled", "Ruled"),
                        ],
                        max_length=12,
                    ),
                ),
                ("once", models.CharField(max_length=100, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("mark", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("left", models.JSONField(default=list)),
            ],
        ),
        migrations.AddField(
            model_name="city",
            name="retention",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="conversation",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="event",
            name="what",
            field=models.CharField(
                choices=[
                    ("received", "received"),
                    ("held", "held"),
                    ("answered", "answered"),
                    ("acknowledged", "acknowledged"),
                    ("noted", "noted"),
                    ("routed", "routed"),
                    ("labelled", "labelled"),
                    ("assigned", "assigned"),
                    ("released", "released"),
                    ("inquired", "inquired"),
                    ("informed", "informed"),
                    ("amended", "amended"),
                    ("retracted", "retracted"),
                    ("closed", "closed"),
                    ("reopened", "reopened"),
                    ("erased", "erased"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("erased_at", None), ("state__in", ["answered", "closed"])),
                fields=["last_message_at", "id"],
                name="to_be_emptied",
            ),
        ),
        migrations.AddField(
            model_name="access",
            name="author",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="record.author",
            ),
        ),
        migrations.AddField(
            model_name="access",
            name="contact",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="access",
            name="conversation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="record.conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(fields=["-at", "-id"], name="access_recent"),
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(fields=["conversation", "at"], name="access_conversation"),
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(fields=["author", "at"], name="access_author"),
        ),
        migrations.RunPython(forwards, backwards),
    ]
