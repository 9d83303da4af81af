"""A reply says whom it goes to: what it answers may be erased before it leaves, or before somebody asks for their data."""

from django.db import migrations, models
from django.db.models import Case, OuterRef, Q, Subquery, When


def fill(apps, schema_editor):
    """In private the author of the message that is answered, in public the one who began the conversation."""
    Message, Conversation = apps.get_model("record", "Message"), apps.get_model("record", "Conversation")
    answered = Message.objects.filter(
        account=OuterRef("account"), conversation=OuterRef("conversation"), external_id=OuterRef("in_reply_to")
    )
    began = Conversation.objects.filter(pk=OuterRef("conversation"))
    Message.objects.filter(direction="out", contact__isnull=False).exclude(in_reply_to="").update(
        addressee=Case(
            When(visibility="private", then=Subquery(answered.filter(direction="in").values("author")[:1])),
            default=Subquery(began.values("author")[:1]),
        )
    )
    if schema_editor.connection.vendor == "postgresql":  # a table whose constraints wait cannot be changed
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("record", "0023_answers_elsewhere")]
    operations = [
        migrations.AddField(
            "message",
            "addressee",
            models.ForeignKey(
                null=True,
                on_delete=models.deletion.SET_NULL,
                related_name="+",
                to="record.author",
                db_index=False,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "message",
            models.Index(fields=["addressee"], name="message_addressee", condition=Q(addressee__isnull=False)),
        ),
    ]
