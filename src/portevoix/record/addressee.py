"""The addressee of a reply: in private the author of the message it answers, who may not have begun the thread."""

from collections.abc import Iterable

from django.db.models import Q

from portevoix.kernel.messages import Direction, Visibility
from portevoix.record.models import Author, Conversation, Message


def message_to_answer(messages: Iterable[Message]) -> Message | None:
    """Return the citizen's last message; where nobody has written yet, the last one of the city's own."""
    there = [message for message in messages if message.external_id is not None and not message.automatic]
    there.sort(key=lambda message: (message.direction == Direction.IN, message.sent_at, message.pk))
    return there[-1] if there and there[-1].direction != Direction.NOTE else None


def addressee(conversation: Conversation, messages: Iterable[Message]) -> Author | None:
    """Return the addressee of a reply written now, after these messages; None: nobody is known any more."""
    return _addressee(conversation, message_to_answer(messages))


def addressee_of(reply: Message) -> Author | None:
    """Return the addressee of a reply already written, whatever messages have come since."""
    messages = Message.objects.filter(account=reply.account_id, conversation=reply.conversation_id)
    return _addressee(reply.conversation, messages.filter(external_id=reply.in_reply_to).first())


def replies_to(authors: Iterable[Author | int], conversations: Iterable[Conversation | int]) -> Q:
    """Return the condition on the city's messages of these conversations that go to these authors; what stands in
    public is for everybody.
    """
    authors, conversations = list(authors), list(conversations)
    inbound = Message.objects.filter(conversation__in=conversations, direction=Direction.IN).exclude(external_id=None)
    theirs = inbound.filter(author__in=authors).values("external_id")
    others = inbound.exclude(author__in=authors).values("external_id")
    in_private = Q(in_reply_to__in=theirs) | (Q(conversation__author__in=authors) & ~Q(in_reply_to__in=others))
    return Q(direction=Direction.OUT) & (~Q(visibility=Visibility.PRIVATE) | in_private)


def _addressee(conversation: Conversation, question: Message | None) -> Author | None:
    """Return the addressee: in public, the author of the conversation."""
    is_private = question is not None and question.visibility == Visibility.PRIVATE
    if question is None or not is_private or question.account_id != conversation.account_id:
        return conversation.author
    return (question.author if question.direction == Direction.IN else None) or conversation.author
