"""A promise keeps its message when another date is given, has one outcome, and knows the wait to which it was made."""

import django.db.models.deletion
from django.db import migrations, models


def join_dates(apps, schema_editor):
    """What was one row for each date becomes one for each promise, as `kernel.history` makes it of the events."""
    Promise, Fact = apps.get_model("record", "Promise"), apps.get_model("record", "Fact")
    rows: dict[int, list] = {}
    for row in Promise.objects.order_by("conversation", "made_at", "pk"):
        rows.setdefault(row.conversation_id, []).append(row)
    for conversation, dates in rows.items():
        waits = Fact.objects.filter(
            models.Q(conversation=conversation) | models.Q(conversation__merged_into=conversation)
        )
        unclaimed = list(waits.exclude(promised_at=None).order_by("opened_at", "pk"))
        for chain in _chains(dates):
            promise, counted = chain[0], _counted(chain)
            promise.promised_at, promise.answered_at = counted.promised_at, chain[-1].answered_at
            wait = next((wait for wait in unclaimed if wait.promised_at == counted.promised_at), None)
            if wait is not None:
                unclaimed.remove(wait)
            promise.strand_id = wait.conversation_id if wait else conversation
            promise.ordinal = wait.ordinal if wait else 0
            promise.save()
            Promise.objects.filter(pk__in=[row.pk for row in chain[1:]]).delete()
    if schema_editor.connection.vendor == "postgresql":  # a table whose constraints wait cannot be changed
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _chains(dates):
    """Each promise as its dates, in their order. Two promises of conversations that were joined may share the last."""
    made = {}
    for row in dates:
        row.renewed_from = False
        made.setdefault(row.made_at, row)
    for row in dates:
        if row.renewed_at in made:
            made[row.renewed_at].renewed_from = True
    for row in dates:
        if not row.renewed_from:
            chain = [row]
            while chain[-1].renewed_at in made and made[chain[-1].renewed_at] not in chain:
                chain.append(made[chain[-1].renewed_at])
            yield chain


def _counted(chain):
    """The first date that passed before another was given, else the last."""
    passed = (row for row in chain[:-1] if row.renewed_at > row.promised_at)
    return next(passed, chain[-1])


class Migration(migrations.Migration):
    dependencies = [("record", "0020_indexes")]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="strand",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="record.conversation",
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="ordinal",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(join_dates, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="promise",
            name="strand",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="record.conversation"
            ),
        ),
        migrations.RemoveField(model_name="promise", name="renewed_at"),
        migrations.RemoveField(model_name="fact", name="promised_at"),
    ]
