"""What a file tells of its conversations: who was replied to, what was promised, who waits."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from portevoix.journal.composition.compose_findings import is_thanks
from portevoix.journal.composition.file_labels import Entry
from portevoix.journal.composition.file_messages import read_wall, week_of_day
from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.labels import Sentiment
from portevoix.kernel.messages import Addressed, Direction, ReplyKind
from portevoix.kernel.promises import Promise, outcome_of, read_promise
from portevoix.measures.schema import Fact
from portevoix.measures.threads import name_of
from portevoix.measures.waits import observe_waits
from portevoix.record.queries.journal import CitizenMessage, PromiseOutcome
from portevoix.record.queries.journal_lists import MOST_LISTED, OpenWait, OpenWaits, ThreadMessage
from portevoix.record.queries.wait_states import Wait, WaitState, WaitStates


@dataclass(slots=True)
class _Wait:
    """A citizen's message that nobody had answered, and what the city did. `dates`: when given, and for when."""

    opening: CitizenMessage
    first_reply_at: datetime | None = None
    holding_at: datetime | None = None
    answer_at: datetime | None = None
    dates: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def state(self) -> WaitState:
        if self.answer_at:
            return WaitState.ANSWERED
        return WaitState.HOLDING if self.holding_at else WaitState.WAITING

    @property
    def promise(self) -> Promise | None:
        return read_promise(self.dates, answered_at=self.answer_at)


class FileConversations:
    """The conversations of a file at the cut-off. `department` "": all departments'.

    Where no reply is in the file nobody is said to wait: the city may have replied elsewhere.
    """

    def __init__(self, threads: Mapping[int, Sequence[Entry]], *, cut_off: datetime, department: str) -> None:
        self.cut_off, self.department = cut_off, department
        self._threads = threads
        self._waits = {number: list(_read_waits(thread, cut_off)) for number, thread in threads.items()}
        self.replies_known = any(wait.first_reply_at for waits in self._waits.values() for wait in waits)

    def states(self, conversations: Collection[int]) -> WaitStates:
        if not self.replies_known:
            return WaitStates({})
        return WaitStates(
            {
                n: [Wait(each.opening.sent_at, each.state, each.first_reply_at) for each in self._waits[n]]
                for n in conversations
            }
        )

    def open_waits(self) -> OpenWaits:
        if not self.replies_known:
            return OpenWaits((), 0, ())
        waits = [wait.opening for wait in self._every_wait() if not wait.first_reply_at and not is_thanks(wait.opening)]
        waits.sort(key=lambda opening: (opening.sent_at, opening.pk))
        rows = [
            OpenWait(each.conversation, each.department, each.text, each.lang, each.names, each.sent_at)
            for each in waits[:MOST_LISTED]
        ]
        return OpenWaits(tuple(rows), len(waits), tuple(each.conversation for each in rows))

    def missed_dates(self, conversations: Collection[int]) -> dict[int, list[tuple[datetime, datetime]]]:
        missed = defaultdict[int, list[tuple[datetime, datetime]]](list)
        for number in conversations:
            for wait in self._waits[number]:
                promise = wait.promise
                if promise and promise.promised_at < min(self.cut_off, wait.answer_at or self.cut_off):
                    missed[number].append((promise.promised_at, wait.answer_at or self.cut_off))
        return missed

    def threads(self, conversations: Collection[int]) -> dict[int, list[ThreadMessage]]:
        return {number: list(self._thread_messages(number)) for number in conversations}

    def vectors(self, messages: Sequence[int]) -> Mapping[str, NDArray[np.float32]]:
        """Return none: to encode a file takes minutes."""
        return {}

    def facts(self) -> dict[str, list[Fact]]:
        """Return the waits by the week in which they began, as the file knows them at the cut-off."""
        messages = [message for thread in self._threads.values() for message, _ in thread]
        known_until = min(self.cut_off, max((message.sent_at for message in messages), default=self.cut_off))
        openings = {
            name_of(message): citizen
            for thread in self._threads.values()
            for message, citizen in thread
            if citizen and citizen.begins
        }
        facts = defaultdict[str, list[Fact]](list)
        for fact in observe_waits(messages, account=None, until=known_until, clock=None):
            opening = openings.get(fact.wait)
            if opening and self.department in ("", opening.department):
                week = week_of_day(opening.sent_at.date())
                own = replace(fact, thread=str(opening.conversation), department=opening.department, week=week)
                facts[week].append(own)
        return facts

    def promises(self, monday: datetime, cut_off: datetime) -> tuple[PromiseOutcome, ...]:
        """Return the promises for the week that begins on that day, with their outcome at that week's cut-off."""
        rows = [
            PromiseOutcome(
                conversation=wait.opening.conversation,
                department=wait.opening.department,
                subject=wait.opening.text,
                lang=wait.opening.lang,
                names=wait.opening.names,
                made_at=promise.made_at,
                promised_at=promise.promised_at,
                answered_at=wait.answer_at if wait.answer_at and wait.answer_at <= cut_off else None,
                outcome=outcome_of(promise.promised_at, answered_at=wait.answer_at, now=cut_off),
                author=wait.opening.author,
            )
            for wait, promise in self._promises
            if monday <= read_wall(promise.promised_at) < monday + timedelta(weeks=1) and promise.made_at <= cut_off
        ]
        return tuple(sorted(rows, key=lambda row: row.promised_at))

    @cached_property
    def _promises(self) -> list[tuple[_Wait, Promise]]:
        return [(wait, promise) for wait in self._every_wait() if (promise := wait.promise)]

    def _every_wait(self) -> Iterator[_Wait]:
        """Yield the waits of the department."""
        for waits in self._waits.values():
            yield from (wait for wait in waits if self.department in ("", wait.opening.department))

    def _thread_messages(self, number: int) -> Iterator[ThreadMessage]:
        for message, citizen in self._threads[number]:
            if message.sent_at <= self.cut_off and not message.automatic:
                yield ThreadMessage(
                    pk=0,
                    is_reply=message.direction is Direction.OUT,
                    is_wrong=citizen is not None and citizen.valence == Sentiment.WRONG,
                    text=message.text[:BEGINNING],
                    sent_at=message.sent_at,
                    names=citizen.names if citizen else (),
                    lang=citizen.lang if citizen else message.lang,
                )


def _read_waits(thread: Sequence[Entry], cut_off: datetime) -> Iterator[_Wait]:
    """Yield the waits of a thread: the first message that nobody has answered opens one, an answer ends it."""
    wait: _Wait | None = None
    for message, citizen in thread:
        if message.sent_at > cut_off:
            break
        if citizen is not None:
            if wait is None and message.addressed is Addressed.DIRECT:
                wait = _Wait(citizen)
        elif wait is not None and message.direction is Direction.OUT and not message.automatic:
            wait.first_reply_at = wait.first_reply_at or message.sent_at
            if message.reply_kind is ReplyKind.HOLDING:
                wait.holding_at = wait.holding_at or message.sent_at
                wait.dates += [(message.sent_at, message.promised_at)] if message.promised_at else []
            else:
                wait.answer_at = message.sent_at
                yield wait
                wait = None
    if wait is not None:
        yield wait
