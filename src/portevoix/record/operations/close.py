"""Nothing more is to be done. A wait without a reply stays unanswered: closing answers nobody."""

from datetime import datetime

from portevoix.kernel.states import What
from portevoix.record.access import Capability
from portevoix.record.hand import happen, writing
from portevoix.record.models import Contact


def close(*, conversation: int, by: Contact, now: datetime, why: str = "") -> None:
    """Raises NotPossible when it is closed already."""
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        happen(row, What.CLOSED, at=now, by=by, data={"why": why})
