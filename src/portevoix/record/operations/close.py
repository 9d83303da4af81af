"""Closes a conversation. A wait without a reply stays unanswered: closing is not an answer."""

from datetime import datetime

from portevoix.kernel.states import What
from portevoix.record.event_log import happen, writing
from portevoix.record.models import Contact
from portevoix.record.permissions import Capability


def close(*, conversation: int, by: Contact, now: datetime, why: str = "") -> None:
    """Close it. Raise NotPossible when it is closed already."""
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        happen(row, What.CLOSED, at=now, by=by, data={"why": why})
