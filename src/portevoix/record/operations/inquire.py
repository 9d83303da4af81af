"""Asks a department a question, and stores its answer with what citizens may be told."""

from datetime import date, datetime

from django.db import transaction

from portevoix.kernel.errors import BadInput, NotThere
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import EventType
from portevoix.record import permissions
from portevoix.record.event_log import append_event, check_not_erased, locked_conversation
from portevoix.record.models import Contact, Conversation, Department, Inquiry
from portevoix.record.permissions import Capability


def inquire(*, conversation: int, department: str, question: str, by: Contact, now: datetime) -> int:
    """Ask the department; return the inquiry's id. The conversation then waits for it, and its contacts see it."""
    if not question.strip():
        raise BadInput(gettext_noop("The question to the department is empty. Say what you need to know."))
    with locked_conversation(conversation, by=by, needs=Capability.REPLY) as row:
        check_not_erased(row)
        recipient = Department.objects.filter(slug=department, active=True).first()
        if recipient is None:
            raise BadInput(gettext_noop("Choose the department that you ask."))
        inquiry = Inquiry.objects.create(department=recipient, question=question.strip(), asked_by=by, asked_at=now)
        inquiry.conversations.add(row)
        append_event(row, EventType.INQUIRED, at=now, by=by, data={"inquiry": inquiry.pk, "department": department})
        return inquiry.pk


def inform(
    *,
    inquiry: int,
    answer: str,
    ruling: str,
    by: Contact,
    now: datetime,
    not_before: date | None = None,
    reason: str = "",
) -> None:
    """Store the answer of a department's contact (or of a host, for one without an account), and what may be said.

    Raise NotThere when the question was not put to their department, BadInput when the date or the reason that the
    ruling needs is missing, or when it is answered already.
    """
    _check(answer, ruling, not_before=not_before, reason=reason)
    permissions.check(by, Capability.INFORM)
    with transaction.atomic():
        _lock_conversations(inquiry)
        row = Inquiry.objects.select_for_update().filter(permissions.answerable_inquiries(by), pk=inquiry).first()
        if row is None:
            raise NotThere(gettext_noop("This question was not put to your department."))
        if row.answered_at:
            raise BadInput(gettext_noop("This question was answered already."))
        if not row.conversations.filter(erased_at=None).exists():
            raise BadInput(gettext_noop("What was asked here is erased: no answer is needed any more."))
        row.answer, row.ruling, row.not_before, row.reason = answer.strip(), ruling, not_before, reason.strip()
        row.answered_by, row.answered_at = by, now
        row.save()
        for conversation in _lock_conversations(inquiry):
            append_event(conversation, EventType.INFORMED, at=now, by=by, data={"inquiry": row.pk, "ruling": ruling})


def _lock_conversations(inquiry: int) -> list[Conversation]:
    """Lock and return the conversations of a question: before the question itself, as merging and erasing do."""
    rows = Conversation.objects.select_for_update(of=("self",)).filter(inquiries=inquiry)
    return list(rows.order_by("pk"))


def _check(answer: str, ruling: str, *, not_before: date | None, reason: str) -> None:
    if ruling not in Inquiry.Ruling.values:
        raise BadInput(gettext_noop("Say whether the answer may be given to the citizen."))
    if ruling == Inquiry.Ruling.NOT_BEFORE and not_before is None:
        raise BadInput(gettext_noop("Give the date from which it may be said."))
    if ruling == Inquiry.Ruling.MAY_NOT_SAY and not reason.strip():
        raise BadInput(gettext_noop("Say why it may not be said: the host has to explain it to the citizen."))
    if ruling != Inquiry.Ruling.MAY_NOT_SAY and not answer.strip():
        raise BadInput(gettext_noop("The answer is empty. Write what the citizen may be told."))
