"""Things that need a person's decision: messages set aside, and replies that did not leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from portevoix.record.models import Contact, Conversation, Delivery, Envelope
from portevoix.record.permissions import Capability, can, scope
from portevoix.record.queries.envelopes import with_shown
from portevoix.record.queries.size import Size

FEW, PAGE = 20, 50
"""Rows of each sort on the page of all sorts, and on a page of one sort."""
SORTS = ("stuck", "held", "quarantined")


@dataclass(frozen=True, slots=True)
class Aside:
    """The oldest things of each sort that wait for a person's decision, and the counts of all.

    For one sort alone, `page` of `pages`.
    """

    held: list[Envelope]
    quarantined: list[Envelope]
    stuck: list[Delivery]
    counts: Mapping[str, int]
    page: int = 1
    pages: int = 1

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def aside(contact: Contact, *, sort: str = "", page: int = 1) -> Aside:
    """Return the first FEW of each sort, or a page of one of SORTS. Empty for a colleague who may not admit."""
    if not can(contact, Capability.ADMIT):
        return Aside([], [], [], dict.fromkeys(SORTS, 0))
    envelopes = with_shown(_open_envelopes()).order_by("received_at", "pk")
    deliveries = _stuck_deliveries().filter(message__conversation__in=Conversation.objects.filter(scope(contact)))
    rows: dict[str, QuerySet[Any]] = {
        "stuck": deliveries.select_related("message__conversation", "message__account", "message__contact").order_by(
            "pk"
        ),
        "held": envelopes.filter(state=Envelope.State.HELD),
        "quarantined": envelopes.filter(state=Envelope.State.QUARANTINED),
    }
    counts = {name: query.order_by().count() for name, query in rows.items()}
    if not sort:
        return Aside(**{name: list(query[:FEW]) for name, query in rows.items()}, counts=counts)
    pages = max(1, -(-counts[sort] // PAGE))
    page = min(max(1, page), pages)
    parts: dict[str, list[Any]] = {name: [] for name in SORTS}
    parts[sort] = list(rows[sort][(page - 1) * PAGE : page * PAGE])
    return Aside(**parts, counts=counts, page=page, pages=pages)


def waiting() -> Combinable:
    """Return an expression for any query: the number of things that wait for a person. An index counts them."""
    envelopes = _open_envelopes().filter(state__in=[Envelope.State.HELD, Envelope.State.QUARANTINED])
    return Size(envelopes.values("pk")) + Size(_stuck_deliveries().values("pk"))


def _open_envelopes() -> QuerySet[Envelope]:
    """Return envelopes that did not become a message: few, and indexed."""
    return Envelope.objects.filter(message=None)


def _stuck_deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=Delivery.STUCK, sent_at=None)


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of waiting things in the whole installation."""

    quarantined: int
    held: int
    stuck: int
    waiting: int


def totals() -> Totals:
    """Return the totals for an operator, without any text."""
    envelopes = _open_envelopes()
    return Totals(
        quarantined=envelopes.filter(state=Envelope.State.QUARANTINED).count(),
        held=envelopes.filter(state=Envelope.State.HELD).count(),
        stuck=_stuck_deliveries().count(),
        waiting=envelopes.filter(state=Envelope.State.WAITING).count(),
    )
