"""A reply: the answer, or a holding reply that promises a date. The message and its delivery are written together."""

import hashlib
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from portevoix.kernel.errors import BadInput, Conflict
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import What
from portevoix.kernel.words import Direction, ReplyKind
from portevoix.record.access import Capability
from portevoix.record.hand import happen, said_since, writing
from portevoix.record.models import City, Contact, Conversation, Delivery, Inquiry, Message
from portevoix.record.search import searchable

MOST_CHARACTERS = 20_000


def answer(*, conversation: int, text: str, by: Contact, now: datetime, seen: int) -> int:
    """Settles the question. Returns the message's id. `seen` is the conversation's version on the host's page.

    From one version of the page one reply leaves: the same one sent again, by a host who got no answer, is that reply.
    Raises Conflict when something was said since, NotPossible when it is closed, BadInput when a department's ruling
    does not allow it.
    """
    return _reply(conversation, text, by=by, now=now, seen=seen, promised_at=None)


def hold(*, conversation: int, text: str, promised_at: datetime, by: Contact, now: datetime, seen: int) -> int:
    """Says that the answer will come by `promised_at`. Stops the first clock only. Raises as `answer` does."""
    if promised_at <= now:
        raise BadInput(gettext_noop("The promised date is in the past. Promise a date to come."))
    return _reply(conversation, text, by=by, now=now, seen=seen, promised_at=promised_at)


def _reply(conversation: int, text: str, *, by: Contact, now: datetime, seen: int, promised_at: datetime | None) -> int:
    _check_text(text)
    text = text.strip()
    with writing(conversation, by=by, needs=Capability.REPLY) as row:
        _check_not_erased(row)
        key = _key(row, seen)
        if before := Message.objects.filter(delivery__key=key).select_related("contact").first():
            if (before.contact, before.text, before.promised_at) == (by, text, promised_at):
                return before.pk
            _tell(before.contact)
        _check_connected(row)
        _check_seen(row, seen)
        if promised_at is None:
            _check_rulings(row, now)
        holding = promised_at is not None
        assigned = row.assignee is None and holding
        if assigned:
            row.assignee = by
        message = _written(row, text, by=by, now=now, promised_at=promised_at)
        Delivery.objects.create(message=message, key=key, next_attempt_at=now)
        row.last_message_at = now
        data = {"promised_at": promised_at.isoformat() if promised_at else None, "assigned": assigned}
        happen(row, What.HELD if holding else What.ANSWERED, at=now, by=by, message=message, data=data)
        return message.pk


def _key(row: Conversation, seen: int) -> str:
    """One for each version of a page: that it is unique keeps two replies from leaving where one was seen."""
    return hashlib.sha256(f"{row.reference} {seen}".encode()).hexdigest()[:32]


def _check_text(text: str) -> None:
    if not text.strip():
        raise BadInput(gettext_noop("The reply is empty. Write it, then send it."))
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            gettext_noop("The reply has {count} characters; {most} is the most."), count=len(text), most=MOST_CHARACTERS
        )


def _check_not_erased(row: Conversation) -> None:
    if row.erased_at:
        raise BadInput(gettext_noop("What was said here is erased, and with it the way to the citizen. Close it."))


def _check_connected(row: Conversation) -> None:
    if row.account.state == "unconnected":
        raise BadInput(
            gettext_noop("{account} is not connected: nothing can be sent there. Connect it in the settings."),
            account=row.account.address,
        )


def _check_seen(row: Conversation, seen: int) -> None:
    """The second to send is told: what happened after the version that the host's page showed."""
    if told := said_since(row, seen):
        if told[-1].what == What.MERGED:
            raise Conflict(
                gettext_noop(
                    "Another conversation became part of this one in the meantime. Read it below; your text is kept, "
                    "then send it."
                )
            )
        _tell(told[-1].contact)


def _tell(contact: Contact | None) -> NoReturn:
    """Raises Conflict: `contact` was faster, None: the citizen."""
    if contact:
        raise Conflict(
            gettext_noop("{who} replied in the meantime. Read it below; your text is kept, send it if it is needed."),
            who=contact.name,
        )
    raise Conflict(gettext_noop("A new message came in the meantime. Read it below; your text is kept, then send it."))


def _check_rulings(row: Conversation, now: datetime) -> None:
    """What a department said may not be said holds for the answer; a holding reply is always possible."""
    today = now.astimezone(ZoneInfo(City.objects.get().timezone)).date()
    answered = Inquiry.objects.filter(conversations=row, answered_at__isnull=False).select_related("department")
    latest = {inquiry.department_id: inquiry for inquiry in answered.order_by("answered_at")}  # of each department
    held = [inquiry for inquiry in latest.values() if inquiry.ruling == Inquiry.Ruling.NOT_BEFORE]
    inquiry = max(held, key=lambda inquiry: inquiry.not_before, default=None)
    if inquiry and inquiry.not_before > today:
        raise BadInput(
            gettext_noop("{department} asks that this be said only from {date}. Send a holding reply until then."),
            department=inquiry.department.name,
            date=f"{inquiry.not_before:%d/%m/%Y}",
        )


def _written(row: Conversation, text: str, *, by: Contact, now: datetime, promised_at: datetime | None) -> Message:
    last = row.messages.filter(direction=Direction.IN, automatic=False).order_by("-sent_at", "-pk").first()
    return Message.objects.create(
        conversation=row,
        account=row.account,
        direction=Direction.OUT,
        contact=by,
        subject=row.subject,
        text=text,
        search=searchable(text, by.name),
        sent_at=now,
        received_at=now,
        thread=last.thread if last else "",
        in_reply_to=(last.external_id or "") if last else "",
        references=[*last.references, last.external_id][-20:] if last else [],
        visibility=last.visibility if last else row.visibility,
        reply_kind=ReplyKind.ANSWER if promised_at is None else ReplyKind.HOLDING,
        promised_at=promised_at,
    )
