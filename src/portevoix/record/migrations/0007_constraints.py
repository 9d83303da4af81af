"""What rested on a check in Python rests on the database: states with what each needs, one message for one envelope."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
kept: dict[str, str] = {}


def keep(apps, schema_editor):
    """SQLite changes a table by making another one, and the triggers of the former go with it."""
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            kept.update(cursor.execute(TRIGGERS).fetchall())


def bring_back(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            there = {name for name, _ in cursor.execute(TRIGGERS).fetchall()}
            for name in sorted(kept.keys() - there):
                cursor.execute(kept[name])


class Migration(migrations.Migration):
    dependencies = [("record", "0006_merge")]

    operations = [
        migrations.RunPython(keep, bring_back),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_sent_when"),
        migrations.RemoveConstraint(model_name="message", name="holding_is_outgoing"),
        migrations.AlterField(
            model_name="delivery",
            name="message",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="delivery", to="record.message"
            ),
        ),
        migrations.AlterField(
            model_name="envelope",
            name="message",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="envelopes", to="record.message"
            ),
        ),
        migrations.AlterField(
            model_name="conversation", name="thread", field=models.CharField(blank=True, max_length=1000)
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_poll_at__isnull", False), ("state", "active")),
                    models.Q(("state", "paused"), ("trouble__isnull", False)),
                    ("state", "unconnected"),
                    _connector="OR",
                ),
                name="account_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["answered", "assigned", "awaiting", "closed", "open"]),
                    models.Q(
                        ("due_at__isnull", True),
                        models.Q(("queue_at", models.F("due_at")), ("queue_at__isnull", False)),
                        _connector="OR",
                    ),
                ),
                name="conversation_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key", ""), _negated=True),
                    models.Q(
                        models.Q(
                            ("leased_until__isnull", True),
                            ("reason__isnull", True),
                            ("sent_at__isnull", False),
                            ("state", "sent"),
                        ),
                        models.Q(("leased_until__isnull", False), ("sent_at__isnull", True), ("state", "sending")),
                        models.Q(
                            ("leased_until__isnull", True),
                            ("sent_at__isnull", True),
                            ("state__in", ["due", "cancelled"]),
                        ),
                        models.Q(
                            ("leased_until__isnull", True),
                            ("reason__isnull", False),
                            ("sent_at__isnull", True),
                            ("state__in", ["refused", "uncertain"]),
                        ),
                        _connector="OR",
                    ),
                ),
                name="delivery_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revision", 0)), fields=("message",), name="message_from_one_envelope"
            ),
        ),
        migrations.AddConstraint(
            model_name="envelope",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("message__isnull", True), ("state", "waiting")),
                    models.Q(
                        ("leased_until__isnull", True),
                        ("message__isnull", False),
                        ("reason__isnull", True),
                        ("state", "taken"),
                    ),
                    models.Q(
                        ("leased_until__isnull", True),
                        ("message__isnull", True),
                        ("reason__isnull", False),
                        ("state__in", ["quarantined", "held", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="envelope_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("what__in", ["acknowledged", "answered", "held", "noted", "received"])),
                fields=("message",),
                name="said_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("what", "received"), _negated=True), ("policy__isnull", False), _connector="OR"
                ),
                name="event_policy",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("external_id", ""), _negated=True),
                    models.Q(
                        models.Q(("direction", "in"), ("external_id__isnull", False), ("reply_kind", "")),
                        ("direction", "out"),
                        models.Q(
                            ("direction", "note"),
                            ("external_id__isnull", True),
                            ("reply_kind", ""),
                            ("visibility", "private"),
                        ),
                        _connector="OR",
                    ),
                ),
                name="message_stands",
            ),
        ),
        migrations.RunPython(bring_back, keep),
    ]
