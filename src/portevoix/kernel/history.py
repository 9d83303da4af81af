"""What the events of one conversation come to: its state, its waits, its promises, what is due.

The one place where events become time. The record stores the outcome on the conversation, the facts are read from the
same waits; replaying the events gives the same answer, so a deadline that passed stays missed whatever comes later.

Conversations that were joined are *strands* of one. Until they were, each has its own history; from then on, what
happens to one happens to all. A wait stays with the strand in which it opened: joining drops and answers nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.promises import Promise
from portevoix.kernel.states import OPEN_STATES, State, What, after, joined

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a conversation with nothing due stands in the queue: after all that have something due."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, as much of it as time and state depend on. `at` is aware; `policy` is set on RECEIVED.

    `strand`: the conversation that it happened to. On MERGED, `joins` is the strand that became part of it then, or,
    when `always`, that was part of it from the beginning and only looked apart. `inquiry`: on INQUIRED and INFORMED.
    """

    id: int
    what: What
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


@dataclass(frozen=True, slots=True)
class Wait:
    """From a citizen's message until its answer. Times are UTC; None: not yet.

    `first_reply_at`: a person's first reply of any kind. `answer_at`: the first that settles the question.
    `promised_at`: what the latest holding reply promised. `copy`: the city was only named, so that nothing is due.
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
class Standing:
    """Where a conversation stands after its events. `inquiries`: those that departments have not answered."""

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
        """Its place in the inbox while it is open: by deadline, and what has none comes last."""
        return (self.due_at or NEVER) if self.state in OPEN_STATES else None


def stand(happenings: Iterable[Happening], clock: Callable[[int], ServiceClock]) -> Standing:
    """Folds events, in any order, into the standing. `clock` gives the service clock of a policy version.

    Events are taken by time and, at the same instant, by id: history that is imported late falls into its place. Those
    of several strands end in one standing; each strand but one is named by the MERGED event that joins it.
    """
    told = sorted(happenings, key=lambda h: (h.at, h.id))
    strands, same = _Strands(), _Joins()
    for h in told:
        if h.always and h.joins is not None:
            same.join(h.joins, into=h.strand)
    for h in told:
        strand = same.home(h.strand)
        if h.joins is not None:
            strands.join(same.home(h.joins), into=strand)
        strands.put(strand, _step(strands.of(strand), replace(h, strand=strand), clock))
    standing = strands.whole()
    return replace(standing, due_at=_due(standing))


class _Joins:
    """Which strands have become part of which."""

    def __init__(self) -> None:
        self._into: dict[int, int] = {}

    def home(self, strand: int) -> int:
        while strand in self._into:
            strand = self._into[strand]
        return strand

    def join(self, strand: int, *, into: int) -> None:
        strand, home = self.home(strand), self.home(into)
        if strand != home:
            self._into[strand] = home


class _Strands:
    """Where each strand stands; those that were joined stand together."""

    def __init__(self) -> None:
        self._standings: dict[int, Standing] = {}
        self._joins = _Joins()

    def of(self, strand: int) -> Standing:
        return self._standings.get(self._joins.home(strand), Standing())

    def put(self, strand: int, standing: Standing) -> None:
        self._standings[self._joins.home(strand)] = standing

    def join(self, strand: int, *, into: int) -> None:
        brought = self._standings.pop(self._joins.home(strand), None)
        self._joins.join(strand, into=into)
        if brought:
            home = self._joins.home(into)
            self._standings[home] = _joined(self._standings[home], brought) if home in self._standings else brought

    def whole(self) -> Standing:
        """All of them as one; what no event joins, as if one did."""
        first, *others = self._standings.values() or [Standing()]
        return reduce(_joined, others, first)


def _joined(one: Standing, other: Standing) -> Standing:
    return Standing(
        state=joined(one.state, other.state),
        assigned=one.assigned or other.assigned,
        inquiries=one.inquiries | other.inquiries,
        waits=tuple(sorted((*one.waits, *other.waits), key=lambda wait: wait.opened_at)),
        promises=tuple(sorted((*one.promises, *other.promises), key=lambda promise: promise.made_at)),
    )


def _step(standing: Standing, h: Happening, clock: Callable[[int], ServiceClock]) -> Standing:
    if h.what is What.RECEIVED and h.automatic:
        return standing
    assigned, inquiries = standing.assigned, standing.inquiries
    if h.what in (What.ASSIGNED, What.RELEASED):
        assigned = h.what is What.ASSIGNED
    elif h.what is What.HELD and h.assigned:
        assigned = True
    elif h.what is What.INQUIRED:
        inquiries |= {h.inquiry or h.id}
    elif h.what is What.INFORMED:
        inquiries -= {h.inquiry or h.id}
    elif h.what is What.ANSWERED:
        inquiries = frozenset()
    return Standing(
        state=after(standing.state, h.what, assigned=assigned, inquiring=bool(inquiries)),
        assigned=assigned,
        inquiries=inquiries,
        waits=_waits(standing.waits, h, clock),
        promises=_promises(standing, h),
    )


def _waits(waits: tuple[Wait, ...], h: Happening, clock: Callable[[int], ServiceClock]) -> tuple[Wait, ...]:
    match h.what:
        case What.RECEIVED if _opens(waits, h):
            return (*waits, _opened(h, 1 + sum(wait.strand == h.strand for wait in waits), clock))
        case What.HELD | What.ANSWERED:
            return tuple(_replied(wait, h) for wait in waits)
        case What.CLOSED:
            return tuple(replace(w, closed_at=h.at) if w.open and w.closed_at is None else w for w in waits)
        case What.REOPENED:
            return tuple(replace(w, closed_at=None) if w.open else w for w in waits)
        case _:
            return waits


def _opens(waits: tuple[Wait, ...], h: Happening) -> bool:
    """A wait opens with the first message, then with the first after a reply or a closing; and with the first that
    speaks to the city when it had only been named in copy."""
    pending = [wait for wait in waits if wait.pending]
    return not pending or (not h.copy and all(wait.copy for wait in pending))


def _opened(h: Happening, ordinal: int, clock: Callable[[int], ServiceClock]) -> Wait:
    if h.policy is None:
        raise ValueError("a message that opens a wait names its policy")
    service = clock(h.policy)
    return Wait(
        strand=h.strand,
        ordinal=ordinal,
        message=h.message,
        opened_at=h.at,
        policy=h.policy,
        copy=h.copy,
        first_due_at=service.due_at(h.at, service.policy.first_contact),
        substance_due_at=service.due_at(h.at, service.policy.substance),
    )


def _replied(wait: Wait, h: Happening) -> Wait:
    if not wait.open:
        return wait
    first = wait.first_reply_at or h.at
    if h.what is What.ANSWERED:
        return replace(wait, first_reply_at=first, answer_at=h.at)
    return replace(
        wait,
        first_reply_at=first,
        holding_at=wait.holding_at or h.at,
        promised_at=h.promised_at or wait.promised_at,
    )


def _promises(standing: Standing, h: Happening) -> tuple[Promise, ...]:
    """The promises of `standing` after `h`. One that is not answered yet is given the new date; else one is made, to
    whoever has waited longest, or was answered last."""
    promises = standing.promises
    if h.what is What.ANSWERED:
        return tuple(p if p.answered_at else replace(p, answered_at=h.at) for p in promises)
    if h.what is not What.HELD or h.promised_at is None:
        return promises
    date = h.promised_at
    if any(p.answered_at is None for p in promises):
        return tuple(p if p.answered_at else p.move(date, at=h.at) for p in promises)
    waiting = [wait for wait in standing.waits if wait.open] or list(standing.waits[-1:])
    strand, ordinal = (waiting[0].strand, waiting[0].ordinal) if waiting else (h.strand, 0)
    return (*promises, Promise(h.message, h.at, date, date, strand, ordinal))


def _due(standing: Standing) -> datetime | None:
    if standing.state not in OPEN_STATES:
        return None
    waits = [wait.due_at for wait in standing.waits]
    return min((due for due in (*waits, standing.promised_at) if due), default=None)
