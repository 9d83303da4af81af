"""The data of an edition: the messages of all departments, and the waits and promises of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from portevoix.exchange.prediction.embedding_config import source
from portevoix.journal.composition.statistics import KINDS, WEEKS_READ, Measure, WeekOfFacts
from portevoix.journal.editions.weeks import MOST_LEARNT, Week, weeks_before
from portevoix.record.facts import cut_off as find_cut_off
from portevoix.record.facts import facts_of_week
from portevoix.record.queries import journal as queries
from portevoix.record.queries import journal_lists as lists
from portevoix.record.queries.embeddings import stored_vectors
from portevoix.record.queries.journal import CitizenMessage, PromiseOutcome
from portevoix.record.queries.journal_lists import OpenWaits, ThreadMessage
from portevoix.record.queries.wait_states import WaitStates, read_wait_states
from portevoix.text.labels.embedding_model import unpack_vector
from portevoix.text.privacy import mask
from portevoix.text.privacy.equipment import mask_without_equipment
from portevoix.text.privacy.sensitive_subjects import is_sensitive

MOST_MASKED = 4_096
"""Number of masked texts that a process caches: a page of the running week is read again and again."""


class Conversations(Protocol):
    """What is known of conversations at the cut-off, beside the messages of the week."""

    def states(self, conversations: Collection[int]) -> WaitStates: ...

    def open_waits(self) -> OpenWaits:
        """Return who waits longest, of the edition's department."""

    def missed_dates(self, conversations: Collection[int]) -> Mapping[int, Sequence[tuple[datetime, datetime]]]:
        """Return from when until when a promised answer was overdue, by conversation."""

    def threads(self, conversations: Collection[int]) -> Mapping[int, Sequence[ThreadMessage]]:
        """Return the messages of conversations, by time."""

    def vectors(self, messages: Sequence[int]) -> Mapping[str, NDArray[np.float32]]:
        """Return the vectors of messages, of one encoder; none where there is none."""


@dataclass(frozen=True)
class RecordConversations:
    cut_off: datetime
    department: str

    def states(self, conversations: Collection[int]) -> WaitStates:
        return read_wait_states(conversations, cut_off=self.cut_off)

    def open_waits(self) -> OpenWaits:
        return lists.open_waits(cut_off=self.cut_off, department=self.department)

    def missed_dates(self, conversations: Collection[int]) -> Mapping[int, Sequence[tuple[datetime, datetime]]]:
        return lists.missed_dates(conversations, cut_off=self.cut_off)

    def threads(self, conversations: Collection[int]) -> Mapping[int, Sequence[ThreadMessage]]:
        return lists.read_threads(conversations, until=self.cut_off)

    def vectors(self, messages: Sequence[int]) -> Mapping[str, NDArray[np.float32]]:
        """Return the stored vectors of messages, of the city's first encoder."""
        encoders = source().encoders
        if not encoders:
            return {}
        return {str(pk): unpack_vector(content) for pk, content in stored_vectors(encoders[0], messages).items()}


