"""Composition of the edition of a week from a file of messages alone: no record is read, and none is needed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from portevoix.journal.composition import statistics
from portevoix.journal.composition.compose import compose_sections
from portevoix.journal.composition.file_conversations import FileConversations
from portevoix.journal.composition.file_labels import LabelledThreads, label_threads
from portevoix.journal.composition.file_messages import Window, read_wall, week_of_day
from portevoix.journal.composition.statistics import WEEKS_READ, WeekOfFacts
from portevoix.journal.composition.week_reading import WeekReading
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.weeks import MOST_COMPARED, MOST_LEARNT, Week, shift_week
from portevoix.journal.findings.contents import Subject
from portevoix.kernel.clock import parse_week
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Incoming
from portevoix.record.facts import MONDAY_MORNING
from portevoix.record.queries.journal import CitizenMessage
from portevoix.text import starter
from portevoix.text.tokens import fold

MOST_NAMED = 20
"""Departments that an error names."""


@dataclass(frozen=True)
class FileEdition:
    """An edition from a file. `external_ids`: those of the file by the edition's ids; `predicted`: labels it lacked."""

    edition: Edition
    external_ids: Mapping[str, str]
    predicted: tuple[str, ...]


@dataclass(frozen=True)
class _Reach:
    """The week and where it stops, and the weeks before it, oldest first."""

    week: Week
    cut_off: datetime
    final: bool
    learnt: tuple[Week, ...]


def compose_file(
    messages: Iterable[Incoming], *, week: str, department: str = "", previous: Sequence[Subject] = (), now: datetime
) -> FileEdition:
    """Compose the edition of a week by each message's own offset. `previous`: subjects, with the file's ids.

    Raise BadInput for an invalid week, one without messages, and a department that no message has.
    """
    window = Window(week)
    for message in messages:
        window.add(message)
    if week not in window.weeks:
        raise _empty_week(week, window, now)
    reach = _find_reach(window, week, now)
    labelled = label_threads(window)
    by_week = _group_by_week(labelled)
    names = _names(by_week, department, window.departments)
    reading = _read(labelled, by_week, reach, department)
    numbers = {external: number for number, external in labelled.external_ids.items()}
    known = [
        replace(each, message_ids=tuple(numbers[id] for id in each.message_ids if id in numbers)) for each in previous
    ]
    edition = Edition(
        week=week,
        department=department,
        city="",
        timezone="",
        since=reach.week.since,
        until=reach.week.until,
        cut_off=reach.cut_off,
        final=reach.final,
        compared=len(reading.before),
        department_names=names,
        sections=compose_sections(reading, names, previous=known),
    )
    return FileEdition(edition, labelled.external_ids, labelled.predicted)


def _empty_week(week: str, window: Window, now: datetime) -> BadInput:
    if not window.weeks:
        return BadInput(gettext_noop("No message in the file is from a citizen."))
    if parse_week(week) > now.date() and week > max(window.weeks):
        return BadInput(gettext_noop("The week {week} has not begun yet."), week=week)
    message = gettext_noop("No message in the file is of {week}; it has messages from {first} to {last}.")
    return BadInput(message, week=week, first=min(window.weeks), last=max(window.weeks))


def _find_reach(window: Window, week: str, now: datetime) -> _Reach:
    """Return the week's bounds in the offset of most of its messages.

    A week that runs by the clock stops now, and so do those that it is compared with; a week of later years is whole.
    """
    zone = window.offset() or UTC
    since = window.monday.replace(tzinfo=zone)
    until = since + timedelta(weeks=1)
    final = until + MONDAY_MORNING
    cut_off = now.astimezone(zone) if since <= now < final else final
    own = Week(week, since, until, min(until, cut_off))
    codes = [shift_week(week, -back) for back in range(MOST_LEARNT, 0, -1)]
    learnt = tuple(
        Week(code, *(each - timedelta(weeks=back) for each in (since, until, own.counted_until)))
        for back, code in zip(range(MOST_LEARNT, 0, -1), codes, strict=True)
        if code >= min(window.weeks)
    )
    return _Reach(own, cut_off, cut_off == final, learnt)


def _group_by_week(labelled: LabelledThreads) -> dict[str, list[CitizenMessage]]:
    """Return the citizens' messages by their own week, by time."""
    weeks: dict[str, list[CitizenMessage]] = {}
    every = (citizen for thread in labelled.threads.values() for _, citizen in thread if citizen)
    for each in sorted(every, key=lambda citizen: (citizen.sent_at, citizen.pk)):
        weeks.setdefault(week_of_day(each.sent_at.date()), []).append(each)
    return weeks


def _names(by_week: Mapping[str, Sequence[CitizenMessage]], department: str, named: set[str]) -> dict[str, str]:
    """Return the names of departments by slug: the usual ones where the slug is usual. Raise BadInput for none."""
    slugs = named | {each.department for some in by_week.values() for each in some if each.department}
    if department and department not in slugs:
        listed = ", ".join(sorted(slugs)[:MOST_NAMED]) or "–"
        message = gettext_noop("No message in the file is of a department “{slug}”; it has: {listed}.")
        raise BadInput(message, slug=department, listed=listed)
    usual = {each.slug: each.name for each in starter.departments()}
    names = {slug: usual.get(slug, slug) for slug in slugs}
    return dict(sorted(names.items(), key=lambda pair: fold(pair[1])))


def _read(
    labelled: LabelledThreads, by_week: Mapping[str, Sequence[CitizenMessage]], reach: _Reach, department: str
) -> WeekReading:
    conversations = FileConversations(labelled.threads, cut_off=reach.cut_off, department=department)
    facts = conversations.facts() if conversations.replies_known else {}
    before = reach.learnt[-MOST_COMPARED:]
    every_before = tuple(tuple(by_week.get(each.code, ())) for each in reach.learnt)
    own = by_week[reach.week.code]
    return WeekReading(
        week=reach.week,
        department=department,
        alone=False,
        cut_off=reach.cut_off,
        before=before,
        learnt=reach.learnt,
        every=tuple(own),
        every_before=every_before,
        every_counted_before=tuple(map(_until_counted, reach.learnt, every_before)),
        facts=WeekOfFacts(reach.week.code, facts.get(reach.week.code, [])),
        facts_before=tuple(
            WeekOfFacts(each.code, facts.get(each.code, [])) for each in reversed(reach.learnt[-WEEKS_READ:])
        ),
        promises=conversations.promises(read_wall(reach.week.since), reach.cut_off),
        promises_before=tuple(
            conversations.promises(read_wall(each.since), each.until + MONDAY_MORNING) for each in before
        ),
        conversations=conversations,
        replies_known=conversations.replies_known,
        measures=statistics.ELAPSED,
    )


def _until_counted(week: Week, messages: Sequence[CitizenMessage]) -> tuple[CitizenMessage, ...]:
    until = read_wall(week.counted_until)
    return tuple(each for each in messages if read_wall(each.sent_at) < until)
