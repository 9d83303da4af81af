"""The subjects of an edition: events first, then what others speak of together; the rest are single messages."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from portevoix.journal.findings.contents import CITY, MOST_SUBJECTS, DemandCount, Subject, WeekMessage
from portevoix.journal.findings.detection import COHESION, Detection, Event, ScopeReading
from portevoix.text.privacy import blank_masks
from portevoix.text.subjects.cohesion import probability_by_chance
from portevoix.text.subjects.corpus import Corpus, Ints
from portevoix.text.subjects.demands import gather_demands
from portevoix.text.subjects.grouping import count_people, group_rows
from portevoix.text.subjects.membership import score
from portevoix.text.subjects.naming import Naming, choose_speakers, name_rows

FEWEST = 3
"""People of a subject; of one that is no event, as many use the word that names it."""
MANY = 5
"""People who make a single word the name of a subject that is no event."""
_SEVERAL = re.compile(r"\w\W+\w")
CENTRE_SIZE = 32
"""Numbers of a centre that is kept: a projection that is the same for all weeks."""


@dataclass(frozen=True)
class SubjectRows:
    """A subject with its rows of the corpus, and the event that it is, if any."""

    subject: Subject
    rows: Ints
    event: Event | None


def gather_subjects(detection: Detection, department: str) -> list[SubjectRows]:
    """Return at most MOST_SUBJECTS subjects of a department's edition, or of the city's: events, then the largest."""
    corpus = detection.corpus
    reading = detection.scopes.get(department or None)
    if reading is None:
        return []
    gathered: list[tuple[Ints, Event | None]] = []
    for event in detection.events:
        rows = _rows_inside(corpus, event, department)
        if count_people(corpus, rows) >= FEWEST:
            gathered.append((rows, event))
    taken = np.concatenate([rows for rows, _ in gathered]) if gathered else np.zeros(0, np.int64)
    rest = np.setdiff1d(reading.scope.now, taken)
    city = detection.scopes[None]  # in a department most messages may be about one thing: there, it would be by chance
    groups = group_rows(corpus, city.affinity, rest)
    together = (rows for rows in groups if _belongs_together(city, rows))
    gathered += [(rows, None) for rows in islice(together, MOST_SUBJECTS)]
    gathered.sort(key=lambda pair: (pair[1] is None, -count_people(corpus, pair[0]), pair[0].tolist()))
    messages = {message.id: message for message in detection.week.messages}
    return [
        _describe(detection, reading, messages, rows, event, number)
        for number, (rows, event) in enumerate(gathered[:MOST_SUBJECTS], 1)
    ]


def find_campaigns(detection: Detection, department: str) -> tuple[tuple[str, ...], ...]:
    """Return the messages of each text that FEWEST people or more sent, the most people first."""
    reading = detection.scopes.get(department or None)
    if reading is None:
        return ()
    ids = [[reading.scope.corpus.utterances[row].id for row in rows.tolist()] for rows in _find_copies(reading)]
    return tuple(map(tuple, sorted(ids, key=lambda some: (-len(some), some))))


def _find_copies(reading: ScopeReading) -> Iterator[Ints]:
    """Yield the rows of each voice of the week that FEWEST people or more share."""
    corpus, now = reading.scope.corpus, reading.scope.now
    for voice, count in zip(*np.unique(corpus.voices[now], return_counts=True), strict=True):
        if count >= FEWEST:
            rows: Ints = now[corpus.voices[now] == voice]
            authors = {corpus.utterances[row].author or corpus.utterances[row].id for row in rows.tolist()}
            if len(authors) >= FEWEST:
                yield rows


def _with_copies(reading: ScopeReading, rows: Ints) -> Ints:
    """Return the rows with all copies of the texts among them that several people sent."""
    copies = [some for some in _find_copies(reading) if np.isin(some, rows).any()]
    return np.unique(np.concatenate([rows, *copies]))


def _belongs_together(reading: ScopeReading, rows: Ints) -> bool:
    """Return whether a group has a name that enough use, and is one apart from it, too: else they share a word."""
    naming = name_rows(reading.scope.corpus, rows)
    if not _is_telling(naming):
        return False
    return probability_by_chance(reading.scope, reading.affinity, rows, naming.terms[0]) <= COHESION


def _is_telling(naming: Naming) -> bool:
    """Return whether enough people use a title that says something: a single word does when many do."""
    fewest = FEWEST if _SEVERAL.search(naming.title) else MANY
    return bool(naming.title) and naming.people >= fewest


def _rows_inside(corpus: Corpus, event: Event, department: str) -> Ints:
    """Return the event's messages in a department: none where hardly any of them are."""
    if department == CITY:
        return event.rows
    inside: Ints = event.rows[corpus.departments[event.rows] == department]
    at_home = event.seed.department == department or 3 * len(inside) >= len(event.rows)
    return inside if at_home else inside[:0]


