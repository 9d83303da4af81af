"""Waits read from the messages of any city, as seen from outside: only authors and times are known.

Only the first wait of each thread is observed. The thread's earliest message opens it, so no reply can be earlier, and
a thread needs to store only a few earliest instants: messages may come in any order, and a message costs the same few
bytes, whatever its length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portevoix.kernel.clock import ServiceClock, seconds_between, week_of
from portevoix.kernel.messages import Addressed, Direction, Incoming, ReplyKind
from portevoix.kernel.promises import Promise, read_promise
from portevoix.measures.schema import Fact, Source, count_promises
from portevoix.measures.threads import Threads, order_of


def observe(
    messages: Iterable[Incoming],
    *,
    account: str | None,
    until: datetime,
    clock: ServiceClock | None,
    timezone: str = "UTC",
) -> list[Fact]:
    """Return one fact per thread whose earliest message is a citizen's and addresses the city, in order of opening.

    `account` selects the messages of that account, inbound and outbound (an `out` message carries the account that sent
    it); None selects all. Messages sent after the aware instant `until` are ignored; waits unanswered by then are
    censored there. Without a `clock` the city is taken to be always open.

    Threads are those of `measures.threads`, within the same channel and account. A reply may be of the same second as
    the message that it answers: many networks give whole seconds only, and the opening message cannot come after its
    reply. A reply that is not marked as holding counts as an answer, since few networks mark them.
    """
    until = until.astimezone(UTC)
    books: dict[tuple[str, str], _Book] = {}
    for message in messages:
        if account in (None, message.account) and message.sent_at <= until:
            books.setdefault((message.channel, message.account), _Book()).add(message)
    facts = [
        _fact(thread, place=place, until=until, clock=clock, timezone=timezone)
        for place, book in books.items()
        for thread in book.threads()
        if thread.is_a_wait
    ]
    return sorted(facts, key=lambda fact: (fact.opened_at, fact.wait))


@dataclass(slots=True)
class _Opening:
    """Fields stored of a thread's earliest message."""

    order: tuple[datetime, bool, bool, str]
    sent_at: datetime
    outbound: bool
    external_id: str
    copy: bool
    thread: str


@dataclass(slots=True)
class _Thread:
    """Fields stored of a thread, whose messages may arrive in any order."""

    opening: _Opening
    first_reply: datetime | None = None
    answer: datetime | None = None
    holding: datetime | None = None
    promises: list[tuple[datetime, datetime]] = field(default_factory=list)

    @classmethod
    def of(cls, message: Incoming) -> "_Thread":
        """Return the thread of a single message."""
        outbound = message.direction is Direction.OUT
        sent_at = message.sent_at.astimezone(UTC)
        thread = cls(
            _Opening(
                order=order_of(message),
                sent_at=sent_at,
                outbound=outbound,
                external_id=message.external_id,
                copy=message.addressed is Addressed.COPY,
                thread=message.thread or message.in_reply_to or message.external_id,
            )
        )
        if outbound and not message.automatic:
            thread.first_reply = sent_at
            if message.reply_kind is not ReplyKind.HOLDING:
                thread.answer = sent_at
            else:
                thread.holding = sent_at
                thread.promises = [(sent_at, message.promised_at.astimezone(UTC))] if message.promised_at else []
        return thread

    def join(self, other: "_Thread") -> None:
        """Merge `other`, a part of the same thread, into this one."""
        self.opening = min(self.opening, other.opening, key=lambda opening: opening.order)
        self.first_reply = _earlier(self.first_reply, other.first_reply)
        self.answer = _earlier(self.answer, other.answer)
        self.holding = _earlier(self.holding, other.holding)
        self.promises += other.promises

    @property
    def is_a_wait(self) -> bool:
        return not self.opening.outbound and not self.opening.copy

    @property
    def promise(self) -> Promise | None:
        return read_promise(self.promises, answered_at=self.answer)


class _Book:
    """The threads of one account."""

    def __init__(self) -> None:
        self._threads = Threads()
        self._by_root: dict[int, _Thread] = {}

    def add(self, message: Incoming) -> None:
        update = self._threads.add(message)
        if update is None:
            return
        thread = _Thread.of(message)
        for part in update.parts:
            if part in self._by_root:
                thread.join(self._by_root.pop(part))
        self._by_root[update.thread] = thread

    def threads(self) -> Iterator[_Thread]:
        yield from self._by_root.values()


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _fact(
    thread: _Thread, *, place: tuple[str, str], until: datetime, clock: ServiceClock | None, timezone: str
) -> Fact:
    channel, account = place
    opened_at, promise = thread.opening.sent_at, thread.promise

    def elapsed_s(end: datetime) -> int:
        return seconds_between(opened_at, end)

    def service_s(end: datetime) -> int:
        return clock.elapsed(opened_at, end) if clock else elapsed_s(end)

    return Fact(
        source=Source.OBSERVED,
        channel=channel,
        account=account,
        wait=f"{channel}:{account}:{thread.opening.external_id}",
        thread=thread.opening.thread,
        ordinal=1,
        opened_at=opened_at,
        addressed=Addressed.DIRECT,
        first_reply_at=thread.first_reply,
        answer_at=thread.answer,
        holding_at=thread.holding,
        censored_at=until,
        first_elapsed_s=elapsed_s(thread.first_reply) if thread.first_reply else None,
        answer_elapsed_s=elapsed_s(thread.answer) if thread.answer else None,
        censored_elapsed_s=elapsed_s(until),
        first_service_s=service_s(thread.first_reply) if thread.first_reply else None,
        answer_service_s=service_s(thread.answer) if thread.answer else None,
        censored_service_s=service_s(until),
        **count_promises([promise.outcome(until)] if promise else []),
        week=week_of(opened_at, timezone),
    )
