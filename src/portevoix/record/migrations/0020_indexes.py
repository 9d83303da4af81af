"""Indexes that answered nothing another one does not: each cost a little for every message that came in."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, SET_NULL, ForeignKey, Index, Q

_TOLD_BY_ANOTHER = {
    ("envelope", "account"): ("b2d5abc5", ForeignKey("record.account", PROTECT, "envelopes", db_index=False)),
    ("event", "conversation"): ("fcea9698", ForeignKey("record.conversation", CASCADE, "events", db_index=False)),
    ("fact", "conversation"): ("f5093ee1", ForeignKey("record.conversation", CASCADE, "facts", db_index=False)),
    ("message", "account"): ("c817d3ad", ForeignKey("record.account", PROTECT, "messages", db_index=False)),
    ("message", "conversation"): ("de419b3b", ForeignKey("record.conversation", CASCADE, "messages", db_index=False)),
}
_NEVER_ASKED = {
    ("event", "policy"): ("6e9f64f8", ForeignKey("record.policy", PROTECT, "+", null=True, db_index=False)),
    ("fact", "policy"): ("12b1999c", ForeignKey("record.policy", PROTECT, "+", db_index=False)),
}
_MOSTLY_NULL = {
    ("author", "person"): (
        "5b5a304d",
        ForeignKey("record.person", SET_NULL, "authors", null=True, db_index=False),
        "author_person",
    ),
    ("conversation", "assignee"): (
        "d755d185",
        ForeignKey(settings.AUTH_USER_MODEL, SET_NULL, "assigned", null=True, db_index=False),
        "assigned",
    ),
    ("envelope", "message"): (
        "56643ad1",
        ForeignKey("record.message", PROTECT, "envelopes", null=True, db_index=False),
        "envelope_message",
    ),
    ("event", "contact"): (
        "7bd8d739",
        ForeignKey(settings.AUTH_USER_MODEL, SET_NULL, "+", null=True, db_index=False),
        "event_contact",
    ),
    ("message", "contact"): (
        "0219c982",
        ForeignKey(settings.AUTH_USER_MODEL, SET_NULL, "messages", null=True, db_index=False),
        "message_contact",
    ),
}
_ONE_ENVELOPE = "message_from_one_envelope"


def _without(model, name, digest, field):
    """The field without its index; nothing else is done to the table: SQLite would write a changed one anew, whole."""
    table, column = f"record_{model}", f"{name}_id"
    index = f"{table}_{column}_{digest}"
    return migrations.SeparateDatabaseAndState(
        [migrations.RunSQL(f"DROP INDEX IF EXISTS {index}", f"CREATE INDEX {index} ON {table} ({column})")],
        [migrations.AlterField(model, name, field)],
    )


class Migration(migrations.Migration):
    dependencies = [("record", "0019_returned")]

    operations = [
        *(
            _without(model, name, digest, field)
            for (model, name), (digest, field) in (_TOLD_BY_ANOTHER | _NEVER_ASKED).items()
        ),
        *(_without(model, name, digest, field) for (model, name), (digest, field, _) in _MOSTLY_NULL.items()),
        *(
            migrations.AddIndex(model, Index(fields=[name], name=index, condition=Q((f"{name}__isnull", False))))
            for (model, name), (_, _, index) in _MOSTLY_NULL.items()
        ),
        # PostgreSQL's, for words that begin with something: nobody looks for a part of a reference.
        migrations.RunSQL("DROP INDEX IF EXISTS record_conversation_reference_0e21cb4e_like", migrations.RunSQL.noop),
        migrations.RemoveIndex("message", "message_parent"),
        migrations.RemoveConstraint("envelope", _ONE_ENVELOPE),
        migrations.AddConstraint(
            "envelope",
            models.UniqueConstraint(
                fields=["message"], name=_ONE_ENVELOPE, condition=Q(revision=0, message__isnull=False)
            ),
        ),
    ]
