"""Events of messages that come in: which one each is, and after what it is read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from portevoix.kernel.messages import Addressed, Direction, Incoming, ReplyKind
from portevoix.kernel.states import EventType
from portevoix.record.models import Conversation, Event
from portevoix.record.threads import root_of

LATE = timedelta(days=7)
"""A message that was written so long ago is an archive's, and takes its place before the replies of that time."""


def last_decisions(strands: Iterable[Conversation]) -> dict[int, datetime]:
    """Return when colleagues last replied in these conversations, or closed them: what comes now they had not read."""
    homes = {root_of(strand).pk for strand in strands} - {None}
    decisions = (EventType.ANSWERED, EventType.HELD, EventType.CLOSED)
    rows = Event.objects.filter(conversation__in=homes, what__in=decisions, contact__isnull=False)
    return dict(rows.values_list("conversation").annotate(Max("at")))


def event_of(incoming: Incoming) -> tuple[EventType, dict[str, Any]]:
    """Return the type and data of the event. A message `out` is an answer unless it says that it is a holding reply."""
    if incoming.direction is Direction.IN:
        return EventType.RECEIVED, {"copy": incoming.addressed is Addressed.COPY, "automatic": incoming.automatic}
    if incoming.automatic:
        return EventType.ACKNOWLEDGED, {}
    if incoming.reply_kind is not ReplyKind.HOLDING:
        return EventType.ANSWERED, {}
    promised_at = incoming.promised_at
    return EventType.HELD, {"promised_at": promised_at.isoformat() if promised_at else None}
