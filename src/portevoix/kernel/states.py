"""States of a conversation, and the table of transitions between them."""

from enum import StrEnum

from portevoix.kernel.errors import NotPossible
from portevoix.kernel.i18n import gettext_noop


class State(StrEnum):
    """State of a conversation. Holding is a kind of reply and overdue a comparison of times: neither is a state."""

    OPEN = "open"
    ASSIGNED = "assigned"
    AWAITING_DEPARTMENT = "awaiting"
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN_STATES = frozenset({State.OPEN, State.ASSIGNED, State.AWAITING_DEPARTMENT})


class EventType(StrEnum):
    """Type of an event: everything that can happen to a conversation."""

    RECEIVED = "received"
    HELD = "held"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"  # an automatic message of the city: never a reply
    NOTED = "noted"
    ROUTED = "routed"
    LABELLED = "labelled"
    ASSIGNED = "assigned"
    RELEASED = "released"
    INQUIRED = "inquired"
    INFORMED = "informed"  # the department answered an inquiry
    AMENDED = "amended"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"  # the city deletes on the network what it had sent
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"  # another conversation became part of this one
    ERASED = "erased"  # words and identity went; what is measured stays


MESSAGE_EVENTS = frozenset(
    {EventType.RECEIVED, EventType.HELD, EventType.ANSWERED, EventType.ACKNOWLEDGED, EventType.NOTED}
)
"""The events that add a message to the conversation: exactly one for each message."""

_OPEN = tuple(OPEN_STATES)
_ALL = tuple(State)

# The states in which each event may happen. `after` below returns the state that follows.
POSSIBLE: dict[EventType, tuple[State, ...]] = {
    EventType.RECEIVED: _ALL,
    EventType.HELD: (*_OPEN, State.ANSWERED),
    EventType.ANSWERED: (*_OPEN, State.ANSWERED),
    EventType.ACKNOWLEDGED: _ALL,
    EventType.NOTED: _ALL,
    EventType.ROUTED: (*_OPEN, State.ANSWERED),
    EventType.LABELLED: _ALL,
    EventType.ASSIGNED: _OPEN,
    EventType.RELEASED: (State.ASSIGNED, State.AWAITING_DEPARTMENT),
    EventType.INQUIRED: (*_OPEN, State.ANSWERED),
    EventType.INFORMED: _ALL,
    EventType.AMENDED: _ALL,
    EventType.RETRACTED: _ALL,
    EventType.WITHDRAWN: _ALL,
    EventType.CLOSED: (*_OPEN, State.ANSWERED),
    EventType.REOPENED: (State.CLOSED, State.ANSWERED),
    EventType.MERGED: _ALL,
    EventType.ERASED: _ALL,
}


def check(state: State, what: EventType) -> None:
    """Raise NotPossible when `what` may not happen in `state`."""
    if state not in POSSIBLE[what]:
        raise NotPossible(_WHY[state, what])


def after(state: State, what: EventType, *, assigned: bool, inquiring: bool) -> State:
    """Return the state that follows. `assigned`: it has an assignee; `inquiring`: an inquiry is still unanswered."""
    at_work = State.AWAITING_DEPARTMENT if inquiring else State.ASSIGNED if assigned else State.OPEN
    match what:
        case EventType.ANSWERED:
            return State.ANSWERED
        case EventType.CLOSED:
            return State.CLOSED
        case EventType.RECEIVED | EventType.REOPENED | EventType.HELD | EventType.INQUIRED:
            return at_work
        case EventType.ASSIGNED | EventType.RELEASED | EventType.INFORMED | EventType.MERGED:
            return at_work if state in OPEN_STATES else state
        case _:
            return state


def combine_states(one: State, other: State) -> State:
    """Return the state of two merged conversations, before `after` sees MERGED: open when either of them is."""
    return min(one, other, key=tuple(State).index)


_CLOSED_REPLY = gettext_noop("This conversation is closed. Reopen it, then send your reply.")
_OPEN_ALREADY = gettext_noop("This conversation is open already.")
# One sentence for each pair that `POSSIBLE` leaves out.
_WHY: dict[tuple[State, EventType], str] = {
    (State.CLOSED, EventType.ANSWERED): _CLOSED_REPLY,
    (State.CLOSED, EventType.HELD): _CLOSED_REPLY,
    (State.CLOSED, EventType.CLOSED): gettext_noop("This conversation is closed already."),
    (State.CLOSED, EventType.ROUTED): gettext_noop(
        "This conversation is closed. Reopen it to give it to a department."
    ),
    (State.CLOSED, EventType.INQUIRED): gettext_noop("This conversation is closed. Reopen it to ask a department."),
    (State.CLOSED, EventType.ASSIGNED): gettext_noop("This conversation is closed. Reopen it to take it."),
    (State.CLOSED, EventType.RELEASED): gettext_noop("This conversation is closed. Reopen it to give it back."),
    (State.ANSWERED, EventType.ASSIGNED): gettext_noop("This conversation is answered. Reopen it to take it."),
    (State.ANSWERED, EventType.RELEASED): gettext_noop("This conversation is answered. Reopen it to give it back."),
    (State.OPEN, EventType.RELEASED): gettext_noop("Nobody has this conversation."),
    (State.OPEN, EventType.REOPENED): _OPEN_ALREADY,
    (State.ASSIGNED, EventType.REOPENED): _OPEN_ALREADY,
    (State.AWAITING_DEPARTMENT, EventType.REOPENED): _OPEN_ALREADY,
}
