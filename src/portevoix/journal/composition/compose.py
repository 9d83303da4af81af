"""Composition of the edition of a week, for a department or the whole city, from the record."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop

from portevoix.journal.composition import statistics
from portevoix.journal.composition.compose_answered import compose_answered
from portevoix.journal.composition.compose_attention import compose_attention, compose_repaired, gist_of
from portevoix.journal.composition.compose_findings import (
    compose_findings,
    find_leads,
    quote,
    recall_subjects,
    rejected_ids,
    role_of,
    sensitive_conversations,
    state_of,
)
from portevoix.journal.composition.quotations import Candidate, choose, find_telling_words
from portevoix.journal.composition.week_reading import WeekReading, learnt_weeks, read_week_of_record
from portevoix.journal.editions.edition import Edition, Section
from portevoix.journal.editions.finding_sections import Messages
from portevoix.journal.editions.sections import (
    Count,
    DepartmentRow,
    Departments,
    PromiseRow,
    Promises,
    Side,
    Tally,
    Voices,
    Volume,
)
from portevoix.journal.editions.weeks import this_week
from portevoix.journal.findings.contents import Subject
from portevoix.kernel.errors import BadInput
from portevoix.kernel.labels import Sentiment
from portevoix.kernel.promises import Outcome
from portevoix.measures.schema import Fact
from portevoix.record.facts import cut_off as find_cut_off
from portevoix.record.queries import city as houses
from portevoix.record.queries.journal import CitizenMessage, PromiseOutcome, measure_messages
from portevoix.record.queries.matters import KnownMatter, known_matters
from portevoix.text.privacy import blank_masks
from portevoix.text.similarity.keywords import find_keywords
from portevoix.text.tokens import fold

MOST_WORDS = 12
MOST_PROMISES = 12
FEWEST_REQUESTS = 10
"""New requests of a week below which its edition is short."""
MOST_SHOWN = 40
"""Messages that a short edition shows."""
OUTCOMES = (Outcome.BROKEN, Outcome.LATE, Outcome.OPEN, Outcome.KEPT)
"""The most important outcome comes first."""
ROLES = ("request", "reminder", "thanks")
MOST_ON_REQUEST, MOST_CHARACTERS = 20_000, 5_000_000
"""Messages of all weeks, and characters, in which subjects and findings are looked for while somebody waits."""


def compose(
    *, week: str, department: str = "", now: datetime, on_request: bool = False, for_file: bool = False
) -> Edition:
    """Compose the edition: at the week's stored cut-off once that has passed, and until then at `now`.

    `department` is a slug, "" for the whole city. A department's own edition leaves the addresses of public equipment
    in what is quoted, unless it is `for_file`: nobody knows who reads that. `on_request`: somebody waits for it, so
    that it has no findings where more than MOST_ON_REQUEST messages, or MOST_CHARACTERS, would have to be read. Raise
    BadInput for an invalid week or one that has not begun, for an unknown department, and where no city has been
    founded.
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
    learnt = learnt_weeks(own, city.timezone)
    alone = on_request and _is_too_much(learnt[0].since, own.until)
    reading = read_week_of_record(
        own, department=department, cut_off=cut_off, timezone=city.timezone, now=now, alone=alone
    )
    reading = replace(reading, shows_places=bool(department) and not for_file)
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
        sections=(
            *compose_sections(reading, names, matters=known_matters(department or None)),
            *compose_answered(week, department, until=cut_off, timezone=city.timezone),
        ),
    )


def _is_too_much(since: datetime, until: datetime) -> bool:
    """Return whether so much was written that a reader, and all others behind them, would wait long."""
    count, characters = measure_messages(since=since, until=until)
    return count > MOST_ON_REQUEST or characters > MOST_CHARACTERS


def _names(reading: WeekReading) -> dict[str, str]:
    """Return the active departments' names by slug, in alphabetical order, and those of others that appear."""
    slugs = {message.department for week in (reading.messages, *reading.messages_before) for message in week}
    slugs.update(promise.department for promise in reading.promises)
    rows = [row for row in houses.departments() if row.active or row.slug in slugs]
    return {row.slug: row.name for row in sorted(rows, key=lambda row: fold(row.name))}


def compose_sections(
    reading: WeekReading,
    names: dict[str, str],
    *,
    matters: Sequence[KnownMatter] = (),
    previous: Sequence[Subject] = (),
) -> tuple[Section, ...]:
    """Compose the sections of an edition: those on replies only where replies are known.

    `names` are those of departments by slug; its subjects may continue `matters` and `previous` ones.
    """
    volume, is_known = _volume(reading), reading.replies_known
    known = [*recall_subjects(reading, matters), *previous]
    findings = None if reading.alone else compose_findings(reading, known, rejected_ids(matters), names)
    if findings:
        reading = replace(reading, withheld=sensitive_conversations(findings))
    sections = (
        *([findings] if findings else []),
        compose_attention(reading),
        *((compose_repaired(reading),) if is_known else ()),
        *((_messages(reading),) if is_short(volume) and reading.department else ()),
        volume,
        _voices(reading),
        *((statistics.replies(reading.facts, reading.facts_before, reading.measures),) if is_known else ()),
        *((_promises(reading),) if is_known else ()),
    )
    return sections if reading.department else (*sections, _departments(reading, names, matters))


