"""Reopens a conversation. Deadlines that had passed stay passed."""

from datetime import datetime

from portevoix.kernel.states import EventType
from portevoix.record.event_log import append_event, locked_conversation
from portevoix.record.models import Contact
from portevoix.record.permissions import Capability


def reopen(*, conversation: int, by: Contact, now: datetime) -> None:
    """Reopen it. Raise NotPossible when it is open."""
    with locked_conversation(conversation, by=by, needs=Capability.REPLY) as row:
        append_event(row, EventType.REOPENED, at=now, by=by)
