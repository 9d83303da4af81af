"""Unsent replies, kept on the server, so that neither a conflict nor a closed window loses a word."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from portevoix.channels.base import Pictures
from portevoix.channels.media import described
from portevoix.desk.models import Draft, DraftPicture
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment
from portevoix.record.queries.city import Contact


def keep(contact: Contact, conversation: int, text: str, *, now: datetime) -> None:
    """Stores the text in the place of the one before; an empty one is forgotten. Pictures stay as they are."""
    if not text.strip():
        Draft.objects.filter(contact=contact, conversation=conversation).delete()
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
    DraftPicture.objects.filter(conversation=conversation).update(conversation=to)


def forget(contact: Contact, conversation: int) -> None:
    """The text and the pictures."""
    for kind in (Draft, DraftPicture):
        kind.objects.filter(contact=contact, conversation=conversation).delete()


def pictures(contact: Contact, conversation: int) -> QuerySet[DraftPicture]:
    """Those that wait with the reply, in the order in which they came; their contents stay in the database."""
    mine = DraftPicture.objects.filter(contact=contact, conversation=conversation)
    return mine.order_by("pk").defer("content")


def picture(conversation: int, pk: int) -> DraftPicture | None:
    """Whosever it is."""
    return DraftPicture.objects.filter(conversation=conversation, pk=pk).first()


def attached(contact: Contact, conversation: int) -> tuple[Attachment, ...]:
    """The same, whole, as they leave."""
    rows = pictures(contact, conversation).defer(None)
    return tuple(Attachment(row.name, row.type, bytes(row.content), row.alt) for row in rows)


def attach(contact: Contact, conversation: int, one: Attachment, *, takes: Pictures, now: datetime) -> None:
    """Keeps it with the reply. Raises BadInput where the network does not take it, or one more."""
    count = pictures(contact, conversation).count()
    if count >= takes.most:
        raise BadInput(
            gettext_noop("“{name}” is not attached: this network takes {most} pictures. Remove one first."),
            name=one.name,
            most=takes.most,
        )
    takes.check_kind(one)
    DraftPicture.objects.create(
        contact=contact,
        conversation_id=conversation,
        name=one.name,
        type=one.type,
        size=len(one.content),
        content=one.content,
        alt=one.alt,
        saved_at=now,
    )


def describe(contact: Contact, conversation: int, given: Mapping[str, str]) -> None:
    """Keeps the descriptions that a form holds as `alt-<number>`. Raises BadInput for one that is too long."""
    for row in pictures(contact, conversation):
        alt = given.get(f"alt-{row.pk}")
        if alt is not None and described(alt) != row.alt:
            row.alt = described(alt)
            row.save(update_fields=["alt"])


def detach(contact: Contact, conversation: int, picture: int) -> None:
    DraftPicture.objects.filter(contact=contact, conversation=conversation, pk=picture).delete()
