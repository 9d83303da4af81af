"""Repairs conversations whose stored state differs from their events."""

from collections.abc import Sequence

from django.db import transaction

from portevoix.record import event_log
from portevoix.record.models import Conversation
from portevoix.record.replay_differences import Difference, differences


def replay(conversations: Sequence[int]) -> list[Difference]:
    """Store the state that follows from the events; return the differences that were repaired."""
    with transaction.atomic():
        rows = Conversation.objects.select_for_update(of=("self",)).select_related("account", "department")
        rows_by_id = {row.pk: row for row in rows.filter(pk__in=conversations).order_by("pk")}
        repairs = differences(rows_by_id)
        event_log.reproject([rows_by_id[pk] for pk in sorted({repair.conversation for repair in repairs})])
    return repairs
