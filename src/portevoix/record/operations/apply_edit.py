"""Applies edits and deletions made on the network: the message changes, its history keeps the former text."""

from datetime import datetime

from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.clock import week_of
from portevoix.kernel.errors import BadInput, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Change, Direction, Incoming
from portevoix.kernel.states import OPEN_STATES, EventType
from portevoix.record.event_data import codes_of
from portevoix.record.event_log import append_event
from portevoix.record.models import Account, City, Conversation, Delivery, Envelope, Event, Message, Vector
from portevoix.record.operations.redact_editions import redact_editions
from portevoix.record.operations.redact_matters import forget_words
from portevoix.record.queries.danger import LEVEL as DANGER
from portevoix.record.queries.persons import with_parts
from portevoix.record.search import searchable_text
from portevoix.text.urgency.detector import urgency

MOST_EDITS = 20
MOST_BEFORE = 4_000
"""How many edits of a message, and characters of the text before each, its history keeps."""


def apply_edit(account: Account, incoming: Incoming, *, envelope: int, now: datetime) -> None:
    """Apply a revision, unless a later one was applied before.

    Raise BadInput when the message is unknown, and TryLater while it waits to be taken in.
    """
    message = (
        Message.objects.select_for_update(of=("self", "conversation"))
        .select_related("conversation__account", "conversation__department")
        .filter(account=account, external_id=incoming.external_id)
        .first()
    )
    if message is None:
        itself = Envelope.objects.filter(account=account, external_id=incoming.external_id)
        if itself.filter(state=Envelope.State.WAITING, revision__lt=incoming.revision).exists():
            raise TryLater(gettext_noop("It edits or deletes a message that is not taken in yet."))
        raise BadInput(gettext_noop("It edits or deletes a message that never arrived here."))
    if incoming.revision > message.revision:
        if incoming.change is Change.RETRACT and _is_withdrawn(message):
            pass  # as the city wished; what it said stays in its own history
        elif incoming.change is Change.RETRACT:
            _retract(message, now)
        else:
            _amend(message, incoming, now)
        message.revision = incoming.revision
        message.save()
        Vector.objects.filter(message=message).delete()  # what it says now is read anew
    Envelope.objects.filter(pk=envelope).update(
        state=Envelope.State.TAKEN, message=message, reason=None, leased_until=None
    )


def _is_withdrawn(message: Message) -> bool:
    return Delivery.objects.filter(message=message, kind=Delivery.Kind.WITHDRAW).exists()


def _amend(message: Message, incoming: Incoming, now: datetime) -> None:
    """Change the text. An edit that was both pushed and polled counts once: an equal text changes nothing.

    Where people are in danger by what it says now, the conversation is open again, at the top of every list.
    """
    if (message.text, message.html) == (incoming.text, incoming.html):
        return
    is_dangerous = _mentions_new_danger(message, incoming)
    if is_dangerous:
        message.conversation.urgency = DANGER
        message.conversation.save(update_fields=["urgency"])
    if Event.objects.filter(message=message, what=EventType.AMENDED).count() < MOST_EDITS:
        append_event(
            message.conversation,
            EventType.AMENDED,
            at=now,
            message=message,
            data={"before": message.text[:MOST_BEFORE]},
        )
    message.text = incoming.text
    message.html = incoming.html
    message.search = searchable_text(incoming.text, message.subject, incoming.author.name, incoming.author.handle)
    if is_dangerous and message.conversation.state not in OPEN_STATES:
        append_event(message.conversation, EventType.REOPENED, at=now, data={"danger": True})


def _mentions_new_danger(message: Message, incoming: Incoming) -> bool:
    """Return whether people are in danger by a citizen's message as it is now, and were not by what it said before."""
    is_theirs = message.direction == Direction.IN and not message.automatic
    return is_theirs and urgency(incoming.text).level >= DANGER > urgency(message.text).level


def _retract(message: Message, now: datetime) -> None:
    """Remove the text of a message that its author deleted, and its former texts; that something was asked remains."""
    append_event(message.conversation, EventType.RETRACTED, at=now, message=message)
    edits = Event.objects.filter(message=message, what=EventType.AMENDED)
    texts = [message.text[:BEGINNING], *edits.values_list("data__before", flat=True)]  # editions may have each
    edits.update(data={})
    Envelope.objects.filter(message=message).delete()
    message.text = message.html = message.quoted = message.search = ""
    message.media, message.place = [], None
    message.save()
    week = week_of(message.sent_at, City.objects.get().timezone)
    conversations = with_parts([message.conversation_id])
    redact_editions(conversations=conversations, said={week: filter(None, texts)}, since=week)
    forget_words(conversations)
    if message.conversation.author_id == message.author_id:
        _forget_reasons(message)
    message.retracted_at = now


def _forget_reasons(message: Message) -> None:
    """Remove the words by which department and kind were found: they may be those of the message."""
    message.conversation.suggestions = {}
    Conversation.objects.filter(pk=message.conversation_id).update(suggestions={})
    for event in Event.objects.filter(conversation=message.conversation_id, what=EventType.ROUTED, rule=None):
        event.data = codes_of(event.data)
        event.save(update_fields=["data"])
