"""Findings of stored editions of the journal that an editor shows to the public."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0026_alert"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finding", models.CharField(max_length=200)),
                ("shown_at", models.DateTimeField()),
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
                    "edition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="public_findings",
                        to="record.edition",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("contact__isnull", False)),
                        fields=["contact"],
                        name="public_finding_contact",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("edition", "finding"), name="public_finding_once")],
            },
        ),
    ]
