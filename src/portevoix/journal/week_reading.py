"""The record's data of an edition: the messages of all departments, and the waits and promises of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from portevoix.journal.statistics import WEEKS_READ, WeekOfFacts
from portevoix.journal.weeks import MOST_LEARNT, Week, weeks_before
from portevoix.record.facts import cut_off as find_cut_off
from portevoix.record.facts import facts_of_week
from portevoix.record.queries import journal as queries
from portevoix.record.queries.journal import CitizenMessage, PromiseOutcome
from portevoix.record.queries.wait_states import WaitStates, read_wait_states
from portevoix.text.privacy import mask
from portevoix.text.privacy.equipment import mask_without_equipment

MOST_MASKED = 4_096
"""Number of masked texts that a process caches: a page of the running week is read again and again."""


@dataclass(frozen=True)
class WeekReading:
    """The data of the week and of the weeks before it, oldest first.

    `every` and `every_before` are the messages of all departments, whatever the edition is of: what is unusual in one
    is compared with the others, and with the weeks `learnt`, of which `before` are the last. With `alone` they are
    those of its own department and of the weeks `before`, in which nothing unusual can be looked for. `facts_before`,
    the latest week first, reach further back: long horizons are compared with earlier weeks still. `shows_places`:
    addresses of public equipment stay in what is quoted, for a department that has to send somebody there.
    """

    week: Week
    department: str
    alone: bool
    cut_off: datetime
    before: tuple[Week, ...]
    learnt: tuple[Week, ...]
    every: tuple[CitizenMessage, ...]
    every_before: tuple[tuple[CitizenMessage, ...], ...]
    facts: WeekOfFacts
    facts_before: tuple[WeekOfFacts, ...]
    promises: tuple[PromiseOutcome, ...]
    promises_before: tuple[tuple[PromiseOutcome, ...], ...]
    shows_places: bool = False

    @cached_property
    def messages(self) -> tuple[CitizenMessage, ...]:
        """The messages of the week, of the edition's department alone."""
        return self._own(self.every)

    @cached_property
    def messages_before(self) -> tuple[tuple[CitizenMessage, ...], ...]:
        return tuple(map(self._own, self.every_before[len(self.learnt) - len(self.before) :]))

    @cached_property
    def counted_before(self) -> tuple[tuple[CitizenMessage, ...], ...]:
        """The messages of the weeks before, each until the hour at which the edition's own week stops."""
        return tuple(map(_until_counted, self.before, self.messages_before))

    @cached_property
    def every_counted_before(self) -> tuple[tuple[CitizenMessage, ...], ...]:
        return tuple(map(_until_counted, self.learnt, self.every_before))

    @cached_property
    def states(self) -> WaitStates:
        """The waits of the week's messages."""
        return read_wait_states({message.conversation for message in self.messages}, cut_off=self.cut_off)

    def mask(self, text: str, names: tuple[str, ...], lang: str) -> str:
        """Return a text as this edition may show it; `names` are the citizen's own."""
        return mask_text(text, names, lang, shows_places=self.shows_places)

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
    return WeekReading(
        week=week,
        department=department,
        alone=alone,
        cut_off=cut_off,
        before=tuple(before),
        learnt=tuple(learnt),
        every=tuple(queries.citizen_messages(since=week.since, until=week.counted_until, departments=others)),
        every_before=tuple(
            tuple(queries.citizen_messages(since=each.since, until=each.until, departments=others)) for each in learnt
        ),
        facts=WeekOfFacts(week.code, facts_of_week(week.code, cut_off=cut_off, departments=only)),
        facts_before=tuple(
            WeekOfFacts(each.code, facts_of_week(each.code, cut_off=cut_off, departments=only))
            for each in reversed(further)
        ),
        promises=tuple(queries.promise_outcomes(since=week.since, until=week.until, cut_off=cut_off, departments=only)),
        promises_before=tuple(
            tuple(
                queries.promise_outcomes(
                    since=each.since,
                    until=each.until,
                    cut_off=find_cut_off(each.code, now=now),
                    departments=only,
                )
            )
            for each in before
        ),
    )


@lru_cache(maxsize=MOST_MASKED)
def mask_text(text: str, names: tuple[str, ...], lang: str, *, shows_places: bool = False) -> str:
    """Return a citizen's text with personal data masked; `names` are the citizen's own."""
    masked = mask_without_equipment if shows_places else mask
    return masked(text, names=names, lang=lang.split("-")[0] or "fr")
