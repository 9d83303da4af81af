"""Matters: one subject of which several citizens speak, with its conversations and its history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0024_addressee"),
    ]

    operations = [
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("district", models.CharField(blank=True, max_length=200)),
                ("phrases", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("confirmed", "confirmed"),
                            ("rejected", "rejected"),
                            ("closed", "closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="matters",
                        to="record.department",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="record.matter"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MatterConversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "joined_by",
                    models.CharField(
                        choices=[("host", "host"), ("proposal", "proposal"), ("journal", "journal")], max_length=8
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="matter_links",
                        to="record.conversation",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="record.matter",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="matter",
            name="conversations",
            field=models.ManyToManyField(
                related_name="matters", through="record.MatterConversation", to="record.conversation"
            ),
        ),
        migrations.CreateModel(
            name="MatterEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("confirmed", "confirmed"),
                            ("renamed", "renamed"),
                            ("rejected", "rejected"),
                            ("merged", "merged"),
                            ("joined", "joined"),
                            ("left", "left"),
                            ("closed", "closed"),
                            ("reopened", "reopened"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("data", models.JSONField(default=dict)),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="record.matter",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="matterconversation",
            constraint=models.UniqueConstraint(fields=("matter", "conversation"), name="matter_conversation_once"),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="matter_titled"),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at__isnull", True), ("state", "closed"), _connector="XOR"),
                name="matter_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="matter_apart",
            ),
        ),
        migrations.AddIndex(
            model_name="matterevent",
            index=models.Index(fields=["matter", "at", "id"], name="matter_history"),
        ),
        migrations.AddIndex(
            model_name="matterevent",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)), fields=["contact"], name="matter_event_contact"
            ),
        ),
    ]
