"""The state in which each citizen's message was at an instant: what the city had done about it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import batched

from django.db.models import Q

from portevoix.record.models import Fact

MOST_AT_ONCE = 1000
"""Conversations of one query."""


class WaitState(StrEnum):
    """State of a wait at an instant."""

    ANSWERED = "answered"
    HOLDING = "holding"  # a holding reply was sent, and no answer yet
    CLOSED = "closed"  # without a reply
    WAITING = "waiting"


class WaitStates:
    """The waits of conversations, as they were known at `cut_off`."""

    def __init__(self, waits: Mapping[int, Sequence[tuple[datetime, WaitState]]]) -> None:
        self._waits = waits

    def state(self, conversation: int, sent_at: datetime) -> WaitState | None:
        """Return the state of the wait in which a message was sent; None for one that nobody was to answer."""
        waits = self._waits.get(conversation, ())
        place = bisect_right([opened_at for opened_at, _ in waits], sent_at)
        return waits[place - 1][1] if place else None


def read_wait_states(conversations: Collection[int], *, cut_off: datetime) -> WaitStates:
    """Return the states at `cut_off` of the waits of these conversations, and of those that became a part of them."""
    waits = defaultdict[int, list[tuple[datetime, WaitState]]](list)
    values = ("conversation", "conversation__merged_into", "opened_at", "answer_at", "holding_at", "closed_at")
    for some in batched(conversations, MOST_AT_ONCE):
        inside = Q(conversation__in=some) | Q(conversation__merged_into__in=some)
        rows = Fact.objects.filter(inside, opened_at__lte=cut_off).order_by("opened_at", "pk")
        for pk, home, opened_at, *ends in rows.values_list(*values):
            waits[home or pk].append((opened_at, _state(*ends, cut_off)))
    return WaitStates(waits)


def _state(answer: datetime | None, holding: datetime | None, closed: datetime | None, cut_off: datetime) -> WaitState:
    for at, state in ((answer, WaitState.ANSWERED), (closed, WaitState.CLOSED), (holding, WaitState.HOLDING)):
        if at and at <= cut_off:
            return state
    return WaitState.WAITING
