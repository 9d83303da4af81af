"""The schema of 0023 at once, for an empty database: one by one the others write most tables several times.

Whatever was begun with those goes on with them, and takes this one as done. What they do beside making tables, they do
here too, but for moving data: there are none.
"""

from importlib import import_module

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import portevoix.kernel.messages
import portevoix.kernel.states
import portevoix.record.models.city

REPLACED = (
    "0001_initial",
    "0002_search",
    "0003_privacy",
    "0004_house",
    "0005_inbox",
    "0006_merge",
    "0007_constraints",
    "0008_life_sign",
    "0009_search_column",
    "0010_danger",
    "0011_learnt",
    "0012_cold_model",
    "0013_rule",
    "0014_meaning",
    "0015_account_announced",
    "0016_article",
    "0017_study",
    "0018_pictures",
    "0019_returned",
    "0020_indexes",
    "0021_promises",
    "0022_message_labels",
    "0023_answers_elsewhere",
)
BESIDE_TABLES = ("0002_search", "0003_privacy", "0004_house", "0009_search_column", "0013_rule")
NOT_WANTED = "record_conversation_reference_0e21cb4e_like"


def _beside_tables():
    """The full-text index, triggers and functions."""
    for name in BESIDE_TABLES:
        module = import_module(f"portevoix.record.migrations.{name}")
        yield migrations.RunPython(module.forwards, module.backwards)


def _leave_out(apps, schema_editor):
    """The index that 0020 takes away, which PostgreSQL would be told to make when all tables are there."""
    wanted = [statement for statement in schema_editor.deferred_sql if NOT_WANTED not in str(statement)]
    schema_editor.deferred_sql[:] = wanted


