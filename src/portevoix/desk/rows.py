"""A conversation as lists show it: the columns of its row, and the flags of its badges."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portevoix.kernel.states import OPEN_STATES, State
from portevoix.record.queries.inbox import SOON


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list, with the flags that its badges show.

    `promised`: the next deadline is that of a promised answer; `unsure`: its kind is only the most likely one.
    """

    conversation: Any
    late: bool
    soon: bool
    promised: bool
    waiting: bool
    urgent: bool
    open: bool
    unsure: bool


def make_row(row: Any, now: datetime) -> Row:
    """Return a conversation as the list shows it."""
    is_open = State(row.state) in OPEN_STATES
    late = is_open and row.queue_at < now
    return Row(
        conversation=row,
        late=late,
        soon=is_open and not late and row.queue_at < now + SOON,
        promised=is_open and row.promised_at is not None and row.promised_at == row.due_at,
        waiting=row.state == State.AWAITING_DEPARTMENT,
        urgent=is_open and row.urgency > 0,
        open=is_open,
        unsure=_is_unsure(row),
    )


def _is_unsure(row: Any) -> bool:
    """Return whether the kind of a listed conversation is only the most likely one, and was not confirmed."""
    suggestions = row.suggestions.get("kind", [])
    return bool(row.kind) and bool(suggestions) and suggestions[0]["label"] is None
