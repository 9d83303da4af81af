"""Each message has its kind and its sentiment; a wait has those of the message that opened it."""

from itertools import batched

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

_AT_ONCE = 1000
_NAMES = ("kind", "valence")
_LENGTHS = {"kind": 32, "valence": 16}


def label_messages(apps, schema_editor):
    """What is known of a conversation is known of the message that began it; the others are read by a worker."""
    Message, Event, Fact = (apps.get_model("record", name) for name in ("Message", "Event", "Fact"))
    Message.objects.exclude(direction="in", automatic=False).update(kind="", valence="")
    decided = _decided(Event)
    received = Event.objects.filter(what="received", message__direction="in", message__automatic=False)
    numbers = received.order_by("conversation", "strand", "at", "pk").values_list("pk", flat=True)
    last = None
    for some in batched(list(numbers), _AT_ONCE):
        events = Event.objects.select_related("message", "conversation", "strand").in_bulk(some)
        for pk in some:
            home = events[pk].strand or events[pk].conversation
            _label(events[pk].message, home, decided, first=home.pk != last)
            last = home.pk
        Message.objects.bulk_update([events[pk].message for pk in some], [*_NAMES, "labels"])
    _find_openers(Fact, Event)
    if schema_editor.connection.vendor == "postgresql":  # a table whose constraints wait cannot be changed
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _label(message, home, decided, *, first):
    for name in _NAMES:
        if first and (home.pk, name) in decided and message.erased_at is None:
            message.labels = {**message.labels, name: getattr(home, name)}
        if known := message.labels.get(name):
            setattr(message, name, str(known)[: _LENGTHS[name]])
        elif first:
            setattr(message, name, getattr(home, name))
        elif any(message.labels.get(other) for other in _NAMES):
            setattr(message, name, "")  # who said one of them said no more


def _decided(Event):
    """The conversations of which a colleague said what they are, each with the name of the label."""
    events = Event.objects.filter(what="labelled", contact__isnull=False)
    return {(pk, name) for pk, data in events.values_list("conversation", "data") for name in _NAMES if name in data}


def _find_openers(Fact, Event):
    here = Q(strand=OuterRef("conversation")) | Q(strand=None, conversation=OuterRef("conversation"))
    opened = Event.objects.filter(here, what="received", at=OuterRef("opened_at")).order_by("pk")
    Fact.objects.update(message=Subquery(opened.values("message")[:1]))


class Migration(migrations.Migration):
    dependencies = [("record", "0021_promises")]

    operations = [
        # Without a default: SQLite would make the table anew, and lose its triggers.
        migrations.AddField("message", "kind", models.CharField(max_length=32, null=True)),
        migrations.AddField("message", "valence", models.CharField(max_length=16, null=True)),
        migrations.AddField(
            "fact",
            "message",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="facts", to="record.message"
            ),
        ),
        migrations.RunPython(label_messages, migrations.RunPython.noop),
        migrations.RemoveField("fact", "kind"),
        migrations.RemoveField("fact", "valence"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("message", "kind", models.CharField(default="", max_length=32, null=True)),
                migrations.AlterField("message", "valence", models.CharField(default="", max_length=16, null=True)),
            ]
        ),
        migrations.AddIndex(
            "message",
            models.Index(condition=models.Q(("kind__isnull", True)), fields=["-id"], name="message_unlabelled"),
        ),
    ]
