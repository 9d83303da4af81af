"""Gives a conversation to a department. The router is trained on these decisions."""

from datetime import datetime

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import What
from portevoix.record.event_log import happen, writing
from portevoix.record.models import Contact, Department
from portevoix.record.permissions import Capability


def route(*, conversation: int, department: str, by: Contact, now: datetime) -> None:
    """Route it to `department`, a slug; "" takes it from all. Raise BadInput for an unknown one."""
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        target = Department.objects.filter(slug=department, active=True).first()
        if department and target is None:
            raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department)
        row.department = target
        happen(row, What.ROUTED, at=now, by=by, data={"department": department})
