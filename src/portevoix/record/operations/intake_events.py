"""Events of messages that come in: which one each is, and after what it is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max, Min

from portevoix.kernel.messages import Addressed, Direction, Incoming, ReplyKind
from portevoix.kernel.states import EventType
from portevoix.record.models import Conversation, Event, Message
from portevoix.record.threads import root_of

LATE = timedelta(days=7)
"""A message that was written so long ago, before the desk had its conversation, is an archive's: it takes its place."""


@dataclass(frozen=True, slots=True)
class Decision:
    """When colleagues last replied in a conversation, or closed it, and since when the desk has had it."""

    at: datetime
    since: datetime

    def follows(self, written_at: datetime, *, now: datetime) -> bool:
        """Return whether a message that comes in now was written before, and nobody can have read it."""
        return written_at <= self.at and (now - written_at <= LATE or written_at >= self.since)


def last_decisions(strands: Iterable[Conversation]) -> dict[int, Decision]:
    """Return the last decision in each of these conversations that has one."""
    homes = {root_of(strand).pk for strand in strands} - {None}
    decisions = (EventType.ANSWERED, EventType.HELD, EventType.CLOSED)
    rows = Event.objects.filter(conversation__in=homes, what__in=decisions, contact__isnull=False)
    last = dict(rows.values_list("conversation").annotate(Max("at")))
    came = Message.objects.filter(conversation__in=last).values_list("conversation").annotate(Min("received_at"))
    since = dict(came) if last else {}
    return {home: Decision(at, since.get(home, at)) for home, at in last.items()}


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


def sent_in_utc(incoming: Incoming) -> datetime:
    """Return the time in UTC: PostgreSQL reads no offset of sixteen hours or more. The message stores the offset."""
    return incoming.sent_at.astimezone(UTC)
