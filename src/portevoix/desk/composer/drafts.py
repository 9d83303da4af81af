"""Unsent replies, stored on the server so that neither a conflict nor a closed window loses text."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from portevoix.channels.base import Pictures
from portevoix.channels.media import clean_description
from portevoix.desk.models import Draft, DraftPicture
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment
from portevoix.record.event_log import lock_unerased
from portevoix.record.queries.city import Contact


def save_draft(contact: Contact, conversation: int, text: str, *, now: datetime) -> None:
    """Store the text instead of the previous one, or delete the draft when it is empty. Pictures stay as they are.

    In an erased conversation nothing is stored.
    """
    with transaction.atomic():
        if not text.strip() or not lock_unerased(conversation):
            Draft.objects.filter(contact=contact, conversation=conversation).delete()
            return
        Draft.objects.update_or_create(
            contact=contact, conversation_id=conversation, defaults={"text": text, "saved_at": now}
        )


def move(conversation: int, *, to: int) -> None:
    """Move all drafts and pictures to `to`, into which this conversation was merged; append to a draft there."""
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
    """Delete the text and the pictures."""
    for kind in (Draft, DraftPicture):
        kind.objects.filter(contact=contact, conversation=conversation).delete()


def pictures(contact: Contact, conversation: int) -> QuerySet[DraftPicture]:
    """Return the pictures attached to the draft, oldest first; their contents are not loaded."""
    mine = DraftPicture.objects.filter(contact=contact, conversation=conversation)
    return mine.order_by("pk").defer("content")


def picture(conversation: int, pk: int) -> DraftPicture | None:
    """Return one picture of any colleague's draft on the conversation, None when there is none."""
    return DraftPicture.objects.filter(conversation=conversation, pk=pk).first()


def load_attachments(contact: Contact, conversation: int) -> tuple[Attachment, ...]:
    """Return the pictures of the draft with their contents, ready to send."""
    rows = pictures(contact, conversation).defer(None)
    return tuple(Attachment(row.name, row.type, bytes(row.content), row.alt) for row in rows)


def attach(contact: Contact, conversation: int, one: Attachment, *, takes: Pictures, now: datetime) -> None:
    """Store a picture with the draft. Raise BadInput when the network does not accept it, or no more of them.

    In an erased conversation nothing is stored.
    """
    count = pictures(contact, conversation).count()
    if count >= takes.most:
        raise BadInput(
            gettext_noop("“{name}” is not attached: this network takes {most} pictures. Remove one first."),
            name=one.name,
            most=takes.most,
        )
    takes.check_kind(one)
    with transaction.atomic():
        if lock_unerased(conversation):
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


def describe(contact: Contact, conversation: int, descriptions: Mapping[str, str]) -> None:
    """Store the descriptions that a form holds as `alt-<number>`. Raise BadInput for one that is too long."""
    for row in pictures(contact, conversation):
        alt = descriptions.get(f"alt-{row.pk}")
        if alt is not None and clean_description(alt) != row.alt:
            row.alt = clean_description(alt)
            row.save(update_fields=["alt"])


def detach(contact: Contact, conversation: int, picture: int) -> None:
    DraftPicture.objects.filter(contact=contact, conversation=conversation, pk=picture).delete()
