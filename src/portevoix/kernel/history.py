"""What the events of one conversation come to: its state, its waits, its promises, what is due.

The one place where events become time. The record stores the outcome on the conversation, the facts are read from the
same waits; replaying the events gives the same answer, so a deadline that passed stays missed whatever comes later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.states import OPEN_STATES, State, What, after

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a conversation with nothing due stands in the queue: after all that have something due."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, as much of it as time and state depend on. `at` is aware; `policy` is set on RECEIVED."""

    id: int
    what: What
    at: datetime
    message: int | None = None
    policy: int | None = None
    copy: bool = False
    automatic: bool = False
    promised_at: datetime | None = None
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """From a citizen's message until its answer. Times are UTC; None: not yet.

    `first_reply_at`: a person's first reply of any kind. `answer_at`: the first that settles the question.
    `promised_at`:
    what the latest holding reply promised. `copy`: the city was only named, so that nothing is due.
    """

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
    def due_at(self) -> datetime | None:
        """The next deadline: first contact, then the promised date. None once answered or closed, or in copy."""
        if not self.open or self.copy or self.closed_at is not None:
            return None
        if self.first_reply_at is None:
            return min(self.first_due_at, self.substance_due_at)
        return self.promised_at or self.substance_due_at


@dataclass(frozen=True, slots=True)
class Pledge:
    """A dated promise that a holding reply made. `renewed_at`: a later holding reply gave another date."""

    message: int | None
    made_at: datetime
    promised_at: datetime
    answered_at: datetime | None = None
    renewed_at: datetime | None = None

    @property
    def followed_at(self) -> datetime | None:
        """When the city came back on it, with the answer or with another date."""
        return min((at for at in (self.answered_at, self.renewed_at) if at), default=None)

    def outcome(self, now: datetime) -> str:
        """ "kept", "renewed", "late" (answered after the date), "broken" (the date passed in silence) or "due"."""
        followed = self.followed_at
        if followed is None or followed > self.promised_at:
            if self.answered_at:
                return "late"
            return "broken" if now > self.promised_at else "due"
        return "kept" if followed == self.answered_at else "renewed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands after its events."""

    state: State = State.OPEN
    assigned: bool = False
    inquiries: int = 0
    waits: tuple[Wait, ...] = ()
    pledges: tuple[Pledge, ...] = ()
    due_at: datetime | None = None

    @property
    def promised_at(self) -> datetime | None:
        """The date of the open promise, the earliest when there are several."""
        return min((pledge.promised_at for pledge in self.pledges if pledge.followed_at is None), default=None)

    @property
    def queue_at(self) -> datetime | None:
        """Its place in the inbox while it is open: by deadline, and what has none comes last."""
        return (self.due_at or NEVER) if self.state in OPEN_STATES else None


def stand(happenings: Iterable[Happening], clock: Callable[[int], ServiceClock]) -> Standing:
    """Folds events, in any order, into the standing. `clock` gives the service clock of a policy version.

    Events are taken by time and, at the same instant, by id: history that is imported late falls into its place.
    """
    standing = Standing()
    for happening in sorted(happenings, key=lambda h: (h.at, h.id)):
        standing = _step(standing, happening, clock)
    return replace(standing, due_at=_due(standing))


def _step(standing: Standing, h: Happening, clock: Callable[[int], ServiceClock]) -> Standing:
    assigned, inquiries = standing.assigned, standing.inquiries
    if h.what in (What.ASSIGNED, What.RELEASED):
        assigned = h.what is What.ASSIGNED
    elif h.what is What.HELD and h.assigned:
        assigned = True
    elif h.what is What.INQUIRED:
        inquiries += 1
    elif h.what is What.INFORMED:
        inquiries = max(0, inquiries - 1)
    elif h.what is What.ANSWERED:
        inquiries = 0
    if h.what is What.RECEIVED and h.automatic:
        return standing
    return Standing(
        state=after(standing.state, h.what, assigned=assigned, inquiring=inquiries > 0),
        assigned=assigned,
        inquiries=inquiries,
        waits=_waits(standing.waits, h, clock),
        pledges=_pledges(standing.pledges, h),
    )


def _waits(waits: tuple[Wait, ...], h: Happening, clock: Callable[[int], ServiceClock]) -> tuple[Wait, ...]:
    match h.what:
        case What.RECEIVED if _opens(waits, h):
            return (*waits, _opened(h, len(waits) + 1, clock))
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
    if not waits or waits[-1].first_reply_at or waits[-1].closed_at:
        return True
    return waits[-1].copy and not h.copy


def _opened(h: Happening, ordinal: int, clock: Callable[[int], ServiceClock]) -> Wait:
    if h.policy is None:
        raise ValueError("a message that opens a wait names its policy")
    service = clock(h.policy)
    return Wait(
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
    promised_at = h.promised_at or wait.promised_at
    return replace(wait, first_reply_at=first, holding_at=wait.holding_at or h.at, promised_at=promised_at)


def _pledges(pledges: tuple[Pledge, ...], h: Happening) -> tuple[Pledge, ...]:
    if h.what is What.ANSWERED:
        return tuple(p if p.answered_at else replace(p, answered_at=h.at) for p in pledges)
    if h.what is What.HELD and h.promised_at:
        renewed = tuple(p if p.followed_at else replace(p, renewed_at=h.at) for p in pledges)
        return (*renewed, Pledge(message=h.message, made_at=h.at, promised_at=h.promised_at))
    return pledges


def _due(standing: Standing) -> datetime | None:
    if standing.state not in OPEN_STATES:
        return None
    waits = [wait.due_at for wait in standing.waits]
    return min((due for due in (*waits, standing.promised_at) if due), default=None)
