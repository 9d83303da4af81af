import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_presences"),
        ("record", "0018_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("type", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("alt", models.CharField(blank=True, max_length=1000)),
                ("saved_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="record.conversation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["conversation", "contact"], name="draft_pictures")],
            },
        ),
    ]
