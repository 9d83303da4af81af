"""Whom a reply goes to: in private, the one who wrote what it answers, who need not be who began the conversation."""

from collections.abc import Iterable

from portevoix.kernel.messages import Direction, Visibility
from portevoix.record.models import Author, Conversation, Message


def message_to_answer(messages: Iterable[Message]) -> Message | None:
    """Return the citizen's last message; where nobody has written yet, the last one of the city's own."""
    there = [message for message in messages if message.external_id is not None and not message.automatic]
    there.sort(key=lambda message: (message.direction == Direction.IN, message.sent_at, message.pk))
    return there[-1] if there and there[-1].direction != Direction.NOTE else None


def addressee(conversation: Conversation, messages: Iterable[Message]) -> Author | None:
    """Return whom a reply goes to that is written now, after these messages; None: nobody is known any more."""
    return _addressee(conversation, message_to_answer(messages))


def addressee_of(reply: Message) -> Author | None:
    """Return whom a reply goes to that was written, whatever was said since."""
    answered = Message.objects.filter(account=reply.account_id, conversation=reply.conversation_id)
    return _addressee(reply.conversation, answered.filter(external_id=reply.in_reply_to).first())


def _addressee(conversation: Conversation, answered: Message | None) -> Author | None:
    """In public a reply names the one whose question it is."""
    is_private = answered is not None and answered.visibility == Visibility.PRIVATE
    if answered is None or not is_private or answered.account_id != conversation.account_id:
        return conversation.author
    return (answered.author if answered.direction == Direction.IN else None) or conversation.author
