"""The inbox at a million: what is open is what has a place in the queue, and each view has its index."""

import django.db.models.deletion
from django.db import migrations, models

OPEN = ["assigned", "awaiting", "open"]


def leave_the_inbox(apps, schema_editor):
    conversations = apps.get_model("record", "Conversation").objects
    conversations.exclude(state__in=OPEN).update(queue_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0004_house"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="conversation",
            name="inbox",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="inbox_department",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="delivery_due",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="delivery_stuck",
        ),
        migrations.RemoveIndex(
            model_name="envelope",
            name="envelope_waiting",
        ),
        migrations.RemoveIndex(
            model_name="envelope",
            name="envelope_aside",
        ),
        migrations.AlterField(
            model_name="conversation",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conversations",
                to="record.account",
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conversations",
                to="record.author",
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="conversations",
                to="record.department",
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="queue_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(leave_the_inbox, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False)), fields=["queue_at", "id"], name="inbox"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False), ("promised_at__isnull", False)),
                fields=["queue_at", "id"],
                name="inbox_promised",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False)), fields=["state", "queue_at", "id"], name="inbox_state"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False)),
                fields=["account", "queue_at", "id"],
                name="inbox_account",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False)),
                fields=["department", "queue_at", "id"],
                name="inbox_department",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False)), fields=["kind", "queue_at", "id"], name="inbox_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("queue_at__isnull", False)),
                fields=["assignee", "queue_at", "id"],
                name="inbox_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["state", "-last_message_at", "-id"], name="recent_state"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["account", "-last_message_at", "-id"], name="recent_account"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["department", "-last_message_at", "-id"], name="recent_department"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["kind", "-last_message_at", "-id"], name="recent_kind"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["state", "next_attempt_at"], name="delivery_open"
            ),
        ),
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(("message__isnull", True)), fields=["state", "received_at"], name="envelope_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("queue_at__isnull", False), ("state__in", OPEN)),
                    models.Q(("queue_at__isnull", True), models.Q(("state__in", OPEN), _negated=True)),
                    _connector="OR",
                ),
                name="queued_while_open",
            ),
        ),
    ]
