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


class What(StrEnum):
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


SAID = frozenset({What.RECEIVED, What.HELD, What.ANSWERED, What.ACKNOWLEDGED, What.NOTED})
"""The events that add a message to the conversation: exactly one for each message."""

_OPEN = tuple(OPEN_STATES)
_ALL = tuple(State)

# The states in which each event may happen. `after` below returns the state that follows.
POSSIBLE: dict[What, tuple[State, ...]] = {
    What.RECEIVED: _ALL,
    What.HELD: (*_OPEN, State.ANSWERED),
    What.ANSWERED: (*_OPEN, State.ANSWERED),
    What.ACKNOWLEDGED: _ALL,
    What.NOTED: _ALL,
    What.ROUTED: (*_OPEN, State.ANSWERED),
    What.LABELLED: _ALL,
    What.ASSIGNED: _OPEN,
    What.RELEASED: (State.ASSIGNED, State.AWAITING_DEPARTMENT),
    What.INQUIRED: (*_OPEN, State.ANSWERED),
    What.INFORMED: _ALL,
    What.AMENDED: _ALL,
    What.RETRACTED: _ALL,
    What.WITHDRAWN: _ALL,
    What.CLOSED: (*_OPEN, State.ANSWERED),
    What.REOPENED: (State.CLOSED, State.ANSWERED),
    What.MERGED: _ALL,
    What.ERASED: _ALL,
}


def check(state: State, what: What) -> None:
    """Raise NotPossible when `what` may not happen in `state`."""
    if state not in POSSIBLE[what]:
        raise NotPossible(_WHY[state, what])


def after(state: State, what: What, *, assigned: bool, inquiring: bool) -> State:
    """Return the state that follows. `assigned`: it has an assignee; `inquiring`: an inquiry is still unanswered."""
    at_work = State.AWAITING_DEPARTMENT if inquiring else State.ASSIGNED if assigned else State.OPEN
    match what:
        case What.ANSWERED:
            return State.ANSWERED
        case What.CLOSED:
            return State.CLOSED
        case What.RECEIVED | What.REOPENED | What.HELD | What.INQUIRED:
            return at_work
        case What.ASSIGNED | What.RELEASED | What.INFORMED | What.MERGED:
            return at_work if state in OPEN_STATES else state
        case _:
            return state


def joined(one: State, other: State) -> State:
    """Return the state of two merged conversations, before `after` sees MERGED: open when either of them is."""
    return min(one, other, key=tuple(State).index)


_CLOSED_REPLY = gettext_noop("This conversation is closed. Reopen it, then send your reply.")
_OPEN_ALREADY = gettext_noop("This conversation is open already.")
# One sentence for each pair that `POSSIBLE` leaves out.
_WHY: dict[tuple[State, What], str] = {
    (State.CLOSED, What.ANSWERED): _CLOSED_REPLY,
    (State.CLOSED, What.HELD): _CLOSED_REPLY,
    (State.CLOSED, What.CLOSED): gettext_noop("This conversation is closed already."),
    (State.CLOSED, What.ROUTED): gettext_noop("This conversation is closed. Reopen it to give it to a department."),
    (State.CLOSED, What.INQUIRED): gettext_noop("This conversation is closed. Reopen it to ask a department."),
    (State.CLOSED, What.ASSIGNED): gettext_noop("This conversation is closed. Reopen it to take it."),
    (State.CLOSED, What.RELEASED): gettext_noop("This conversation is closed. Reopen it to give it back."),
    (State.ANSWERED, What.ASSIGNED): gettext_noop("This conversation is answered. Reopen it to take it."),
    (State.ANSWERED, What.RELEASED): gettext_noop("This conversation is answered. Reopen it to give it back."),
    (State.OPEN, What.RELEASED): gettext_noop("Nobody has this conversation."),
    (State.OPEN, What.REOPENED): _OPEN_ALREADY,
    (State.ASSIGNED, What.REOPENED): _OPEN_ALREADY,
    (State.AWAITING_DEPARTMENT, What.REOPENED): _OPEN_ALREADY,
}
