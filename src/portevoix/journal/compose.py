"""Composition of the edition of a week, for a department or the whole city, from the record."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext_noop

from portevoix.journal import statistics
from portevoix.journal.edition import (
    Count,
    DepartmentRow,
    Departments,
    Edition,
    Pledged,
    Promises,
    Section,
    Side,
    Tally,
    Voices,
    Volume,
    Word,
    Words,
)
from portevoix.journal.quotations import Heard, choose, held, shortened
from portevoix.journal.statistics import WeekOfFacts
from portevoix.journal.weeks import Week, this_week, weeks_before
from portevoix.kernel.errors import BadInput
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.kernel.promises import Outcome
from portevoix.measures.schema import Fact
from portevoix.record.facts import cut_off as find_cut_off
from portevoix.record.facts import facts_of_week
from portevoix.record.queries import city as houses
from portevoix.record.queries import journal as queries
from portevoix.record.queries.journal import Promised, Said
from portevoix.text.privacy import mask
from portevoix.text.similarity.keywords import telling_words
from portevoix.text.tokens import fold

MOST_MASKED = 4_096
"""Number of masked texts that a process caches: a page of the running week is read again and again."""
MOST_WORDS = 12
MOST_PROMISES = 12
GIST_CHARACTERS = 90
OUTCOMES = (Outcome.BROKEN, Outcome.LATE, Outcome.OPEN, Outcome.KEPT)
"""The most important outcome comes first."""
ROLES = ("request", "reminder", "thanks")
_MASK = re.compile(r"\[[^\[\]\n]*\]")


@dataclass(frozen=True, slots=True)
class _Reading:
    """The data of the week and of the weeks before it, oldest first.

    `facts_before`, the latest week first, reach further back: long horizons are compared with earlier weeks still.
    """

    week: Week
    before: tuple[Week, ...]
    messages: tuple[Said, ...]
    messages_before: tuple[tuple[Said, ...], ...]
    counted_before: tuple[tuple[Said, ...], ...]
    facts: WeekOfFacts
    facts_before: tuple[WeekOfFacts, ...]
    promises: tuple[Promised, ...]
    promises_before: tuple[tuple[Promised, ...], ...]


def compose(*, week: str, department: str = "", now: datetime) -> Edition:
    """Compose the edition: at the week's stored cut-off once that has passed, and until then at `now`.

    `department` is a slug, "" for the whole city. Raise BadInput for an invalid week or one that has not begun, for an
    unknown department, and where no city has been founded.
    """
    city = houses.city()
    if city is None:
        raise BadInput(gettext_noop("There is no city yet. Found it with: portevoix init"))
    if department and houses.department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department)
    cut_off = find_cut_off(week, now=now)
    own = this_week(week, cut_off=cut_off, timezone=city.timezone)
    if own.since > now:
        raise BadInput(gettext_noop("The week {week} has not begun yet."), week=week)
    reading = _read(own, department=department, cut_off=cut_off, timezone=city.timezone, now=now)
    names = _names(reading)
    return Edition(
        week=week,
        department=department,
        city=city.name,
        timezone=city.timezone,
        since=own.since,
        until=own.until,
        cut_off=cut_off,
        final=cut_off < now,
        compared=len(reading.before),
        department_names=names,
        sections=_sections(reading, names, whole=not department),
    )


def _read(week: Week, *, department: str, cut_off: datetime, timezone: str, now: datetime) -> _Reading:
    only = [department] if department else None
    before = weeks_before(week, first=queries.first_message_at(), timezone=timezone)
    cut_offs = [find_cut_off(each.code, now=now) for each in before]
    further = weeks_before(week, first=queries.first_message_at(), timezone=timezone, most=statistics.WEEKS_READ)
    earlier_messages = [queries.said(since=each.since, until=each.until, departments=only) for each in before]
    pairs = list(zip(before, cut_offs, strict=True))
    return _Reading(
        week=week,
        before=tuple(before),
        messages=tuple(queries.said(since=week.since, until=week.counted_until, departments=only)),
        messages_before=tuple(map(tuple, earlier_messages)),
        counted_before=tuple(
            tuple(message for message in messages if message.sent_at < each.counted_until)
            for each, messages in zip(before, earlier_messages, strict=True)
        ),
        facts=WeekOfFacts(week.code, facts_of_week(week.code, cut_off=cut_off, departments=only)),
        facts_before=tuple(
            WeekOfFacts(each.code, facts_of_week(each.code, cut_off=cut_off, departments=only))
            for each in reversed(further)
        ),
        promises=tuple(queries.promises(since=week.since, until=week.until, cut_off=cut_off, departments=only)),
        promises_before=tuple(
            tuple(queries.promises(since=each.since, until=each.until, cut_off=end, departments=only))
            for each, end in pairs
        ),
    )


def _names(reading: _Reading) -> dict[str, str]:
    """Return the active departments' names by slug, in alphabetical order, and those of others that appear."""
    slugs = {message.department for week in (reading.messages, *reading.messages_before) for message in week}
    slugs.update(promise.department for promise in reading.promises)
    rows = [row for row in houses.departments() if row.active or row.slug in slugs]
    return {row.slug: row.name for row in sorted(rows, key=lambda row: fold(row.name))}


