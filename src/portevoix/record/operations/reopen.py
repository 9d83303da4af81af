"""Reopens a conversation. Deadlines that had passed stay passed."""

from datetime import datetime

from portevoix.kernel.states import What
from portevoix.record.event_log import happen, writing
from portevoix.record.models import Contact
from portevoix.record.permissions import Capability


def reopen(*, conversation: int, by: Contact, now: datetime) -> None:
    """Reopen it. Raise NotPossible when it is open."""
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        happen(row, What.REOPENED, at=now, by=by)
