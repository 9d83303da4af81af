"""Sending of the reply in the composer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from portevoix.desk.composer import drafts
from portevoix.record import operations
from portevoix.record.queries.city import Contact


def send(contact: Contact, pk: int, reply: Mapping[str, Any], *, now: datetime) -> None:
    """Send an answer, or a holding reply when a date is promised; `reply` is the cleaned data of a ReplyForm.

    The draft is deleted together with the sending, so that a reply that was sent never stays in the composer; it is
    kept when the reply is not sent for any reason. Raise what `operations.answer` and `hold` raise.
    """
    text, seen_version, promised_at = reply["text"], reply["seen"], reply["promised_at"]
    pictures = drafts.load_attachments(contact, pk)
    is_sent = False
    try:
        with transaction.atomic():
            if promised_at is None:
                operations.answer(conversation=pk, text=text, by=contact, now=now, seen=seen_version, pictures=pictures)
            else:
                operations.hold(
                    conversation=pk,
                    text=text,
                    promised_at=promised_at,
                    by=contact,
                    now=now,
                    seen=seen_version,
                    pictures=pictures,
                )
            drafts.forget(contact, pk)
        is_sent = True
    finally:
        if not is_sent:
            drafts.save_draft(contact, pk, text, now=now)
