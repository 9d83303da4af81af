"""Merges two conversations about the same matter; every wait stays as it was.

Also used for answers that came before the beginning of their thread. A merge cannot be undone.
"""

from datetime import datetime

from django.db import transaction

from portevoix.kernel.errors import Conflict
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import EventType, State
from portevoix.record import event_log, permissions
from portevoix.record.models import Contact, Conversation, Event, Message, Promise
from portevoix.record.operations.matters import move_links
from portevoix.record.permissions import Capability
from portevoix.record.queries.merge_candidates import check_mergeable


def merge(*, conversation: int, into: int, by: Contact, now: datetime, seen: int) -> None:
    """Merge `conversation` into `into`. `seen` is its version on the host's page.

    Raise BadInput for one of another citizen or another channel, Conflict when a message has come since or when one of
    the two has been merged into a third, NotThere when `by` may not see them.
    """
    permissions.check(by, Capability.REPLY)
    with transaction.atomic():
        row, home = event_log.lock_conversations([conversation, into], by=by)
        check_mergeable(row, home)
        if event_log.unread_events(row, seen):
            raise Conflict(gettext_noop("Something was said here in the meantime. Read it, then join the two."))
        merge_into(row, home, at=now, by=by)


def merge_into(
    row: Conversation,
    home: Conversation,
    *,
    at: datetime,
    by: Contact | None = None,
    always: tuple[Conversation, Conversation] | None = None,
) -> None:
    """Move everything in `row` to `home`, inside the caller's transaction; both are locked, neither is a part.

    `always`: these two strands, the second of which is `home` or a part of it, were one thread from the beginning, so
    that their waits are one history. Without it, each keeps its own history until `at`.
    """
    part, strand = always or (row, home)
    if row.pk != home.pk:
        combine(home, row)
        _move(row, home)
    data = {"joins": part.pk, "always": always is not None}
    event_log.append_event(
        home, EventType.MERGED, at=at, by=by, strand=None if strand.pk == home.pk else strand, data=data
    )
    event_log.notify_listeners([row.pk])


def combine(home: Conversation, other: Conversation) -> None:
    """Combine the fields of `other` into `home`, of which it is now a part."""
    home.opened_at = min(home.opened_at, other.opened_at)
    home.last_message_at = max(home.last_message_at, other.last_message_at)
    home.urgency = max(home.urgency, other.urgency)
    home.author = home.author or other.author
    home.assignee = home.assignee or other.assignee


def _move(row: Conversation, home: Conversation) -> None:
    for rows in (Message.objects, Promise.objects):
        rows.filter(conversation=row).update(conversation=home)
    Event.objects.filter(conversation=row, strand=None).update(conversation=home, strand=row)
    Event.objects.filter(conversation=row).update(conversation=home)
    for inquiry in row.inquiries.all():
        inquiry.conversations.add(home)
    row.inquiries.clear()
    move_links(row, home)
    Conversation.objects.filter(merged_into=row).update(merged_into=home)
    row.merged_into, row.assignee = home, None
    row.state, row.due_at, row.queue_at, row.promised_at, row.inquiries_open = State.CLOSED, None, None, None, 0
    row.save()
