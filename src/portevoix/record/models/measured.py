"""Stored measures: facts, the weeks' cut-offs, and the editions of the journal."""

from django.db import models
from django.db.models import Q


class Fact(models.Model):
    """One wait, without text or author: `measures.schema` describes each column.

    Durations are not stored, as they depend on the cut-off: `record.facts` computes them. `message`: the one that
    opened the wait, which has the kind and the sentiment.
    """

    conversation = models.ForeignKey("record.Conversation", models.CASCADE, related_name="facts", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    message = models.ForeignKey("record.Message", models.SET_NULL, null=True, related_name="facts")
    channel = models.CharField(max_length=32)
    account = models.CharField(max_length=500)
    department = models.CharField(max_length=64, blank=True)
    addressed = models.CharField(max_length=8)
    policy = models.ForeignKey("record.Policy", models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    substance_due_at = models.DateTimeField()
    first_reply_at = models.DateTimeField(null=True)
    holding_at = models.DateTimeField(null=True)
    answer_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "ordinal"], name="fact_once")]
        indexes = [models.Index(fields=["opened_at"], name="fact_when")]


class Week(models.Model):
    """The cut-off of each week's measures, stored once, so that an edition read again shows the same figures."""

    week = models.CharField(max_length=8, primary_key=True)  # "2026-W47"
    cut_off = models.DateTimeField()


class Edition(models.Model):
    """The journal of one week for one department ("" for the whole city), as a value.

    Until an editor approves it, it is a draft: `content` is what was composed at the cut-off, and `edits` what the
    editor changes in it; approving writes them into the content. A correction is made the same way: `edits` of an
    approved edition are not read by others before they are approved as the next version. `revision` counts the changes:
    an editor who has not seen the last one is told. `correction`: what this version corrects.
    """

    week = models.CharField(max_length=8)
    department = models.CharField(max_length=64, blank=True)
    cut_off = models.DateTimeField()
    made_at = models.DateTimeField()
    content = models.JSONField()
    search = models.TextField(blank=True, db_default="")  # see record.edition_words; written with the content
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    edits = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    revision = models.PositiveIntegerField(default=0, db_default=0)
    correction = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["week", "department"], name="edition_once")]


class PublicFinding(models.Model):
    """A finding of an edition that an editor shows to the public, by its id in the edition's content."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="public_findings", db_index=False)
    finding = models.CharField(max_length=200)
    contact = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    shown_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "finding"], name="public_finding_once")]
        indexes = [
            models.Index(fields=["contact"], name="public_finding_contact", condition=Q(contact__isnull=False)),
        ]
