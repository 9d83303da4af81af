"""Assigns a conversation to a colleague, or releases it."""

from datetime import datetime

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import What
from portevoix.record.event_log import happen, writing
from portevoix.record.models import Contact
from portevoix.record.permissions import Capability, can


def assign(*, conversation: int, to: int, by: Contact, now: datetime) -> None:
    """Assign it. Raise BadInput when that colleague cannot reply, NotPossible when the conversation is not open."""
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        host = Contact.objects.filter(pk=to, is_active=True).first()
        if not can(host, Capability.REPLY):
            raise BadInput(gettext_noop("This colleague cannot reply to citizens. Choose a host."))
        row.assignee = host
        happen(row, What.ASSIGNED, at=now, by=by, data={"to": to})


def release(*, conversation: int, by: Contact, now: datetime) -> None:
    """Release it to everybody. Raise NotPossible when nobody has it."""
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        row.assignee = None
        happen(row, What.RELEASED, at=now, by=by)