def is_short(volume: Volume) -> bool:
    """Return whether so few requests began that all messages are shown, and no table of them."""
    return volume.begun - volume.begun_with_thanks < FEWEST_REQUESTS and volume.total.now <= MOST_SHOWN


def _messages(reading: WeekReading) -> Messages:
    return Messages(tuple(quote(reading, each) for each in reading.messages))


def _volume(reading: WeekReading) -> Volume:
    now, past = reading.messages, reading.counted_before
    whole_weeks = [*zip(reading.before, reading.messages_before, strict=True), (reading.week, now)]
    return Volume(
        total=Count(len(now), tuple(map(len, past))),
        channels=statistics.tallies(now, past, lambda message: message.channel),
        kinds=statistics.tallies(now, past, lambda message: message.kind),
        weeks=tuple(Tally(week.code, Count(len(messages))) for week, messages in whole_weeks),
        roles=tuple(
            Tally(role, statistics.count(now, past, lambda message, r=role: role_of(message) == r)) for role in ROLES
        ),
        begun_with_thanks=sum(message.begins and role_of(message) == "thanks" for message in now),
    )


def _voices(reading: WeekReading) -> Voices:
    """Return what goes wrong and well, quoting the messages with most of the words that stand out this week."""
    texts = list(map(reading.mask_message, reading.messages))
    past = [message.text for week in reading.messages_before for message in week]
    telling = [each.word for each in find_keywords(list(map(blank_masks, texts)), past, top=MOST_WORDS).words]
    candidates = [
        Candidate(message, text, find_telling_words(text, telling), state_of(reading, message))
        for message, text in zip(reading.messages, texts, strict=True)
        if reading.may_quote(message.conversation)
    ]

    def side(sentiment: Sentiment) -> Side:
        count = statistics.count(reading.messages, reading.counted_before, lambda message: message.valence == sentiment)
        return Side(count, choose(each for each in candidates if each.said.valence == sentiment))

    neither = statistics.count(
        reading.messages,
        reading.counted_before,
        lambda message: message.valence not in (Sentiment.WRONG, Sentiment.WELL),
    )
    return Voices(side(Sentiment.WRONG), side(Sentiment.WELL), neither)


def _promises(reading: WeekReading) -> Promises:
    here = Counter(promise.outcome for promise in reading.promises)
    past = [Counter(promise.outcome for promise in week) for week in reading.promises_before]
    order = sorted(reading.promises, key=lambda promise: (OUTCOMES.index(promise.outcome), promise.promised_at))
    return Promises(
        total=Count(len(reading.promises), tuple(map(len, reading.promises_before))),
        outcomes=tuple(Tally(code, Count(here[code], tuple(week[code] for week in past))) for code in OUTCOMES),
        listed=tuple(_summarize_promise(reading, promise) for promise in order[:MOST_PROMISES]),
        more=max(0, len(order) - MOST_PROMISES),
    )


def _summarize_promise(reading: WeekReading, promise: PromiseOutcome) -> PromiseRow:
    return PromiseRow(
        conversation=promise.conversation,
        gist=gist_of(
            reading, promise.conversation, promise.subject, promise.names, promise.lang, beginning=promise.beginning
        ),
        department=promise.department,
        made_at=promise.made_at,
        promised_at=promise.promised_at,
        answered_at=promise.answered_at,
        outcome=promise.outcome,
    )


def _departments(reading: WeekReading, names: dict[str, str], matters: Sequence[KnownMatter]) -> Departments:
    """Return the rows of all active departments by name, also those without messages; messages not routed come last."""
    messages, facts = _by_department(reading.messages), _by_department(reading.facts.facts)
    past = [_by_department(week) for week in reading.counted_before]
    leads = {} if reading.alone else find_leads(reading, names, matters)
    unrouted_slugs = [""] if "" in messages or any("" in week for week in past) else []
    rows = []
    for slug in [*names, *unrouted_slugs]:
        here: Sequence[CitizenMessage] = messages.get(slug, [])
        waits, share = statistics.within_8h(facts.get(slug, []))
        lead = leads.get(slug)
        rows.append(
            DepartmentRow(
                slug=slug,
                name=names.get(slug, ""),
                messages=Count(len(here), tuple(len(week.get(slug, [])) for week in past)),
                wrong=sum(message.valence == Sentiment.WRONG for message in here),
                well=sum(message.valence == Sentiment.WELL for message in here),
                waits=waits,
                within_8h=share,
                phrase=lead.phrase if lead else "",
                people=lead.people if lead else 0,
                conversations=lead.conversations if lead else (),
                matter=lead.matter if lead else None,
            )
        )
    return Departments(tuple(rows))


def _by_department[T: (CitizenMessage, Fact)](rows: Iterable[T]) -> dict[str, list[T]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.department].append(row)
    return groups
