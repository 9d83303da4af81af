"""A matter's history tells that a department answered."""

from django.db import migrations, models

TYPES = ["proposed", "confirmed", "renamed", "rejected", "merged", "joined", "left", "answered", "closed", "reopened"]


class Migration(migrations.Migration):
    dependencies = [("record", "0030_journal_sending")]

    operations = [
        migrations.AlterField(
            model_name="matterevent",
            name="what",
            field=models.CharField(choices=[(each, each) for each in TYPES], max_length=10),
        ),
    ]
