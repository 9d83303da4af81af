"""Streams of a department that are no subject: what goes wrong, what goes well, and words that are hardly used now."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from portevoix.journal.findings.contents import WeekMessage
from portevoix.journal.findings.detection import COHESION, LEVEL, Detection, ScopeReading
from portevoix.kernel.labels import Sentiment
from portevoix.measures.discovery import adjust_discoveries
from portevoix.measures.expectation import (
    Expectation,
    Floats,
    estimate_dispersion,
    expect_counts,
    probability_above,
    probability_below,
)
from portevoix.text.subjects.cohesion import probability_by_chance

SENTIMENTS = (Sentiment.WRONG, Sentiment.WELL)
RECENT = 4
"""Weeks in which something was spoken of that is gone now."""
FEWEST_RECENT = 6


@dataclass(frozen=True)
class Stream:
    """A stream of people that was tested: of a department and a sentiment, or of a term there."""

    department: str
    name: str
    message_ids: tuple[str, ...]
    people: float
    expected: float
    above: float
    below: float
    q_value: float = 1.0


def measure_sentiments(detection: Detection) -> list[Stream]:
    """Return what goes wrong and what goes well, of the city and of each department, tested against all of them.

    `above` and `below` are mid-p probabilities; `q_value` is that of the less likely side.
    """
    if not detection.is_tested:
        return []
    weeks = (detection.week.messages, *detection.week.past)
    departments = ["", *sorted({each.department for each in detection.week.messages if each.department})]
    streams = []
    for sentiment in SENTIMENTS:
        volumes = np.array([_count(week, "", "") for week in weeks], np.float64)
        counts = np.array([[_count(week, name, sentiment) for week in weeks] for name in departments], np.float64)
        expectation = expect_counts(
            counts[:, 1:], volumes[1:], volumes[0], dispersion=estimate_dispersion(counts[:, 1:], volumes[1:])
        )
        above = probability_above(counts[:, 0], expectation)
        for n, name in enumerate(departments):
            ids = tuple(m.id for m in detection.week.messages if m.valence == sentiment and name in ("", m.department))
            streams.append(
                Stream(name, sentiment, ids, counts[n, 0], float(expectation.mean[n]), above[n], 1 - above[n])
            )
    return _adjust(streams)


def _count(messages: Sequence[WeekMessage], department: str, sentiment: str) -> int:
    """Return the authors of messages of a department, of any for "", and of a sentiment, of any for ""."""
    return len(
        {
            each.author or each.id
            for each in messages
            if department in ("", each.department) and sentiment in ("", each.valence)
        }
    )


def _adjust(streams: list[Stream]) -> list[Stream]:
    rarest = np.array([2 * min(stream.above, stream.below) for stream in streams])
    q_values = adjust_discoveries(np.minimum(rarest, 1.0), any_dependence=True)
    return [
        Stream(s.department, s.name, s.message_ids, s.people, s.expected, s.above, s.below, float(q))
        for s, q in zip(streams, q_values, strict=True)
    ]


def find_gone(detection: Detection, reading: ScopeReading) -> list[Stream]:
    """Return the terms of which RECENT weeks were full and that are unusually rare now, with the messages of then."""
    if not detection.is_tested:
        return []
    corpus, scope, voices = detection.corpus, reading.scope, reading.voices
    city = detection.scopes[None]
    used = ((voices.groups @ corpus.terms[voices.rows]) > 0).astype(np.float64).tocsr()
    by_week = csr_array(
        (np.ones(len(voices.weeks)), (voices.weeks, np.arange(len(voices.weeks)))),
        shape=(reading.weeks + 1, len(voices.weeks)),
    )
    recent = np.asarray((by_week[1 : RECENT + 1] @ used).sum(axis=0)).ravel()
    columns = np.flatnonzero(recent >= FEWEST_RECENT)
    if not len(columns):
        return []
    counts = (by_week @ used[:, columns]).toarray().T
    expectation = _expect_recent(counts, city)
    below = probability_below(counts[:, 0], expectation)
    q_values = adjust_discoveries(below)
    found: list[Stream] = []
    for n in np.argsort(below, kind="stable"):
        if q_values[n] > LEVEL:
            break
        term = corpus.names[columns[n]]
        rows = scope.past[corpus.weeks[scope.past] <= RECENT]
        rows = rows[corpus.terms[rows][:, [columns[n]]].toarray().ravel() > 0]
        if probability_by_chance(city.scope, city.affinity, rows, term) <= COHESION:
            ids = tuple(corpus.utterances[row].id for row in rows)
            mean = float(expectation.mean[n])
            found.append(
                Stream(reading.department or "", term, ids, counts[n, 0], mean, 1.0, below[n], float(q_values[n]))
            )
    return found


def _expect_recent(counts: Floats, city: ScopeReading) -> Expectation:
    """Return what the last RECENT weeks would bring: what was an event then is not lowered here."""
    past, volumes = counts[:, 1 : RECENT + 1], city.volumes[:RECENT]
    people = past.sum(axis=1)
    mean = people / max(volumes.sum(), 1.0) * city.people
    return Expectation(mean, 1 / (1 / people + estimate_dispersion(counts[:, 1:], city.volumes)))
