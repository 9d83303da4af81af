"""Stores again what the events of conversations say, where it is not what is stored."""

from collections.abc import Sequence

from django.db import transaction

from portevoix.record import event_log
from portevoix.record.models import Conversation
from portevoix.record.replay import Difference, differences


def replay(conversations: Sequence[int]) -> list[Difference]:
    """Returns what differed, and is as the events say from now on."""
    with transaction.atomic():
        rows = Conversation.objects.select_for_update(of=("self",)).select_related("account", "department")
        held = {row.pk: row for row in rows.filter(pk__in=conversations).order_by("pk")}
        found = differences(held)
        event_log.settle([held[pk] for pk in sorted({one.conversation for one in found})])
    return found
