"""Matters: subjects of which several citizens speak."""

from django.db import models
from django.db.models import F, Q

from portevoix.kernel.matter_codes import JoinedBy, MatterEventType, MatterState


class Matter(models.Model):
    """A subject of which several citizens speak, whichever product shows it.

    `phrases`: citizens' words for it, by which the messages of later weeks are found. `merged_into`: the matter that it
    became part of, never itself a part. A matter never widens who may read a conversation.
    """

    title = models.CharField(max_length=200)  # in citizens' words, masked
    department = models.ForeignKey("record.Department", models.SET_NULL, null=True, related_name="matters")
    district = models.CharField(max_length=200, blank=True)
    phrases = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in MatterState])
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts")
    conversations = models.ManyToManyField(
        "record.Conversation", through="record.MatterConversation", related_name="matters"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="matter_titled", condition=~Q(title="")),
            models.CheckConstraint(name="matter_closed", condition=Q(closed_at__isnull=True) ^ Q(state="closed")),
            models.CheckConstraint(
                name="matter_apart", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk"))
            ),
        ]


class MatterConversation(models.Model):
    """A conversation in a matter, and how it came in. `left_at`: it was taken out; its words may be in the title."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="links", db_index=False)
    conversation = models.ForeignKey("record.Conversation", models.CASCADE, related_name="matter_links")
    joined_by = models.CharField(max_length=8, choices=[(each.value, each.value) for each in JoinedBy])
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "conversation"], name="matter_conversation_once")]


class MatterEvent(models.Model):
    """An event of a matter. Append-only, as a conversation's are."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="events", db_index=False)
    what = models.CharField(max_length=10, choices=[(each.value, each.value) for each in MatterEventType])
    at = models.DateTimeField()
    # None: the machine
    contact = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["matter", "at", "id"], name="matter_history"),
            models.Index(fields=["contact"], name="matter_event_contact", condition=Q(contact__isnull=False)),
        ]
