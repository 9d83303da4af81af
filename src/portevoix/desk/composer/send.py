"""Sending what the composer holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from portevoix.desk.composer import drafts
from portevoix.record import operations
from portevoix.record.queries.city import Contact


def send(contact: Contact, pk: int, given: Mapping[str, Any], *, now: datetime) -> None:
    """Answers, or holds when a date is promised; `given` is a valid ReplyForm's data.

    The draft goes with a reply that is sent, which thus never stands in the composer as if it were not; the text of one
    that is not sent, whatever the reason, is kept as the draft. Raises what `operations.answer` and `hold` do.
    """
    text, seen, promised_at = given["text"], given["seen"], given["promised_at"]
    shown = drafts.attached(contact, pk)
    sent = False
    try:
        with transaction.atomic():
            if promised_at is None:
                operations.answer(conversation=pk, text=text, by=contact, now=now, seen=seen, pictures=shown)
            else:
                operations.hold(
                    conversation=pk,
                    text=text,
                    promised_at=promised_at,
                    by=contact,
                    now=now,
                    seen=seen,
                    pictures=shown,
                )
            drafts.forget(contact, pk)
        sent = True
    finally:
        if not sent:
            drafts.keep(contact, pk, text, now=now)
