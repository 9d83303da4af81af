from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0014_meaning"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="announced_at",
            field=models.DateTimeField(null=True),
        ),
    ]
