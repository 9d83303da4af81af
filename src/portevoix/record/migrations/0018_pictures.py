from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0017_study"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="alt",
            field=models.CharField(max_length=1000, null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[("send", "Send"), ("withdraw", "Withdraw")], db_default="send", default="send", max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="what",
            field=models.CharField(
                choices=[
                    ("received", "received"),
                    ("held", "held"),
                    ("answered", "answered"),
                    ("acknowledged", "acknowledged"),
                    ("noted", "noted"),
                    ("routed", "routed"),
                    ("labelled", "labelled"),
                    ("assigned", "assigned"),
                    ("released", "released"),
                    ("inquired", "inquired"),
                    ("informed", "informed"),
                    ("amended", "amended"),
                    ("retracted", "retracted"),
                    ("withdrawn", "withdrawn"),
                    ("closed", "closed"),
                    ("reopened", "reopened"),
                    ("merged", "merged"),
                    ("erased", "erased"),
                ],
                max_length=12,
            ),
        ),
    ]
