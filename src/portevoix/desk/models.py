"""Models of the desk alone: unsent replies with their pictures, and who has a conversation open."""

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """A reply that is being written; it goes when the reply is sent."""

    conversation = models.ForeignKey("record.Conversation", models.CASCADE, related_name="+")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "contact"], name="draft_once")]


class DraftPicture(models.Model):
    """A picture that waits with a reply that is being written; it goes when the reply is sent, or with it."""

    conversation = models.ForeignKey("record.Conversation", models.CASCADE, related_name="+")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    alt = models.CharField(max_length=1000, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "contact"], name="draft_pictures")]


class Presence(models.Model):
    """A colleague's open page of a conversation. `changed_at`: when they came, or began to write.

    Deleted after a day: it is no register of who worked when.
    """

    conversation = models.ForeignKey("record.Conversation", models.CASCADE, related_name="+")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="presences")
    seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "contact"], name="presence_once")]
