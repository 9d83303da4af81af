"""Replay of a conversation's events into its state, waits, promises and next deadline.

Nothing else derives times from events. The record stores the result on the conversation, and facts are read from the
same waits. Replaying the events always gives the same result, so a missed deadline stays missed whatever comes later.

Merged conversations are *strands* of one conversation. Each has its own history until the merge; from then on, an event
of one applies to all. A wait stays with the strand in which it opened: a merge neither drops nor answers it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.promises import Promise
from portevoix.kernel.states import OPEN_STATES, EventType, State, after, combine_states

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Queue time of a conversation without a deadline: it sorts after all that have one."""


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event, with the fields that times and state depend on. `at` is aware; `policy` is set on RECEIVED.

    `strand`: the conversation to which the event belongs. On MERGED, `joins` is the strand merged into it at that time
    or, when `always`, one that was part of it from the beginning. `inquiry`: on INQUIRED and INFORMED. `written_at`: on
    a RECEIVED that came in after a decision at the desk, which nobody could take for it, when it was written before.
    """

    id: int
    what: EventType
    at: datetime
    message: int | None = None
    policy: int | None = None
    copy: bool = False
    automatic: bool = False
    promised_at: datetime | None = None
    assigned: bool = False
    inquiry: int | None = None
    strand: int = 0
    joins: int | None = None
    always: bool = False
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """From a citizen's message until its answer. Times are UTC; None: not yet.

    `first_reply_at`: a person's first reply of any kind. `answer_at`: the first that settles the question.
    `promised_at`: the date that the latest holding reply promised. `copy`: the city was only named, so nothing is due.
    `ordinal` counts from 1 within the strand.
    """

    strand: int
    ordinal: int
    message: int | None
    opened_at: datetime
    policy: int
    copy: bool
    first_due_at: datetime
    substance_due_at: datetime
    first_reply_at: datetime | None = None
    holding_at: datetime | None = None
    promised_at: datetime | None = None
    answer_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.answer_at is None

    @property
    def pending(self) -> bool:
        """Nobody replied, and nobody closed it."""
        return self.first_reply_at is None and self.closed_at is None

    @property
    def due_at(self) -> datetime | None:
        """The next deadline: first contact, then the promised date. None once answered or closed, or in copy."""
        if not self.open or self.copy or self.closed_at is not None:
            return None
        if self.first_reply_at is None:
            return min(self.first_due_at, self.substance_due_at)
        return self.promised_at or self.substance_due_at


@dataclass(frozen=True, slots=True)
class ConversationState:
    """A conversation's state after its events. `inquiries`: those that departments have not answered."""

    state: State = State.OPEN
    assigned: bool = False
    inquiries: frozenset[int] = frozenset()
    waits: tuple[Wait, ...] = ()
    promises: tuple[Promise, ...] = ()
    due_at: datetime | None = None

    @property
    def promised_at(self) -> datetime | None:
        """The latest date of the open promise, the earliest of them when there are several."""
        return min((promise.latest_at for promise in self.promises if promise.answered_at is None), default=None)

    @property
    def queue_at(self) -> datetime | None:
        """Sort key in the inbox while the conversation is open: its deadline; conversations without one come last."""
        return (self.due_at or NEVER) if self.state in OPEN_STATES else None


def replay(happenings: Iterable[HistoryEvent], clock: Callable[[int], ServiceClock]) -> ConversationState:
    """Return the state that the events lead to. `clock` returns the service clock of a policy version.

    Events may come in any order: they are sorted by time and, at the same instant, by id, so that history imported late
    takes its place. Events of several strands give one state; a MERGED event names each strand but one.
    """
    events = sorted(happenings, key=lambda h: (h.at, h.id))
    strands, same = _Strands(), _Joins()
    for h in events:
        if h.always and h.joins is not None:
            same.join(h.joins, into=h.strand)
    for h in events:
        strand = same.root_of(h.strand)
        if h.joins is not None:
            strands.join(same.root_of(h.joins), into=strand)
        strands.store(strand, _step(strands.of(strand), replace(h, strand=strand), clock))
    standing = strands.combine()
    return replace(standing, due_at=_due(standing))


class _Joins:
    """The strand into which each merged strand went."""

    def __init__(self) -> None:
        self._into: dict[int, int] = {}

    def root_of(self, strand: int) -> int:
        while strand in self._into:
            strand = self._into[strand]
        return strand

    def join(self, strand: int, *, into: int) -> None:
        strand, home = self.root_of(strand), self.root_of(into)
        if strand != home:
            self._into[strand] = home


class _Strands:
    """The state of each strand; merged strands share one."""

    def __init__(self) -> None:
        self._standings: dict[int, ConversationState] = {}
        self._joins = _Joins()

    def of(self, strand: int) -> ConversationState:
        return self._standings.get(self._joins.root_of(strand), ConversationState())

    def store(self, strand: int, standing: ConversationState) -> None:
        self._standings[self._joins.root_of(strand)] = standing

    def join(self, strand: int, *, into: int) -> None:
        standing = self._standings.pop(self._joins.root_of(strand), None)
        self._joins.join(strand, into=into)
        if standing:
            home = self._joins.root_of(into)
            self._standings[home] = _combine(self._standings[home], standing) if home in self._standings else standing

    def combine(self) -> ConversationState:
        """Return the state of all strands together, including those that no event merges."""
        first, *others = self._standings.values() or [ConversationState()]
        return reduce(_combine, others, first)


