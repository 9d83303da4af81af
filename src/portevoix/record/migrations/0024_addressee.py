"""A reply says whom it goes to: what it answers may be erased before it leaves, or before somebody asks for their data."""

from django.db import migrations, models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    """In private the author of the message that is answered, in public the one who began the conversation.

    Where that message is not there, as after a citizen was erased, the one who wrote if nobody else did.
    """
    Message, Conversation = apps.get_model("record", "Message"), apps.get_model("record", "Conversation")
    inbound = Message.objects.filter(direction="in", author__isnull=False)
    answered = inbound.filter(conversation=OuterRef("conversation"), external_id=OuterRef("in_reply_to"))
    began = Conversation.objects.filter(pk=OuterRef("conversation"))
    others = inbound.filter(conversation=OuterRef("pk")).exclude(author=OuterRef("author"))
    Message.objects.filter(direction="out", contact__isnull=False).update(
        addressee=Case(
            When(
                visibility="private",
                then=Coalesce(
                    Subquery(answered.values("author")[:1]),
                    Subquery(began.filter(~Exists(others)).values("author")[:1]),
                ),
            ),
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
