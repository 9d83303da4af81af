"""What needs a person: what was set aside, replies that did not leave."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from portevoix.record.access import Capability, can, scope
from portevoix.record.models import Contact, Conversation, Delivery, Envelope
from portevoix.record.queries.size import Size

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
    envelopes = _open_envelopes().select_related("account").order_by("received_at", "pk")
    stuck = _stuck()
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


def waiting() -> Combinable:
    """How many things wait for a person, at most MOST of each sort: an expression for any query."""
    envelopes = _open_envelopes().filter(state__in=[Envelope.State.HELD, Envelope.State.QUARANTINED])
    return Size(envelopes.values("pk")[:MOST]) + Size(_stuck().values("pk")[:MOST])


def _open_envelopes() -> QuerySet[Envelope]:
    """Those that did not become a message: few, and indexed."""
    return Envelope.objects.filter(message=None)


def _stuck() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=Delivery.STUCK, sent_at=None)


@dataclass(frozen=True, slots=True)
class Totals:
    """How much waits, in the whole house."""

    quarantined: int
    held: int
    stuck: int
    waiting: int


def totals() -> Totals:
    """What an operator wants to know; the text of nothing is shown."""
    envelopes = _open_envelopes()
    return Totals(
        quarantined=envelopes.filter(state=Envelope.State.QUARANTINED).count(),
        held=envelopes.filter(state=Envelope.State.HELD).count(),
        stuck=_stuck().count(),
        waiting=envelopes.filter(state=Envelope.State.WAITING).count(),
    )
