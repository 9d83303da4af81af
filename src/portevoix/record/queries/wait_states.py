"""The state in which each citizen's message was at an instant: what the city had done about it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait as it was known at a cut-off."""

    opened_at: datetime
    state: WaitState
    first_reply_at: datetime | None


class WaitStates:
    """The waits of conversations, as they were known at `cut_off`."""

    def __init__(self, waits: Mapping[int, Sequence[Wait]]) -> None:
        self._waits = waits

    def state(self, conversation: int, sent_at: datetime) -> WaitState | None:
        """Return the state of the wait in which a message was sent; None for one that nobody was to answer."""
        wait = self._find(conversation, sent_at)
        return wait.state if wait else None

    def first_reply(self, conversation: int, sent_at: datetime) -> datetime | None:
        """Return when the first reply came after a message; None where none has, or nobody was to answer."""
        wait = self._find(conversation, sent_at)
        return wait.first_reply_at if wait and wait.first_reply_at and wait.first_reply_at >= sent_at else None

    def _find(self, conversation: int, sent_at: datetime) -> Wait | None:
        waits = self._waits.get(conversation, ())
        place = bisect_right([wait.opened_at for wait in waits], sent_at)
        return waits[place - 1] if place else None


def read_wait_states(conversations: Collection[int], *, cut_off: datetime) -> WaitStates:
    """Return the states at `cut_off` of the waits of these conversations, and of those that became a part of them."""
    waits = defaultdict[int, list[Wait]](list)
    values = ("conversation", "conversation__merged_into", "opened_at", "first_reply_at")
    ends = ("answer_at", "holding_at", "closed_at")
    for some in batched(conversations, MOST_AT_ONCE):
        inside = Q(conversation__in=some) | Q(conversation__merged_into__in=some)
        rows = Fact.objects.filter(inside, opened_at__lte=cut_off).order_by("opened_at", "pk")
        for pk, home, opened_at, reply, *at in rows.values_list(*values, *ends):
            first = reply if reply and reply <= cut_off else None
            waits[home or pk].append(Wait(opened_at, _state(*at, cut_off), first))
    return WaitStates(waits)


def _state(answer: datetime | None, holding: datetime | None, closed: datetime | None, cut_off: datetime) -> WaitState:
    for at, state in ((answer, WaitState.ANSWERED), (closed, WaitState.CLOSED), (holding, WaitState.HOLDING)):
        if at and at <= cut_off:
            return state
    return WaitState.WAITING