@dataclass(frozen=True)
class WeekReading:
    """The data of the week and of the weeks before it, oldest first.

    `every` and `every_before` are the messages of all departments, whatever the edition is of: what is unusual in one
    is compared with the others, and with the weeks `learnt`, of which `before` are the last. With `alone` they are
    those of its own department and of the weeks `before`, in which nothing unusual can be looked for.
    `every_counted_before`: those of the weeks before until the hour at which the edition's own week stops.
    `facts_before`, the latest week first, reach further back: long horizons are compared with earlier weeks still.
    `withheld`: conversations of sensitive subjects. `shows_places`: addresses of public equipment stay in what is
    quoted, for a department that has to send somebody there. `spared`: names of the city's accounts, which are not
    masked. `replies_known`: the city's replies are among the data; `measures`: which reply measures rest on them.
    """

    week: Week
    department: str
    alone: bool
    cut_off: datetime
    before: tuple[Week, ...]
    learnt: tuple[Week, ...]
    every: tuple[CitizenMessage, ...]
    every_before: tuple[tuple[CitizenMessage, ...], ...]
    every_counted_before: tuple[tuple[CitizenMessage, ...], ...]
    facts: WeekOfFacts
    facts_before: tuple[WeekOfFacts, ...]
    promises: tuple[PromiseOutcome, ...]
    promises_before: tuple[tuple[PromiseOutcome, ...], ...]
    conversations: Conversations
    replies_known: bool = True
    measures: tuple[Measure, ...] = KINDS
    shows_places: bool = False
    withheld: frozenset[int] = frozenset()
    spared: tuple[str, ...] = ()

    @cached_property
    def messages(self) -> tuple[CitizenMessage, ...]:
        """The messages of the week, of the edition's department alone."""
        return self._own(self.every)

    @cached_property
    def messages_before(self) -> tuple[tuple[CitizenMessage, ...], ...]:
        return self._compared(self.every_before)

    @cached_property
    def counted_before(self) -> tuple[tuple[CitizenMessage, ...], ...]:
        """The messages of the weeks before, each until the hour at which the edition's own week stops."""
        return self._compared(self.every_counted_before)

    @cached_property
    def states(self) -> WaitStates:
        """The waits of the week's messages."""
        return self.conversations.states({message.conversation for message in self.messages})

    def _compared(self, weeks: Sequence[Sequence[CitizenMessage]]) -> tuple[tuple[CitizenMessage, ...], ...]:
        return tuple(map(self._own, weeks[len(self.learnt) - len(self.before) :]))

    @cached_property
    def sensitive(self) -> frozenset[int]:
        """The conversations of the week in which anything sensitive was written, then or before."""
        here = {each.conversation for each in self.every}
        said = chain(self.every, (each for week in self.every_before for each in week if each.conversation in here))
        return frozenset(each.conversation for each in said if is_sensitive(each.text))

    def may_quote(self, conversation: int, *texts: str) -> bool:
        """Return whether texts of a conversation may be quoted: nothing of one that is sensitive, or withheld."""
        return (
            conversation not in self.withheld
            and conversation not in self.sensitive
            and not any(map(is_sensitive, texts))
        )

    def mask(self, text: str, names: tuple[str, ...], lang: str) -> str:
        """Return a text as this edition may show it; `names` are the citizen's own."""
        return mask_text(text, names, lang, spared=self.spared, shows_places=self.shows_places)

    def mask_message(self, message: CitizenMessage) -> str:
        return self.mask(message.text, message.names, message.lang)

    def _own(self, messages: Sequence[CitizenMessage]) -> tuple[CitizenMessage, ...]:
        return tuple(each for each in messages if self.department in ("", each.department))


def _until_counted(week: Week, messages: Sequence[CitizenMessage]) -> tuple[CitizenMessage, ...]:
    return tuple(each for each in messages if each.sent_at < week.counted_until)


def learnt_weeks(week: Week, timezone: str) -> list[Week]:
    """Return the weeks from which it is known what is usual, oldest first, and the week itself."""
    first = queries.first_message_at()
    return [*weeks_before(week, first=first, timezone=timezone, most=MOST_LEARNT), week]


def read_week_of_record(
    week: Week, *, department: str, cut_off: datetime, timezone: str, now: datetime, alone: bool = False
) -> WeekReading:
    """Read what an edition is composed of. `department` is a slug, "" for the whole city; `alone`: see WeekReading."""
    only = [department] if department else None
    first = queries.first_message_at()
    before = weeks_before(week, first=first, timezone=timezone)
    learnt = before if alone else learnt_weeks(week, timezone)[:-1]
    others = only if alone else None
    further = weeks_before(week, first=first, timezone=timezone, most=WEEKS_READ)
    every_before = tuple(_read_messages(each.since, each.until, others) for each in learnt)
    return WeekReading(
        week=week,
        department=department,
        alone=alone,
        spared=queries.account_names(),
        cut_off=cut_off,
        before=tuple(before),
        learnt=tuple(learnt),
        every=_read_messages(week.since, week.counted_until, others),
        every_before=every_before,
        every_counted_before=tuple(map(_until_counted, learnt, every_before)),
        facts=WeekOfFacts(week.code, facts_of_week(week.code, cut_off=cut_off, departments=only)),
        facts_before=tuple(
            WeekOfFacts(each.code, facts_of_week(each.code, cut_off=cut_off, departments=only))
            for each in reversed(further)
        ),
        promises=_read_promises(week, cut_off, only),
        promises_before=tuple(_read_promises(each, find_cut_off(each.code, now=now), only) for each in before),
        conversations=RecordConversations(cut_off, department),
    )


def _read_promises(week: Week, cut_off: datetime, departments: list[str] | None) -> tuple[PromiseOutcome, ...]:
    rows = queries.promise_outcomes(since=week.since, until=week.until, cut_off=cut_off, departments=departments)
    return tuple(rows)


def _read_messages(since: datetime, until: datetime, departments: list[str] | None) -> tuple[CitizenMessage, ...]:
    return tuple(queries.citizen_messages(since=since, until=until, departments=departments))


@lru_cache(maxsize=MOST_MASKED)
def mask_text(
    text: str, names: tuple[str, ...], lang: str, *, spared: tuple[str, ...] = (), shows_places: bool = False
) -> str:
    """Return a citizen's text with personal data masked; `names` are the citizen's own."""
    masked = mask_without_equipment if shows_places else mask
    return masked(text, names=names, lang=lang.split("-")[0] or "fr", spared=spared)