class Migration(migrations.Migration):
    initial = True
    replaces = [("record", name) for name in REPLACED]
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Department",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("competences", models.JSONField(default=list)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Week",
            fields=[
                ("week", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("cut_off", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=32)),
                ("address", models.CharField(max_length=500)),
                ("connector", models.CharField(blank=True, max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[("unconnected", "Unconnected"), ("active", "Active"), ("paused", "Paused")],
                        default="unconnected",
                        max_length=12,
                    ),
                ),
                ("settings", models.JSONField(default=dict)),
                ("cursor", models.TextField(null=True)),
                ("trouble", models.JSONField(null=True)),
                ("trouble_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("next_poll_at", models.DateTimeField(db_index=True, null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("announced_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["channel", "address"],
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "address"), name="account_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_poll_at__isnull", False), ("state", "active")),
                            models.Q(("state", "paused"), ("trouble__isnull", False)),
                            ("state", "unconnected"),
                            _connector="OR",
                        ),
                        name="account_stands",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("who", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "who", "at"], name="attempt_recent")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("kind", "proof")), fields=("who",), name="proof_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="City",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("timezone", models.CharField(default="Europe/Paris", max_length=64)),
                ("language", models.CharField(default="fr", max_length=12)),
                ("languages", models.JSONField(default=list)),
                ("accent", models.CharField(default="#1f5673", max_length=7)),
                ("site", models.CharField(blank=True, max_length=200)),
                ("retention", models.JSONField(default=dict)),
                ("mark", models.BigIntegerField(default=portevoix.record.models.city.new_mark, editable=False)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_city")],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.CharField(max_length=8)),
                ("department", models.CharField(blank=True, max_length=64)),
                ("cut_off", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("content", models.JSONField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("week", "department"), name="edition_once")],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("mark", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("left", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="LifeSign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("worker", models.CharField(max_length=255, unique=True)),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Refit",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("left", models.JSONField(default=list)),
                ("told", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ColdModel",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("source", models.CharField(max_length=400, primary_key=True, serialize=False)),
                ("leased_until", models.DateTimeField(null=True)),
                ("try_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("trouble", models.JSONField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ],
        ),
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
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("host", "Host"),
                            ("contact", "Contact"),
                            ("editor", "Editor"),
                            ("administrator", "Administrator"),
                        ],
                        default="contact",
                        max_length=16,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=12)),
                ("is_active", models.BooleanField(default=True)),
                ("departments", models.ManyToManyField(blank=True, related_name="contacts", to="record.department")),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="contact_email_any_letter_size"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Author",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=32)),
                ("external_id", models.CharField(max_length=500)),
                ("handle", models.CharField(blank=True, max_length=500)),
                ("name", models.CharField(blank=True, max_length=500)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="authors",
                        to="record.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("person__isnull", False)), fields=["person"], name="author_person")
                ],
                "constraints": [models.UniqueConstraint(fields=("channel", "external_id"), name="author_once")],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.CharField(blank=True, max_length=1000)),
                ("reference", models.CharField(max_length=16, unique=True)),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("about_url", models.URLField(blank=True, max_length=2000)),
                ("about_title", models.CharField(blank=True, max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("assigned", "assigned"),
                            ("awaiting", "awaiting"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                        ],
                        default=portevoix.kernel.states.State["OPEN"],
                        max_length=10,
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=32)),
                ("valence", models.CharField(blank=True, max_length=16)),
                ("lang", models.CharField(blank=True, max_length=64)),
                ("urgency", models.PositiveSmallIntegerField(default=0)),
                ("suggestions", models.JSONField(default=dict)),
                (
                    "addressed",
                    models.CharField(
                        choices=[("direct", "direct"), ("copy", "copy")],
                        default=portevoix.kernel.messages.Addressed["DIRECT"],
                        max_length=8,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "public"), ("private", "private")],
                        default=portevoix.kernel.messages.Visibility["PUBLIC"],
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("last_message_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("queue_at", models.DateTimeField(null=True)),
                ("promised_at", models.DateTimeField(null=True)),
                ("inquiries_open", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="record.account",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assigned",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="record.author",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations",
                        to="record.department",
                    ),
                ),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="record.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-last_message_at", "-id"], name="recent"),
                    models.Index(fields=["author", "-opened_at"], name="of_author"),
                    models.Index(
                        condition=models.Q(("erased_at", None), ("state__in", ["answered", "closed"])),
                        fields=["last_message_at", "id"],
                        name="to_be_emptied",
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)), fields=["queue_at", "id"], name="inbox"
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False), ("promised_at__isnull", False)),
                        fields=["queue_at", "id"],
                        name="inbox_promised",
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)),
                        fields=["state", "queue_at", "id"],
                        name="inbox_state",
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)),
                        fields=["account", "queue_at", "id"],
                        name="inbox_account",
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)),
                        fields=["department", "queue_at", "id"],
                        name="inbox_department",
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)),
                        fields=["kind", "queue_at", "id"],
                        name="inbox_kind",
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)),
                        fields=["assignee", "queue_at", "id"],
                        name="inbox_assignee",
                    ),
                    models.Index(fields=["state", "-last_message_at", "-id"], name="recent_state"),
                    models.Index(fields=["account", "-last_message_at", "-id"], name="recent_account"),
                    models.Index(fields=["department", "-last_message_at", "-id"], name="recent_department"),
                    models.Index(fields=["kind", "-last_message_at", "-id"], name="recent_kind"),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="parts"
                    ),
                    models.Index(
                        condition=models.Q(("queue_at__isnull", False)),
                        fields=["urgency", "queue_at", "id"],
                        name="inbox_urgency",
                    ),
                    models.Index(condition=models.Q(("assignee__isnull", False)), fields=["assignee"], name="assigned"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("thread", ""), _negated=True),
                        fields=("account", "thread"),
                        name="thread_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("queue_at__isnull", False), ("state__in", ["assigned", "awaiting", "open"])),
                            models.Q(
                                ("queue_at__isnull", True),
                                models.Q(("state__in", ["assigned", "awaiting", "open"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="queued_while_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["answered", "assigned", "awaiting", "closed", "open"]),
                            models.Q(
                                ("due_at__isnull", True),
                                models.Q(("queue_at", models.F("due_at")), ("queue_at__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="conversation_stands",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "ruling",
                    models.CharField(
                        blank=True,
                        choices=[("may_say", "May Say"), ("not_before", "Not Before"), ("may_not_say", "May Not Say")],
                        max_length=12,
                    ),
                ),
                ("not_before", models.DateField(null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("conversations", models.ManyToManyField(related_name="inquiries", to="record.conversation")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inquiries", to="record.department"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", True), models.Q(("ruling", ""), _negated=True), _connector="OR"
                        ),
                        name="inquiry_ruled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ruling", "not_before"), _negated=True),
                            ("not_before__isnull", False),
                            _connector="OR",
                        ),
                        name="inquiry_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=1000, null=True)),
                ("direction", models.CharField(choices=[("in", "in"), ("out", "out"), ("note", "note")], max_length=4)),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("text", models.TextField(blank=True)),
                ("quoted", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("search", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField()),
                ("offset", models.SmallIntegerField(default=0)),
                ("received_at", models.DateTimeField()),
                ("thread", models.CharField(blank=True, max_length=500)),
                ("in_reply_to", models.CharField(blank=True, max_length=1000)),
                ("references", models.JSONField(default=list)),
                ("lang", models.CharField(blank=True, max_length=64)),
                ("url", models.CharField(blank=True, max_length=4000)),
                ("media", models.JSONField(default=list)),
                ("place", models.JSONField(null=True)),
                ("about", models.JSONField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("labels", models.JSONField(default=dict)),
                (
                    "addressed",
                    models.CharField(
                        choices=[("direct", "direct"), ("copy", "copy")],
                        default=portevoix.kernel.messages.Addressed["DIRECT"],
                        max_length=8,
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "public"), ("private", "private")],
                        default=portevoix.kernel.messages.Visibility["PUBLIC"],
                        max_length=8,
                    ),
                ),
                ("automatic", models.BooleanField(default=False)),
                (
                    "reply_kind",
                    models.CharField(blank=True, choices=[("holding", "holding"), ("answer", "answer")], max_length=8),
                ),
                ("promised_at", models.DateTimeField(null=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("retracted_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="record.account",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="record.author",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="record.conversation",
                    ),
                ),
                ("erased_at", models.DateTimeField(null=True)),
                ("dmarc", models.CharField(max_length=12, null=True)),
                ("kind", models.CharField(default="", max_length=32, null=True)),
                ("valence", models.CharField(default="", max_length=16, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["conversation", "sent_at", "id"], name="message_thread"),
                    models.Index(fields=["sent_at"], name="message_when"),
                    models.Index(
                        condition=models.Q(("contact__isnull", False)), fields=["contact"], name="message_contact"
                    ),
                    models.Index(condition=models.Q(("kind__isnull", True)), fields=["-id"], name="message_unlabelled"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "external_id"), name="message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("external_id", ""), _negated=True),
                            models.Q(
                                models.Q(("direction", "in"), ("external_id__isnull", False), ("reply_kind", "")),
                                ("direction", "out"),
                                models.Q(
                                    ("direction", "note"),
                                    ("external_id__isnull", True),
                                    ("reply_kind", ""),
                                    ("visibility", "private"),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="message_stands",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Envelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=1000)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("raw", models.JSONField()),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("taken", "Taken"),
                            ("quarantined", "Quarantined"),
                            ("held", "Held"),
                            ("rejected", "Rejected"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("reason", models.JSONField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="envelopes",
                        to="record.account",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="envelopes",
                        to="record.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("message__isnull", True)),
                        fields=["state", "received_at"],
                        name="envelope_open",
                    ),
                    models.Index(
                        condition=models.Q(("message__isnull", False)), fields=["message"], name="envelope_message"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "external_id", "revision"), name="envelope_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", True), ("state", "waiting")),
                            models.Q(
                                ("leased_until__isnull", True),
                                ("message__isnull", False),
                                ("reason__isnull", True),
                                ("state", "taken"),
                            ),
                            models.Q(
                                ("leased_until__isnull", True),
                                ("message__isnull", True),
                                ("reason__isnull", False),
                                ("state__in", ["quarantined", "held", "rejected"]),
                            ),
                            _connector="OR",
                        ),
                        name="envelope_stands",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("message__isnull", False), ("revision", 0)),
                        fields=("message",),
                        name="message_from_one_envelope",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("refused", "Refused"),
                            ("uncertain", "Uncertain"),
                            ("returned", "Returned"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="due",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("reason", models.JSONField(null=True)),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delivery", to="record.message"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("send", "Send"), ("withdraw", "Withdraw")],
                        db_default="send",
                        default="send",
                        max_length=8,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at__isnull", True)),
                        fields=["state", "next_attempt_at"],
                        name="delivery_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", ""), _negated=True),
                            models.Q(
                                models.Q(
                                    ("leased_until__isnull", True),
                                    ("reason__isnull", True),
                                    ("sent_at__isnull", False),
                                    ("state", "sent"),
                                ),
                                models.Q(
                                    ("leased_until__isnull", False), ("sent_at__isnull", True), ("state", "sending")
                                ),
                                models.Q(
                                    ("leased_until__isnull", True),
                                    ("sent_at__isnull", True),
                                    ("state__in", ["due", "cancelled"]),
                                ),
                                models.Q(
                                    ("leased_until__isnull", True),
                                    ("reason__isnull", False),
                                    ("sent_at__isnull", True),
                                    ("state__in", ["refused", "uncertain", "returned"]),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="delivery_stands",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=500)),
                ("type", models.CharField(max_length=200)),
                ("size", models.PositiveBigIntegerField()),
                ("content", models.BinaryField(null=True)),
                ("refused", models.CharField(blank=True, max_length=500)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="record.message"
                    ),
                ),
                ("alt", models.CharField(max_length=1000, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("version", models.AutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("channel", models.CharField(max_length=32)),
                ("account", models.CharField(max_length=500)),
                ("department", models.CharField(blank=True, max_length=64)),
                ("addressed", models.CharField(max_length=8)),
                ("opened_at", models.DateTimeField()),
                ("first_due_at", models.DateTimeField()),
                ("substance_due_at", models.DateTimeField()),
                ("first_reply_at", models.DateTimeField(null=True)),
                ("holding_at", models.DateTimeField(null=True)),
                ("answer_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="record.conversation",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="record.policy",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="facts",
                        to="record.message",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["opened_at"], name="fact_when")],
                "constraints": [models.UniqueConstraint(fields=("conversation", "ordinal"), name="fact_once")],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("promised_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="promises", to="record.conversation"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="promise", to="record.message"
                    ),
                ),
                (
                    "strand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="record.conversation"
                    ),
                ),
                ("ordinal", models.PositiveSmallIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["promised_at"], name="promise_when")],
            },
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("host", "Host"),
                            ("contact", "Contact"),
                            ("editor", "Editor"),
                            ("administrator", "Administrator"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("file", "File"),
                            ("searched", "Searched"),
                            ("found", "Found"),
                            ("held", "Held"),
                            ("exported", "Exported"),
                            ("erased", "Erased"),
                            ("joined", "Joined"),
                            ("parted", "Parted"),
                            ("ruled", "Ruled"),
                        ],
                        max_length=12,
                    ),
                ),
                ("once", models.CharField(max_length=100, null=True, unique=True)),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="record.author",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="record.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="access_recent"),
                    models.Index(fields=["conversation", "at"], name="access_conversation"),
                    models.Index(fields=["author", "at"], name="access_author"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Model",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=16)),
                ("version", models.PositiveIntegerField()),
                ("labels", models.JSONField()),
                ("content", models.BinaryField()),
                ("tried", models.BinaryField()),
                ("measured", models.JSONField()),
                ("examples", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("active", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("task", "version"), name="model_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("task",), name="one_model_serves"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("name", models.CharField(blank=True, max_length=80)),
                ("words", models.JSONField(default=list)),
                ("articles", models.JSONField(default=list)),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("radius", models.FloatField(null=True)),
                ("places", models.JSONField(default=list)),
                ("days", models.JSONField(default=list)),
                ("start", models.PositiveSmallIntegerField(null=True)),
                ("end", models.PositiveSmallIntegerField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("accounts", models.ManyToManyField(related_name="+", to="record.account")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="record.department"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lat__isnull", True), ("lon__isnull", True), ("radius__isnull", True)),
                            models.Q(("lat__isnull", False), ("lon__isnull", False), ("radius__isnull", False)),
                            _connector="OR",
                        ),
                        name="rule_circle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end__isnull", True), ("start__isnull", True)),
                            models.Q(("end__isnull", False), ("start__isnull", False)),
                            _connector="OR",
                        ),
                        name="rule_hours",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("encoder", models.CharField(max_length=400)),
                ("content", models.BinaryField()),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="vectors", to="record.message"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("encoder", "message"), name="vector_once")],
            },
        ),
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("own", models.CharField(max_length=64)),
                ("results", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                (
                    "kept_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("title", "first_day", "last_day"), name="study_once")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
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
                ("at", models.DateTimeField()),
                ("data", models.JSONField(default=dict)),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="record.conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="record.message"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="record.policy",
                    ),
                ),
                (
                    "strand",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="record.conversation",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="record.rule",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["conversation", "at", "id"], name="history"),
                    models.Index(condition=models.Q(("strand__isnull", False)), fields=["strand"], name="event_strand"),
                    models.Index(condition=models.Q(("rule__isnull", False)), fields=["rule", "at"], name="event_rule"),
                    models.Index(
                        condition=models.Q(("contact__isnull", False)), fields=["contact"], name="event_contact"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("what__in", ["acknowledged", "answered", "held", "noted", "received"])),
                        fields=("message",),
                        name="said_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what", "received"), _negated=True), ("policy__isnull", False), _connector="OR"
                        ),
                        name="event_policy",
                    ),
                ],
            },
        ),
        *_beside_tables(),
        migrations.RunPython(_leave_out, migrations.RunPython.noop),
    ]