def _describe(
    detection: Detection,
    reading: ScopeReading,
    messages: Mapping[str, WeekMessage],
    rows: Ints,
    event: Event | None,
    number: int,
) -> SubjectRows:
    corpus = detection.corpus
    rows = _with_copies(reading, rows)
    nearness = score(corpus, reading.affinity, rows, rows)
    order = np.lexsort((rows, -nearness))
    rows, nearness = rows[order], nearness[order]
    speakers = choose_speakers(corpus, reading.affinity, rows, nearness)
    ids = [corpus.utterances[row].id for row in rows]
    mine = [messages[id] for id in ids]
    shown = [blank_masks(each.visible) for each in mine]
    naming = name_rows(corpus, rows, shown)
    voices = corpus.voices[rows].tolist()
    subject = Subject(
        id=f"{detection.week.code.lower()}-{reading.department or 'city'}-{number}",
        title=naming.title,
        message_ids=tuple(ids),
        people=count_people(corpus, rows),
        typical=corpus.utterances[speakers.typical].id,
        voices=tuple(corpus.utterances[row].id for row in speakers.voices),
        demands=_count_demands(mine, voices),
        districts=_count_by(mine, voices, [each.district for each in mine]),
        departments=_count_by(mine, voices, [each.department for each in mine]),
        answered=sum(each.answered is True for each in mine),
        waiting=sum(each.answered is False for each in mine),
        terms=naming.terms,
        centre=_centre(corpus, rows),
        campaigns=_find_campaigns(mine, voices),
        curve=_curve(reading, rows, nearness),
    )
    return SubjectRows(subject, rows, event)


def _count_demands(messages: Sequence[WeekMessage], voices: Sequence[int]) -> tuple[DemandCount, ...]:
    unquoted = {place for place, each in enumerate(messages) if not each.visible}
    demands = gather_demands([each.visible or each.text for each in messages], voices, unquoted=unquoted)
    return tuple(
        DemandCount(demand.phrase, demand.people, tuple(messages[place].id for place in demand.places))
        for demand in demands
    )


def _count_by(messages: Sequence[WeekMessage], voices: Sequence[int], values: Sequence[str]) -> dict[str, int]:
    """Return the people by value, the most first, without those of no value."""
    pairs = {(voice, value) for voice, value in zip(voices, values, strict=True) if value}
    counts = Counter(value for _, value in pairs)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _find_campaigns(messages: Sequence[WeekMessage], voices: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Return the messages of each voice that several authors share: one text that they sent."""
    by_voice: dict[int, list[WeekMessage]] = {}
    for message, voice in zip(messages, voices, strict=True):
        by_voice.setdefault(voice, []).append(message)
    return tuple(
        tuple(each.id for each in some)
        for some in by_voice.values()
        if len(some) > 1 and (len({each.author for each in some}) > 1 or not some[0].author)
    )


def _centre(corpus: Corpus, rows: Ints) -> tuple[float, ...]:
    if corpus.raw is None:
        return ()
    random = np.random.default_rng(0)
    projection = random.standard_normal((corpus.raw.shape[1], CENTRE_SIZE)) / np.sqrt(CENTRE_SIZE)
    mean = np.nan_to_num(corpus.raw[rows]).mean(axis=0) @ projection
    length = float(np.linalg.norm(mean))
    return tuple(round(float(each / length), 4) for each in mean) if length else ()


def _curve(reading: ScopeReading, rows: Ints, nearness: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the people of each past week, the latest first, as near the subject as most of its own messages are."""
    past, corpus = reading.scope.past, reading.scope.corpus
    if not len(past):
        return (0.0,) * reading.weeks
    near = score(corpus, reading.affinity, rows, past) >= np.quantile(nearness, 0.25)
    pairs = {(int(corpus.weeks[row]), int(corpus.voices[row])) for row in past[near]}
    counts = Counter(week for week, _ in pairs)
    return tuple(float(counts[week]) for week in range(1, reading.weeks + 1))
