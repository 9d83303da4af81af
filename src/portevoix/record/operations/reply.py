"""Replies: answers, and holding replies that promise a date. The message and its delivery are stored together."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from portevoix.channels import base as channels
from portevoix.kernel.errors import BadInput, Conflict, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment as Picture
from portevoix.kernel.messages import Direction, ReplyKind, Writer
from portevoix.kernel.states import EventType
from portevoix.record.addressee import addressee, message_to_answer
from portevoix.record.event_log import append_event, check_not_erased, locked_conversation, unread_events
from portevoix.record.models import Account, Attachment, Author, City, Contact, Conversation, Delivery, Inquiry, Message
from portevoix.record.permissions import Capability
from portevoix.record.search import searchable_text

MOST_CHARACTERS = 20_000


def answer(
    *,
    conversation: int,
    text: str,
    by: Contact,
    now: datetime,
    seen: int,
    pictures: Sequence[Picture] = (),
) -> int:
    """Answer the question; return the message's id. `seen` is the conversation's version on the host's page.

    One version of the page sends one reply: sending the same text again, after a lost connection, returns that reply.
    Raise Conflict when a message has come since, NotPossible when it is closed, BadInput when a department's ruling
    does not allow it, or the network does not accept the text, even in several posts, or the pictures.
    """
    return _reply(conversation, _Draft(text, None, pictures), by=by, now=now, seen=seen)


def hold(
    *,
    conversation: int,
    text: str,
    promised_at: datetime,
    by: Contact,
    now: datetime,
    seen: int,
    pictures: Sequence[Picture] = (),
) -> int:
    """Promise an answer by `promised_at`, which stops the first clock only. Raise as `answer` does."""
    if promised_at <= now:
        raise BadInput(gettext_noop("The promised date is in the past. Promise a date to come."))
    return _reply(conversation, _Draft(text, promised_at, pictures), by=by, now=now, seen=seen)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A host's reply: an answer, or a holding reply when a date is promised."""

    text: str
    promised_at: datetime | None
    pictures: Sequence[Picture]

    def is_it(self, message: Message, by: Contact) -> bool:
        if (message.contact, message.text, message.promised_at) != (by, self.text, self.promised_at):
            return False
        there = message.attachments.order_by("pk").values_list("content", "alt")
        return [(bytes(content or b""), alt) for content, alt in there] == [(p.content, p.alt) for p in self.pictures]


def _reply(conversation: int, draft: _Draft, *, by: Contact, now: datetime, seen: int) -> int:
    check_text(draft.text)
    draft = replace(draft, text=draft.text.strip())
    with locked_conversation(conversation, by=by, needs=Capability.REPLY) as row:
        check_not_erased(row)
        key = _key(row, seen)
        if before := Message.objects.filter(delivery__key=key).select_related("contact").first():
            if draft.is_it(before, by):
                return before.pk
            _tell(before.contact)
        _check_connected(row)
        _check_seen(row, seen)
        messages = list(row.messages.defer("text", "html", "quoted", "search"))
        to = addressee(row, messages)
        check_length(row.account, draft.text, to.writer() if to else Writer(""))
        check_pictures(row.account, draft.pictures)
        is_holding = draft.promised_at is not None
        if not is_holding:
            _check_rulings(row, now)
        takes_over = row.assignee is None and is_holding
        if takes_over:
            row.assignee = by
        message = _create_message(row, draft, to, message_to_answer(messages), by=by, now=now)
        Delivery.objects.create(message=message, key=key, next_attempt_at=now)
        row.last_message_at = now
        data = {"promised_at": draft.promised_at.isoformat() if draft.promised_at else None, "assigned": takes_over}
        append_event(
            row, EventType.HELD if is_holding else EventType.ANSWERED, at=now, by=by, message=message, data=data
        )
        return message.pk


def _key(row: Conversation, seen: int) -> str:
    """Return the key of a page's version; its uniqueness prevents two replies from one version."""
    return hashlib.sha256(f"{row.reference} {seen}".encode()).hexdigest()[:32]


def check_text(text: str) -> None:
    """Raise BadInput when the text is empty, or longer than any reply may be."""
    if not text.strip():
        raise BadInput(gettext_noop("The reply is empty. Write it, then send it."))
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            gettext_noop("The reply has {count} characters; {most} is the most."), count=len(text), most=MOST_CHARACTERS
        )


