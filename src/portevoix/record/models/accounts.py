"""Accounts, raw envelopes, deliveries, workers' life signs, and attempts that rate limits count."""

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
    announced_at = models.DateTimeField(null=True)  # when the administrators were told that it is paused
    received_at = models.DateTimeField(null=True)  # last time that receiving worked
    next_poll_at = models.DateTimeField(null=True, db_index=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["channel", "address"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], name="account_once"),
            # One in service is asked again some day; one that is paused says why.
            models.CheckConstraint(
                name="account_stands",
                condition=Q(state="active", next_poll_at__isnull=False)
                | Q(state="paused", trouble__isnull=False)
                | Q(state="unconnected"),
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Alert(models.Model):
    """An e-mail to one administrator about one pause of an account: claimed before it is sent, never sent twice.

    `leased_until`: somebody is sending it, or it is tried again then; None once it was sent, or refused.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="alerts", db_index=False)
    trouble_at = models.DateTimeField()
    reader = models.ForeignKey("record.Contact", models.CASCADE, related_name="+")
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "trouble_at", "reader"], name="alert_once")]


class Envelope(models.Model):
    """Raw input, stored before anything else. It becomes one message, or stays visible with the reason."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        QUARANTINED = "quarantined"
        HELD = "held"  # until a host admits it
        REJECTED = "rejected"  # a host did not admit it

    account = models.ForeignKey(Account, models.PROTECT, related_name="envelopes", db_index=False)
    external_id = models.CharField(max_length=1000)
    revision = models.PositiveIntegerField(default=0)
    raw = models.JSONField()  # an Incoming, as kernel.raw writes it
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.JSONField(null=True)  # {"text","values"}
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    message = models.ForeignKey("record.Message", models.PROTECT, null=True, related_name="envelopes", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id", "revision"], name="envelope_once"),
            models.UniqueConstraint(
                fields=["message"], name="message_from_one_envelope", condition=Q(revision=0, message__isnull=False)
            ),
            # Taken: by one message. Not taken in: with its reason. Only what waits is leased.
            models.CheckConstraint(
                name="envelope_stands",
                condition=Q(state="waiting", message__isnull=True)
                | Q(state="taken", message__isnull=False, reason__isnull=True, leased_until__isnull=True)
                | Q(
                    state__in=["quarantined", "held", "rejected"],
                    message__isnull=True,
                    reason__isnull=False,
                    leased_until__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "received_at"], name="envelope_open", condition=Q(message__isnull=True)),
            models.Index(fields=["message"], name="envelope_message", condition=Q(message__isnull=False)),
        ]


class Delivery(models.Model):
    """A reply to be sent, at most once per key; an uncertain one waits for a person.

    A sent reply may be withdrawn: the same row is then the deletion to be made, and its states are those of the
    deletion.
    """

    class Kind(models.TextChoices):
        SEND = "send"
        WITHDRAW = "withdraw"

    class State(models.TextChoices):
        DUE = "due"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        UNCERTAIN = "uncertain"
        RETURNED = "returned"  # it left, and came back
        CANCELLED = "cancelled"

    STUCK = (State.REFUSED, State.UNCERTAIN, State.RETURNED)

    message = models.OneToOneField("record.Message", models.PROTECT, related_name="delivery")
    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SEND, db_default=Kind.SEND)
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
            # Sent: since when. Being sent: until when somebody may be at it. Waiting for a person: with its reason.
            models.CheckConstraint(
                name="delivery_stands",
                condition=~Q(key="")
                & (
                    Q(state="sent", sent_at__isnull=False, reason__isnull=True, leased_until__isnull=True)
                    | Q(state="sending", sent_at__isnull=True, leased_until__isnull=False)
                    | Q(state__in=["due", "cancelled"], sent_at__isnull=True, leased_until__isnull=True)
                    | Q(
                        state__in=["refused", "uncertain", "returned"],
                        sent_at__isnull=True,
                        reason__isnull=False,
                        leased_until__isnull=True,
                    )
                ),
            ),
        ]

    @property
    def stuck(self) -> bool:
        """Whether it waits for a person."""
        return self.state in self.STUCK


class LifeSign(models.Model):
    """A worker's last sign of life. It stays for a day after the worker stopped, to show since when none runs."""

    worker = models.CharField(max_length=255, unique=True)  # its machine and process
    since = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)


class Attempt(models.Model):
    """An attempt to sign in, a post to a public form, or a solved puzzle, counted by limits. Deleted after a day."""

    kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64)  # a keyed hash: nobody's address is kept here
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who"], name="proof_once", condition=Q(kind="proof"))]
        indexes = [models.Index(fields=["kind", "who", "at"], name="attempt_recent")]
