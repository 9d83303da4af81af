"""The journal is sent: a ledger of letters, readers, a schedule, versions of editions, and answers to findings."""

from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import portevoix.kernel.letters

EIGHT, SIX = 8 * 60, 6 * 60


def keep_what_was(apps, schema_editor):
    """Approve stored editions as they are, and keep the cut-off of weeks that are over where it was: at eight."""
    editions = apps.get_model("record", "Edition").objects
    editions.update(approved_at=models.F("made_at"))
    for city in apps.get_model("record", "City").objects.all():
        now = timezone.now()
        year, week, _ = now.astimezone(ZoneInfo(city.timezone)).isocalendar()
        schedules = apps.get_model("record", "JournalSchedule").objects
        schedules.create(from_week="", cut_off=EIGHT, send=EIGHT, made_at=now)
        schedules.create(from_week=f"{year}-W{week:02}", cut_off=SIX, send=EIGHT, made_at=now)


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0029_signed_link"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("edition", "edition"), ("correction", "correction"), ("reminder", "reminder")],
                        max_length=16,
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("about", models.JSONField(default=dict)),
                ("recipient", models.CharField(max_length=64)),
                ("address", models.EmailField(max_length=254)),
                ("key", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "due"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("late", "late"),
                            ("refused", "refused"),
                            ("uncertain", "uncertain"),
                            ("returned", "returned"),
                            ("cancelled", "cancelled"),
                        ],
                        default=portevoix.kernel.letters.DispatchState["DUE"],
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("reason", models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="EditionVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("approved_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FindingAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finding", models.CharField(max_length=200)),
                ("department", models.CharField(blank=True, max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[("seen", "seen"), ("doing", "doing"), ("done", "done"), ("cannot", "cannot")],
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("signature", models.CharField(blank=True, max_length=200)),
                ("promised_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("public_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="JournalReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department", models.CharField(blank=True, max_length=64)),
                ("since", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="JournalSchedule",
            fields=[
                ("from_week", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("cut_off", models.PositiveSmallIntegerField()),
                ("send", models.PositiveSmallIntegerField()),
                ("sends_unapproved", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SuppressedAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, unique=True)),
                ("since", models.DateTimeField()),
                ("reason", models.JSONField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="signedlink",
            name="signed_link_once",
        ),
        migrations.AddField(
            model_name="edition",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="edition",
            name="approved_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="correction",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="edition",
            name="edits",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="edition",
            name="revision",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="edition",
            name="version",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="signedlink",
            name="about",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="signedlink",
            name="used_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="signedlink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("journal_feed", "journal_feed"),
                    ("answer_findings", "answer_findings"),
                    ("stop_journal", "stop_journal"),
                ],
                max_length=32,
            ),
        ),
        migrations.AddConstraint(
            model_name="signedlink",
            constraint=models.UniqueConstraint(fields=("contact", "purpose", "about"), name="signed_link_once"),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="editionversion",
            name="approved_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="editionversion",
            name="edition",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="record.edition",
            ),
        ),
        migrations.AddField(
            model_name="findinganswer",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="findinganswer",
            name="edition",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="record.edition"
            ),
        ),
        migrations.AddField(
            model_name="findinganswer",
            name="matter",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="answers",
                to="record.matter",
            ),
        ),
        migrations.AddField(
            model_name="journalreader",
            name="added_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="journalreader",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="journals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="journalschedule",
            name="made_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["state", "next_attempt_at"], name="dispatch_open"
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)), fields=["contact"], name="dispatch_contact"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.UniqueConstraint(fields=("what", "recipient"), name="dispatch_once"),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key", ""), _negated=True),
                    models.Q(
                        models.Q(
                            ("leased_until__isnull", True),
                            ("reason__isnull", True),
                            ("sent_at__isnull", False),
                            ("state", "sent"),
                        ),
                        models.Q(("leased_until__isnull", False), ("sent_at__isnull", True), ("state", "sending")),
                        models.Q(
                            ("leased_until__isnull", True),
                            ("sent_at__isnull", True),
                            ("state__in", ["due", "cancelled"]),
                        ),
                        models.Q(
                            ("leased_until__isnull", True),
                            ("reason__isnull", False),
                            ("sent_at__isnull", True),
                            ("state__in", ["late", "refused", "uncertain", "returned"]),
                        ),
                        _connector="OR",
                    ),
                ),
                name="dispatch_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="editionversion",
            constraint=models.UniqueConstraint(fields=("edition", "version"), name="edition_version_once"),
        ),
        migrations.AddIndex(
            model_name="findinganswer",
            index=models.Index(fields=["edition", "finding", "id"], name="finding_answers"),
        ),
        migrations.AddIndex(
            model_name="findinganswer",
            index=models.Index(
                condition=models.Q(("matter__isnull", False)), fields=["matter"], name="finding_answer_matter"
            ),
        ),
        migrations.AddIndex(
            model_name="findinganswer",
            index=models.Index(
                condition=models.Q(("promised_on__isnull", False)), fields=["promised_on"], name="finding_answer_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="findinganswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("promised_on__isnull", True), ("kind", "doing"), _connector="XOR"),
                name="finding_answer_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="findinganswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "cannot"), ("text", ""), _negated=True), name="finding_answer_reasoned"
            ),
        ),
        migrations.AddIndex(
            model_name="journalreader",
            index=models.Index(fields=["department"], name="journal_reader_of"),
        ),
        migrations.AddConstraint(
            model_name="journalreader",
            constraint=models.UniqueConstraint(fields=("contact", "department"), name="journal_reader_once"),
        ),
        migrations.AddConstraint(
            model_name="journalschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("cut_off__lte", models.F("send")), ("send__lt", 1440)),
                name="journal_schedule_in_order",
            ),
        ),
        migrations.RunPython(keep_what_was, migrations.RunPython.noop),
    ]