def _combine(one: ConversationState, other: ConversationState) -> ConversationState:
    return ConversationState(
        state=combine_states(one.state, other.state),
        assigned=one.assigned or other.assigned,
        inquiries=one.inquiries | other.inquiries,
        waits=tuple(sorted((*one.waits, *other.waits), key=lambda wait: wait.opened_at)),
        promises=tuple(sorted((*one.promises, *other.promises), key=lambda promise: promise.made_at)),
    )


def _step(standing: ConversationState, h: HistoryEvent, clock: Callable[[int], ServiceClock]) -> ConversationState:
    if h.what is EventType.RECEIVED and h.automatic:
        return standing
    is_assigned, inquiries = standing.assigned, standing.inquiries
    if h.what in (EventType.ASSIGNED, EventType.RELEASED):
        is_assigned = h.what is EventType.ASSIGNED
    elif h.what is EventType.HELD and h.assigned:
        is_assigned = True
    elif h.what is EventType.INQUIRED:
        inquiries |= {h.inquiry or h.id}
    elif h.what is EventType.INFORMED:
        inquiries -= {h.inquiry or h.id}
    elif h.what is EventType.ANSWERED:
        inquiries = frozenset()
    return ConversationState(
        state=after(standing.state, h.what, assigned=is_assigned, inquiring=bool(inquiries)),
        assigned=is_assigned,
        inquiries=inquiries,
        waits=_waits(standing.waits, h, clock),
        promises=_promises(standing, h),
    )


def _waits(waits: tuple[Wait, ...], h: HistoryEvent, clock: Callable[[int], ServiceClock]) -> tuple[Wait, ...]:
    match h.what:
        case EventType.RECEIVED if _opens(waits, h):
            return (*waits, _open_wait(h, 1 + sum(wait.strand == h.strand for wait in waits), clock))
        case EventType.HELD | EventType.ANSWERED:
            return tuple(_record_reply(wait, h) for wait in waits)
        case EventType.CLOSED:
            return tuple(replace(w, closed_at=h.at) if w.open and w.closed_at is None else w for w in waits)
        case EventType.REOPENED:
            return tuple(replace(w, closed_at=None) if w.open else w for w in waits)
        case _:
            return waits


def _opens(waits: tuple[Wait, ...], h: HistoryEvent) -> bool:
    """Return whether a message opens a wait.

    The first message does, the first after a reply or a closing, and the first addressed to the city when earlier ones
    only named it in copy.
    """
    pending = [wait for wait in waits if wait.pending]
    return not pending or (not h.copy and all(wait.copy for wait in pending))


def _open_wait(h: HistoryEvent, ordinal: int, clock: Callable[[int], ServiceClock]) -> Wait:
    if h.policy is None:
        raise ValueError("a message that opens a wait names its policy")
    service, opened_at = clock(h.policy), h.written_at or h.at
    return Wait(
        strand=h.strand,
        ordinal=ordinal,
        message=h.message,
        opened_at=opened_at,
        policy=h.policy,
        copy=h.copy,
        first_due_at=service.due_at(opened_at, service.policy.first_contact),
        substance_due_at=service.due_at(opened_at, service.policy.substance),
    )


def _record_reply(wait: Wait, h: HistoryEvent) -> Wait:
    if not wait.open:
        return wait
    first = wait.first_reply_at or h.at
    if h.what is EventType.ANSWERED:
        return replace(wait, first_reply_at=first, answer_at=h.at)
    return replace(
        wait,
        first_reply_at=first,
        holding_at=wait.holding_at or h.at,
        promised_at=h.promised_at or wait.promised_at,
    )


def _promises(standing: ConversationState, h: HistoryEvent) -> tuple[Promise, ...]:
    """Return the promises of `standing` after `h`.

    A promise not yet answered gets the new date. Otherwise a new one is added, for the longest open wait, or for the
    last wait when none is open.
    """
    promises = standing.promises
    if h.what is EventType.ANSWERED:
        return tuple(p if p.answered_at else replace(p, answered_at=h.at) for p in promises)
    if h.what is not EventType.HELD or h.promised_at is None:
        return promises
    date = h.promised_at
    if any(p.answered_at is None for p in promises):
        return tuple(p if p.answered_at else p.move(date, at=h.at) for p in promises)
    waiting = [wait for wait in standing.waits if wait.open] or list(standing.waits[-1:])
    strand, ordinal = (waiting[0].strand, waiting[0].ordinal) if waiting else (h.strand, 0)
    return (*promises, Promise(h.message, h.at, date, date, strand, ordinal))


def _due(standing: ConversationState) -> datetime | None:
    if standing.state not in OPEN_STATES:
        return None
    waits = [wait.due_at for wait in standing.waits]
    return min((due for due in (*waits, standing.promised_at) if due), default=None)