def _sections(reading: _Reading, names: dict[str, str], *, whole: bool) -> tuple[Section, ...]:
    words, voices = _words_and_voices(reading)
    sections = (
        _volume(reading),
        voices,
        words,
        statistics.replies(reading.facts, reading.facts_before),
        _promises(reading),
    )
    return (*sections, _departments(reading, names)) if whole else sections


def _volume(reading: _Reading) -> Volume:
    now, past = reading.messages, reading.counted_before
    whole_weeks = [*zip(reading.before, reading.messages_before, strict=True), (reading.week, now)]
    return Volume(
        total=Count(len(now), tuple(map(len, past))),
        channels=statistics.tallies(now, past, lambda message: message.channel),
        kinds=statistics.tallies(now, past, lambda message: message.kind),
        weeks=tuple(Tally(week.code, Count(len(messages))) for week, messages in whole_weeks),
        roles=tuple(
            Tally(role, statistics.count(now, past, lambda message, r=role: _role(message) == r)) for role in ROLES
        ),
        begun_with_thanks=sum(message.begins and _role(message) == "thanks" for message in now),
    )


def _role(message: Said) -> str:
    """Return the message's role in its conversation; thanks are "thanks" anywhere in it."""
    if message.kind == Kind.PRAISE or message.valence == Sentiment.WELL:
        return "thanks"
    return "request" if message.begins else "reminder"


def _words_and_voices(reading: _Reading) -> tuple[Words, Voices]:
    masked_messages = [(message, _mask_text(message.text, message.names, message.lang)) for message in reading.messages]
    past = [message.text for week in reading.messages_before for message in week]
    # What a mask put in is not the citizen's word, so that it tells nothing.
    now = [_MASK.sub(" ", text) for _, text in masked_messages]
    keywords = telling_words(now, past, top=MOST_WORDS)
    if not keywords.words:
        keywords = telling_words(now, [], top=MOST_WORDS)
    telling = [word.word for word in keywords.words]
    candidates = [Heard(message, text, held(text, telling)) for message, text in masked_messages]

    def side(sentiment: Sentiment) -> Side:
        count = statistics.count(reading.messages, reading.counted_before, lambda message: message.valence == sentiment)
        return Side(count, choose(each for each in candidates if each.said.valence == sentiment))

    neither = statistics.count(
        reading.messages,
        reading.counted_before,
        lambda message: message.valence not in (Sentiment.WRONG, Sentiment.WELL),
    )
    words = tuple(Word(word.word, word.count, word.past_count) for word in keywords.words)
    return Words(words, compared=keywords.against_past), Voices(side(Sentiment.WRONG), side(Sentiment.WELL), neither)


@lru_cache(maxsize=MOST_MASKED)
def _mask_text(text: str, names: tuple[str, ...], lang: str) -> str:
    return mask(text, names=names, lang=lang.split("-")[0] or "fr")


def _promises(reading: _Reading) -> Promises:
    here = Counter(promise.outcome for promise in reading.promises)
    past = [Counter(promise.outcome for promise in week) for week in reading.promises_before]
    order = sorted(reading.promises, key=lambda promise: (OUTCOMES.index(promise.outcome), promise.promised_at))
    return Promises(
        total=Count(len(reading.promises), tuple(map(len, reading.promises_before))),
        outcomes=tuple(Tally(code, Count(here[code], tuple(week[code] for week in past))) for code in OUTCOMES),
        listed=tuple(map(_summarize_promise, order[:MOST_PROMISES])),
        more=max(0, len(order) - MOST_PROMISES),
    )


def _summarize_promise(promise: Promised) -> Pledged:
    gist, cut = shortened(_mask_text(promise.subject, promise.names, promise.lang), GIST_CHARACTERS)
    return Pledged(
        conversation=promise.conversation,
        gist=f"{gist} …" if cut else gist,
        department=promise.department,
        made_at=promise.made_at,
        promised_at=promise.promised_at,
        answered_at=promise.answered_at,
        outcome=promise.outcome,
    )


def _departments(reading: _Reading, names: dict[str, str]) -> Departments:
    """Return the rows of all active departments by name, also those without messages; messages not routed come last."""
    messages, facts = _by_department(reading.messages), _by_department(reading.facts.facts)
    past = [_by_department(week) for week in reading.counted_before]
    unrouted_slugs = [""] if "" in messages or any("" in week for week in past) else []
    rows = []
    for slug in [*names, *unrouted_slugs]:
        here: Sequence[Said] = messages.get(slug, [])
        waits, share = statistics.within_8h(facts.get(slug, []))
        rows.append(
            DepartmentRow(
                slug=slug,
                name=names.get(slug, ""),
                messages=Count(len(here), tuple(len(week.get(slug, [])) for week in past)),
                wrong=sum(message.valence == Sentiment.WRONG for message in here),
                well=sum(message.valence == Sentiment.WELL for message in here),
                waits=waits,
                within_8h=share,
            )
        )
    return Departments(tuple(rows))


def _by_department[T: (Said, Fact)](rows: Iterable[T]) -> dict[str, list[T]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.department].append(row)
    return groups
