"""What may happen in which state, and where it leads: the whole table, written a second time."""

import pytest

from portevoix.kernel.errors import NotPossible
from portevoix.kernel.states import OPEN_STATES, POSSIBLE, EventType, State, after, check, combine_states

# "work": open, assigned or awaiting, by who has it and what is asked. "-": as it was. "(n)": refused, see WHY.
EXPECTED = """
              open      assigned  awaiting  answered  closed
received      work      work      work      work      work
held          work      work      work      work      (1)
answered      answered  answered  answered  answered  (1)
acknowledged  -         -         -         -         -
noted         -         -         -         -         -
routed        -         -         -         -         (2)
labelled      -         -         -         -         -
assigned      work      work      work      (3)       (4)
released      (5)       work      work      (6)       (7)
inquired      work      work      work      work      (8)
informed      work      work      work      -         -
amended       -         -         -         -         -
retracted     -         -         -         -         -
withdrawn     -         -         -         -         -
merged        work      work      work      -         -
erased        -         -         -         -         -
closed        closed    closed    closed    closed    (9)
reopened      (10)      (10)      (10)      work      work
"""
WHY = {
    "(1)": "This conversation is closed. Reopen it, then send your reply.",
    "(2)": "This conversation is closed. Reopen it to give it to a department.",
    "(3)": "This conversation is answered. Reopen it to take it.",
    "(4)": "This conversation is closed. Reopen it to take it.",
    "(5)": "Nobody has this conversation.",
    "(6)": "This conversation is answered. Reopen it to give it back.",
    "(7)": "This conversation is closed. Reopen it to give it back.",
    "(8)": "This conversation is closed. Reopen it to ask a department.",
    "(9)": "This conversation is closed already.",
    "(10)": "This conversation is open already.",
}
WORK = {  # (assigned, inquiring)
    (False, False): "open",
    (True, False): "assigned",
    (False, True): "awaiting",
    (True, True): "awaiting",
}


JOINED = """
              open      assigned  awaiting  answered  closed
open          open      open      open      open      open
assigned      open      assigned  assigned  assigned  assigned
awaiting      open      assigned  awaiting  awaiting  awaiting
answered      open      assigned  awaiting  answered  answered
closed        open      assigned  awaiting  answered  closed
"""


def cells(table: str = EXPECTED) -> list[tuple[str, str, str]]:
    header, *lines = table.strip().splitlines()
    states = header.split()
    found = []
    for line in lines:
        what, *row = line.split()
        assert len(row) == len(states), line
        found += [(state, what, cell) for state, cell in zip(states, row, strict=True)]
    return found


def test_the_table_is_whole() -> None:
    told = [(state, what) for state, what, _ in cells()]
    assert sorted(told) == sorted((state.value, what.value) for state in State for what in EventType)
    assert {what.value for what in POSSIBLE} == {what.value for what in EventType}
    assert {state.value for state in OPEN_STATES} == {"open", "assigned", "awaiting"}


@pytest.mark.parametrize(("state", "what", "expected"), cells())
def test_each_event_in_each_state_leads_where_the_table_says(state: str, what: str, expected: str) -> None:
    if expected in WHY:
        with pytest.raises(NotPossible) as refused:
            check(State(state), EventType(what))
        assert str(refused.value) == refused.value.text == WHY[expected]
        return
    check(State(state), EventType(what))
    for (assigned, inquiring), work in WORK.items():
        then = after(State(state), EventType(what), assigned=assigned, inquiring=inquiring)
        assert then == {"work": work, "-": state}.get(expected, expected), (assigned, inquiring)


@pytest.mark.parametrize(("one", "other", "expected"), cells(JOINED))
def test_two_that_become_one_leave_nothing_undone(one: str, other: str, expected: str) -> None:
    assert combine_states(State(one), State(other)) == expected
