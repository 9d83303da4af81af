"""The dispatch ledger: letters of the house, each to one address once."""

from django.db import models
from django.db.models import Q

from portevoix.kernel.letters import WAITING_FOR_A_PERSON, DispatchKind, DispatchState


class Dispatch(models.Model):
    """A letter to one address: written before it is sent, and claimed like a delivery.

    `what`: what is sent, such as "edition 2026-W47 voirie 1"; `about` has the parts of it. `recipient`: who gets it,
    such as "contact 12"; `address` is theirs when it was planned. `due_at`: when it is to leave; long after that it
    waits for a person. `next_attempt_at`: not sooner than that.
    """

    kind = models.CharField(max_length=16, choices=[(each.value, each.value) for each in DispatchKind])
    what = models.CharField(max_length=200)
    about = models.JSONField(default=dict)
    recipient = models.CharField(max_length=64)
    contact = models.ForeignKey("record.Contact", models.SET_NULL, null=True, related_name="+", db_index=False)
    address = models.EmailField()
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=[(each.value, each.value) for each in DispatchState], default=DispatchState.DUE
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.JSONField(null=True)  # {"text","values"}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "recipient"], name="dispatch_once"),
            models.CheckConstraint(
                name="dispatch_stands",
                condition=~Q(key="")
                & (
                    Q(state="sent", sent_at__isnull=False, reason__isnull=True, leased_until__isnull=True)
                    | Q(state="sending", sent_at__isnull=True, leased_until__isnull=False)
                    | Q(state__in=["due", "cancelled"], sent_at__isnull=True, leased_until__isnull=True)
                    | Q(
                        state__in=[each.value for each in WAITING_FOR_A_PERSON],
                        sent_at__isnull=True,
                        reason__isnull=False,
                        leased_until__isnull=True,
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="dispatch_open", condition=Q(sent_at__isnull=True)),
            models.Index(fields=["contact"], name="dispatch_contact", condition=Q(contact__isnull=False)),
        ]


class SuppressedAddress(models.Model):
    """An address to which no letter goes any more: mail to it came back for good. `reason`: {"text","values"}."""

    address = models.EmailField(unique=True)  # in small letters
    since = models.DateTimeField()
    reason = models.JSONField()
