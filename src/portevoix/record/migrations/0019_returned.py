from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0018_pictures"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="delivery_stands",
        ),
        migrations.AddField(
            model_name="message",
            name="dmarc",
            field=models.CharField(max_length=12, null=True),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("due", "Due"),
                    ("sending", "Sending"),
                    ("sent", "Sent"),
                    ("refused", "Refused"),
                    ("uncertain", "Uncertain"),
                    ("returned", "Returned"),
                    ("cancelled", "Cancelled"),
                ],
                default="due",
                max_length=12,
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
                            ("state__in", ["refused", "uncertain", "returned"]),
                        ),
                        _connector="OR",
                    ),
                ),
                name="delivery_stands",
            ),
        ),
    ]
