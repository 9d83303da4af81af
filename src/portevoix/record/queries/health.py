"""What needs a person: paused accounts, what was set aside, replies that did not leave."""

from dataclasses import dataclass

from portevoix.record.access import Capability, can, scope
from portevoix.record.models import Account, Contact, Conversation, Delivery, Envelope

MOST = 200


@dataclass(frozen=True, slots=True)
class Aside:
    """What waits for a person's decision, the oldest first; at most MOST of each."""

    held: list[Envelope]
    quarantined: list[Envelope]
    stuck: list[Delivery]

    @property
    def count(self) -> int:
        return len(self.held) + len(self.quarantined) + len(self.stuck)


def aside(contact: Contact) -> Aside:
    """Empty for colleagues who may not admit."""
    if not can(contact, Capability.ADMIT):
        return Aside([], [], [])
    envelopes = Envelope.objects.select_related("account").order_by("received_at", "pk")
    stuck = Delivery.objects.filter(state__in=[Delivery.State.REFUSED, Delivery.State.UNCERTAIN])
    seen = Conversation.objects.filter(scope(contact))
    return Aside(
        held=list(envelopes.filter(state=Envelope.State.HELD)[:MOST]),
        quarantined=list(envelopes.filter(state=Envelope.State.QUARANTINED)[:MOST]),
        stuck=list(
            stuck.filter(message__conversation__in=seen)
            .select_related("message__conversation", "message__account", "message__contact")
            .order_by("pk")[:MOST]
        ),
    )


def aside_count(contact: Contact) -> int:
    """How many things wait for a person: shown on every page."""
    if not can(contact, Capability.ADMIT):
        return 0
    envelopes = Envelope.objects.filter(state__in=[Envelope.State.HELD, Envelope.State.QUARANTINED])
    stuck = Delivery.objects.filter(state__in=[Delivery.State.REFUSED, Delivery.State.UNCERTAIN])
    return envelopes[:MOST].count() + stuck[:MOST].count()


def paused() -> list[Account]:
    """Accounts that receive nothing until somebody mends them: said on every page."""
    return list(Account.objects.filter(state=Account.State.PAUSED))


@dataclass(frozen=True, slots=True)
class Totals:
    """How much waits, in the whole house."""

    quarantined: int
    held: int
    stuck: int
    waiting: int


def totals() -> Totals:
    """What an operator wants to know; the text of nothing is shown."""
    envelopes = Envelope.objects
    return Totals(
        quarantined=envelopes.filter(state=Envelope.State.QUARANTINED).count(),
        held=envelopes.filter(state=Envelope.State.HELD).count(),
        stuck=Delivery.objects.filter(state__in=[Delivery.State.REFUSED, Delivery.State.UNCERTAIN]).count(),
        waiting=envelopes.filter(state=Envelope.State.WAITING).count(),
    )
