"""The addressee of a reply: the author of the message it answers, who may not have begun the thread."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from portevoix.kernel.interchange import PRIVATE_CHANNELS
from portevoix.kernel.messages import Direction, Visibility
from portevoix.record.models import Author, Conversation, Message


def message_to_answer(messages: Iterable[Message]) -> Message | None:
    """Return the citizen's last message; where nobody has written yet, the last one of the city's own.

    What was erased is not answered: no network knows it any more.
    """
    there = [one for one in messages if one.external_id is not None and not one.automatic and one.erased_at is None]
    there.sort(key=_precedence)
    return there[-1] if there and there[-1].direction != Direction.NOTE else None


def _precedence(message: Message) -> tuple[bool, bool, datetime, int]:
    """Return the order: what is still there goes before what its author deleted, a citizen before the city."""
    is_inbound = message.direction == Direction.IN
    return is_inbound and message.retracted_at is None, is_inbound, message.sent_at, message.pk


def addressee(conversation: Conversation, messages: Iterable[Message]) -> Author | None:
    """Return the addressee of a reply written now, after these messages; None: nobody is known any more.

    In public too: some networks tell only those of a reply whom it names.
    """
    question = message_to_answer(messages)
    if question is None or not _is_reached(question, conversation):
        return conversation.author
    return (question.author if question.direction == Direction.IN else None) or conversation.author


def _is_reached(question: Message, conversation: Conversation) -> bool:
    """Return whether the conversation's account reaches the author of a question: its own, or by mail as well."""
    if question.account_id == conversation.account_id:
        return True
    return {question.account.channel, conversation.account.channel} <= PRIVATE_CHANNELS


def reply_visibility(conversation: Conversation, messages: Iterable[Message]) -> str:
    """Return the visibility of a reply written now: that of the message it answers."""
    question = message_to_answer(messages)
    return question.visibility if question else conversation.visibility


def replies_to(authors: Iterable[Author | int], conversations: Iterable[Conversation | int]) -> Q:
    """Return the condition on the city's messages of these conversations that go to these authors; what stands in
    public is for everybody. Where nobody else wrote, so is what does not say whom it goes to.
    """
    authors = list(authors)
    inbound = Message.objects.filter(conversation__in=list(conversations), direction=Direction.IN)
    shared = inbound.exclude(author__in=authors).values("conversation")
    to_them = Q(addressee__in=authors) | (Q(addressee=None) & ~Q(conversation__in=shared))
    return Q(direction=Direction.OUT) & (~Q(visibility=Visibility.PRIVATE) | to_them)
