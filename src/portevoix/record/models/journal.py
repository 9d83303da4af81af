"""The journal's schedule, readers, versions, and what departments answer to it."""

from django.db import models
from django.db.models import Q

from portevoix.kernel.answers import AnswerKind


class JournalSchedule(models.Model):
    """When weeks from `from_week` on are cut off and sent: minutes after midnight on the Monday after them.

    A change is another row: weeks before it keep theirs. `sends_unapproved`: an edition that no editor has approved by
    then is sent all the same.
    """

    from_week = models.CharField(max_length=8, primary_key=True)  # "2026-W47"; "" from the beginning
    cut_off = models.PositiveSmallIntegerField()
    send = models.PositiveSmallIntegerField()
    sends_unapproved = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="journal_schedule_in_order",
                condition=Q(cut_off__lte=models.F("send")) & Q(send__lt=24 * 60),
            )
        ]


class JournalReader(models.Model):
    """A colleague to whom the editions of a department ("": the whole city) are sent, until they stop them.

    `added_by`: who named them; None: they asked for it themselves.
    """

    contact = models.ForeignKey("record.Contact", models.CASCADE, related_name="journals", db_index=False)
    department = models.CharField(max_length=64, blank=True)
    since = models.DateTimeField()
    added_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "department"], name="journal_reader_once")]
        indexes = [models.Index(fields=["department"], name="journal_reader_of")]


class EditionVersion(models.Model):
    """A version of an edition that was corrected since, as it was read until then. `correction`: what was wrong."""

    edition = models.ForeignKey("record.Edition", models.CASCADE, related_name="versions", db_index=False)
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "version"], name="edition_version_once")]


class FindingAnswer(models.Model):
    """What a department answers to a finding. The newest one of a finding counts; none is ever changed.

    Who wrote it is stored and never shown: the department answers. `public_since`: an editor shows it to the public.
    """

    edition = models.ForeignKey("record.Edition", models.CASCADE, related_name="answers", db_index=False)
    finding = models.CharField(max_length=200)
    matter = models.ForeignKey("record.Matter", models.SET_NULL, null=True, related_name="answers", db_index=False)
    department = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=8, choices=[(each.value, each.value) for each in AnswerKind])
    text = models.TextField(blank=True)
    signature = models.CharField(max_length=200, blank=True)
    promised_on = models.DateField(null=True)
    at = models.DateTimeField()
    contact = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    public_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="finding_answer_dated", condition=Q(promised_on__isnull=True) ^ Q(kind="doing")
            ),
            models.CheckConstraint(name="finding_answer_reasoned", condition=~Q(kind="cannot", text="")),
        ]
        indexes = [
            models.Index(fields=["edition", "finding", "id"], name="finding_answers"),
            models.Index(fields=["matter"], name="finding_answer_matter", condition=Q(matter__isnull=False)),
            models.Index(fields=["promised_on"], name="finding_answer_due", condition=Q(promised_on__isnull=False)),
        ]
