"""What comes in and goes out: accounts, raw envelopes, deliveries, and attempts to sign in."""

from django.db import models
from django.db.models import Q


class Account(models.Model):
    """The city's presence on a channel, with its cursor and its health."""

    class State(models.TextChoices):
        UNCONNECTED = "unconnected"  # known from an import only
        ACTIVE = "active"
        PAUSED = "paused"

    channel = models.CharField(max_length=32)
    address = models.CharField(max_length=500)  # the interchange's `account`
    connector = models.CharField(max_length=32, blank=True)  # the kind that serves it; empty: none does
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNCONNECTED)
    settings = models.JSONField(default=dict)  # secrets inside are encrypted, see record.secrets
    cursor = models.TextField(null=True)
    trouble = models.JSONField(null=True)  # {"text","values"} of the last error, None when well
    trouble_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)  # last time that receiving worked
    next_poll_at = models.DateTimeField(null=True, db_index=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["channel", "address"]
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="account_once")]

    def __str__(self) -> str:
        return self.address


class Envelope(models.Model):
    """Something that arrived, raw, kept first. It ends as one message or stays, visible, with its reason."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        QUARANTINED = "quarantined"
        HELD = "held"  # until a host admits it
        REJECTED = "rejected"  # a host did not admit it

    account = models.ForeignKey(Account, models.PROTECT, related_name="envelopes")
    external_id = models.CharField(max_length=1000)
    revision = models.PositiveIntegerField(default=0)
    raw = models.JSONField()  # an Incoming, as record.raw writes it
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.JSONField(null=True)  # {"text","values"}
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    message = models.ForeignKey("record.Message", models.SET_NULL, null=True, related_name="envelopes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id", "revision"], name="envelope_once"),
        ]
        indexes = [
            models.Index(fields=["state", "received_at"], name="envelope_open", condition=Q(message__isnull=True)),
        ]


class Delivery(models.Model):
    """A reply on its way out. At most one send per key; what is uncertain waits for a person."""

    class State(models.TextChoices):
        DUE = "due"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        UNCERTAIN = "uncertain"
        CANCELLED = "cancelled"

    message = models.OneToOneField("record.Message", models.CASCADE, related_name="delivery")
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="delivery_open", condition=Q(sent_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(name="delivery_sent_when", condition=Q(sent_at__isnull=False) | ~Q(state="sent")),
        ]


class Attempt(models.Model):
    """A try to sign in, a post to a public form, a puzzle solved: what limits count. Swept after a day."""

    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64)  # a keyed hash: nobody's address is kept here
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who"], name="proof_once", condition=Q(kind="proof"))]
        indexes = [models.Index(fields=["kind", "who", "at"], name="attempt_recent")]
