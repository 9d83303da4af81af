"""What open pages ask: did anything happen?"""

from django.db import connections

from portevoix.record.access import scope_once
from portevoix.record.models import Contact, Conversation, Event

MOST = 1000


def latest_event() -> int:
    """The number of the last event; 0 when nothing has happened yet."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def since(event: int) -> tuple[int, frozenset[int]]:
    """The last event after `event` (itself when there is none), and the conversations that events after it concern.

    Looks at MOST events at once: ask again while it moves.
    """
    rows = list(Event.objects.filter(pk__gt=event).order_by("pk").values_list("pk", "conversation")[:MOST])
    return (rows[-1][0] if rows else event), frozenset(conversation for _, conversation in rows)


def told_to(contact: int, conversations: frozenset[int]) -> frozenset[int]:
    """Those of which this colleague may be told that something happened. Keeps no connection open."""
    try:
        row = Contact.objects.filter(pk=contact).first()
        if row is None:
            return frozenset()
        return frozenset(
            Conversation.objects.filter(scope_once(row), pk__in=conversations).values_list("pk", flat=True)
        )
    finally:
        connections.close_all()