def check_length(account: Account, text: str, to: Writer) -> None:
    """Raise BadInput when the account's network does not accept the text, even cut into several messages."""
    limit = channels.text_limit(account.channel, account.settings, to)
    if limit is None:
        return
    try:
        limit.cut(text)
    except Refused as error:
        raise BadInput(error.text, **error.values) from error


def check_pictures(account: Account, pictures: Sequence[Picture]) -> None:
    """Raise BadInput, with advice, for pictures that the account's network does not accept."""
    takes = channels.pictures(account.connector)
    if pictures and takes is None:
        raise BadInput(gettext_noop("This network takes no pictures with a reply. Remove them, then send it."))
    if takes:
        takes.check(pictures)


def store_pictures(message: Message, pictures: Iterable[Picture]) -> None:
    """Store pictures with the message, in their order."""
    for one in pictures:
        Attachment.objects.create(
            message=message, name=one.name, type=one.type, size=len(one.content), content=one.content, alt=one.alt
        )


def _check_connected(row: Conversation) -> None:
    if row.account.state == "unconnected":
        raise BadInput(
            gettext_noop("{account} is not connected: nothing can be sent there. Connect it in the settings."),
            account=row.account.address,
        )


def _check_seen(row: Conversation, seen: int) -> None:
    """Raise Conflict when something has happened after the version on the host's page."""
    if events := unread_events(row, seen):
        if events[-1].what == EventType.MERGED:
            raise Conflict(
                gettext_noop(
                    "Another conversation became part of this one in the meantime. Read it below; your text is kept, "
                    "then send it."
                )
            )
        if any(event.what == EventType.ERASED for event in events):
            raise Conflict(
                gettext_noop(
                    "What somebody wrote here was erased in the meantime. See whom you answer now; your text is kept, "
                    "then send it."
                )
            )
        _tell(events[-1].contact)


def _tell(contact: Contact | None) -> NoReturn:
    """Raise Conflict, as `contact` was faster, None: the citizen."""
    if contact:
        raise Conflict(
            gettext_noop("{who} replied in the meantime. Read it below; your text is kept, send it if it is needed."),
            who=contact.name,
        )
    raise Conflict(gettext_noop("A new message came in the meantime. Read it below; your text is kept, then send it."))


def _check_rulings(row: Conversation, now: datetime) -> None:
    """Raise BadInput while a department's ruling forbids an answer; a holding reply is always possible."""
    today = now.astimezone(ZoneInfo(City.objects.get().timezone)).date()
    inquiries = Inquiry.objects.filter(conversations=row, answered_at__isnull=False).select_related("department")
    latest = {inquiry.department_id: inquiry for inquiry in inquiries.order_by("answered_at")}  # of each department
    embargoes = [inquiry for inquiry in latest.values() if inquiry.ruling == Inquiry.Ruling.NOT_BEFORE]
    inquiry = max(embargoes, key=lambda inquiry: inquiry.not_before, default=None)
    if inquiry and inquiry.not_before > today:
        raise BadInput(
            gettext_noop("{department} asks that this be said only from {date}. Send a holding reply until then."),
            department=inquiry.department.name,
            date=f"{inquiry.not_before:%d/%m/%Y}",
        )


def _create_message(
    row: Conversation, draft: _Draft, to: Author | None, last: Message | None, *, by: Contact, now: datetime
) -> Message:
    """Create a reply to the citizen's last message, or to the city's own where nobody has written yet."""
    message = Message.objects.create(
        conversation=row,
        account=row.account,
        direction=Direction.OUT,
        contact=by,
        subject=row.subject,
        text=draft.text,
        search=searchable_text(draft.text, by.name),
        sent_at=now,
        received_at=now,
        thread=last.thread if last else "",
        in_reply_to=(last.external_id or "") if last else "",
        references=[*last.references, last.external_id][-20:] if last else [],
        visibility=last.visibility if last else row.visibility,
        reply_kind=ReplyKind.ANSWER if draft.promised_at is None else ReplyKind.HOLDING,
        promised_at=draft.promised_at,
        addressee=to,
    )
    store_pictures(message, draft.pictures)
    return message
