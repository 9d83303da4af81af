"""Unsent replies, kept on the server, so that neither a conflict nor a closed window loses a word."""

from datetime import datetime

from portevoix.desk.models import Draft
from portevoix.record.queries.city import Contact


def keep(contact: Contact, conversation: int, text: str, *, now: datetime) -> None:
    """Stores the text in the place of the one before; an empty one is forgotten."""
    if not text.strip():
        forget(contact, conversation)
        return
    Draft.objects.update_or_create(
        contact=contact, conversation_id=conversation, defaults={"text": text, "saved_at": now}
    )


def move(conversation: int, *, to: int) -> None:
    """The conversation has become part of `to`: what anybody was writing in either is kept there, in one text."""
    for draft in Draft.objects.filter(conversation=conversation):
        other = Draft.objects.filter(conversation=to, contact=draft.contact_id).first()
        if other is None:
            draft.conversation_id = to
            draft.save()
        else:
            other.text = f"{other.text}\n\n{draft.text}"
            other.save()
            draft.delete()


def forget(contact: Contact, conversation: int) -> None:
    Draft.objects.filter(contact=contact, conversation=conversation).delete()
