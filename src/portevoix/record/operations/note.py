"""Adds a note between colleagues, which the citizen never sees."""

from datetime import datetime

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Direction, Visibility
from portevoix.kernel.states import EventType
from portevoix.record.event_log import append_event, check_not_erased, locked_conversation
from portevoix.record.models import Contact, Message
from portevoix.record.permissions import Capability
from portevoix.record.search import searchable_text


def note(*, conversation: int, text: str, by: Contact, now: datetime) -> int:
    """Add a note and return its id. Raise BadInput when there is no text."""
    if not text.strip():
        raise BadInput(gettext_noop("The note is empty. Write something, then save it."))
    with locked_conversation(conversation, by=by, needs=Capability.NOTE) as row:
        check_not_erased(row)
        message = Message.objects.create(
            conversation=row,
            account=row.account,
            direction=Direction.NOTE,
            contact=by,
            text=text.strip(),
            search=searchable_text(text),
            sent_at=now,
            received_at=now,
            visibility=Visibility.PRIVATE,
        )
        append_event(row, EventType.NOTED, at=now, by=by, message=message)
        return message.pk
