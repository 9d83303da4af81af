"""Queries for the demo."""

from datetime import datetime, timedelta

from portevoix.kernel.labels import CALLING_KINDS
from portevoix.kernel.states import OPEN_STATES
from portevoix.record.models import Contact, Conversation, Message


def replied_here(account: str, external_id: str) -> bool:
    """Return whether a colleague has replied, at this desk, in the conversation of that message."""
    rows = Conversation.objects.filter(messages__external_id=external_id, account__address=account)
    return Message.objects.filter(conversation__in=rows, direction="out", contact__isnull=False).exists()


def colleague(email: str) -> Contact:
    return Contact.objects.get(email=email)


def open_before(when: datetime) -> list[Conversation]:
    """Return open conversations whose last message is older than `when`."""
    rows = Conversation.objects.filter(state__in=sorted(OPEN_STATES), last_message_at__lt=when)
    return list(rows.order_by("last_message_at"))


def open_questions(now: datetime, *, limit: int) -> list[Conversation]:
    """Return the latest questions, at least two hours old, to which nobody has replied."""
    rows = Conversation.objects.filter(state__in=sorted(OPEN_STATES), promised_at=None, kind__in=CALLING_KINDS)
    rows = rows.filter(last_message_at__lt=now - timedelta(hours=2)).select_related("account")
    return list(rows.exclude(messages__direction="out").order_by("-last_message_at")[:limit])


def first_message(conversation: Conversation) -> Message:
    return conversation.messages.order_by("sent_at", "pk")[0]
