from django.db import migrations, models

import portevoix.record.models.city


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0015_account_announced"),
    ]

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=2000)),
                ("url", models.CharField(max_length=2000)),
                ("title", models.CharField(max_length=500)),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key",), name="article_once")],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=500)),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("trouble", models.JSONField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("mark", models.BigIntegerField(default=portevoix.record.models.city.new_mark, editable=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_feed")],
            },
        ),
    ]
