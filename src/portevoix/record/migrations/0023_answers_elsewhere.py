"""Who asks for answers elsewhere than at the sender's address is somebody apart, as `channels.email.parse` has it."""

from django.db import migrations

LONGEST = 500


def part(apps, schema_editor):
    """Whoever writes in the same name from now on, and asks for nothing, is answered at their own address."""
    Author, Envelope = apps.get_model("record", "Author"), apps.get_model("record", "Envelope")
    for author in Author.objects.filter(channel="email", external_id__contains="@", handle__contains="@"):
        key = _key(author.external_id, author.handle)
        if key and not Author.objects.filter(channel="email", external_id=key).exists():
            author.external_id = key
            author.save(update_fields=["external_id"])
    for envelope in Envelope.objects.filter(account__channel="email").exclude(state="taken").iterator(100):
        author = envelope.raw.get("author") or {}
        if key := _key(author.get("id") or "", author.get("handle") or ""):
            author["id"] = key
            envelope.save(update_fields=["raw"])
    if schema_editor.connection.vendor == "postgresql":  # a table whose constraints wait cannot be changed
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _key(sender, handle):
    """The id of an author who asks for answers elsewhere, "" for others."""
    asks = "@" in sender and "@" in handle and " " not in sender and handle.lower() != sender.lower()
    return f"{sender} {handle.lower()}"[:LONGEST] if asks else ""


class Migration(migrations.Migration):
    dependencies = [("record", "0022_message_labels")]
    operations = [migrations.RunPython(part, migrations.RunPython.noop)]
