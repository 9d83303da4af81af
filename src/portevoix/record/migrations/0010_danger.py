"""The open conversations that speak of danger are read from an index, however many are open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("record", "0009_search_column")]
    operations = [
        migrations.AddIndex(
            "conversation",
            models.Index(
                fields=["urgency", "queue_at", "id"], name="inbox_urgency", condition=models.Q(queue_at__isnull=False)
            ),
        )
    ]
