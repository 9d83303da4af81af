"""Closes a conversation. A wait without a reply stays unanswered: closing is not an answer."""

from datetime import datetime

from portevoix.kernel.states import EventType
from portevoix.record.event_log import append_event, locked_conversation
from portevoix.record.models import Contact
from portevoix.record.permissions import Capability


def close(*, conversation: int, by: Contact, now: datetime, why: str = "") -> None:
    """Close it. Raise NotPossible when it is closed already."""
    with locked_conversation(conversation, by=by, needs=Capability.REPLY) as row:
        append_event(row, EventType.CLOSED, at=now, by=by, data={"why": why})
