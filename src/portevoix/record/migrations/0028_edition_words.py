"""Stored editions can be searched by their words."""

from django.db import migrations, models

from portevoix.record.edition_words import index_edition


def index_editions(apps, schema_editor):
    rows = apps.get_model("record", "Edition").objects
    for row in rows.order_by("pk").iterator(chunk_size=50):
        rows.filter(pk=row.pk).update(search=index_edition(row.content))


class Migration(migrations.Migration):
    dependencies = [("record", "0027_public_finding")]

    operations = [
        migrations.AddField("edition", "search", models.TextField(blank=True, db_default="")),
        migrations.RunPython(index_editions, migrations.RunPython.noop),
    ]
