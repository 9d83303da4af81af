"""Streams of a department that are no subject: what goes wrong, what goes well, and words that are hardly used now."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

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


_MEASURED: WeakKeyDictionary[Detection, list[Stream]] = WeakKeyDictionary()
"""All editions of a week are written from the same ones."""


def measure_sentiments(detection: Detection) -> list[Stream]:
    """Return what goes wrong and what goes well, of the city and of each department, tested against all of them.

    `above` and `below` are mid-p probabilities; `q_value` is that of the less likely side.
    """
    if detection.is_tested and detection not in _MEASURED:
        _MEASURED[detection] = _adjust(list(_measure(detection)))
    return _MEASURED.get(detection, [])


def _measure(detection: Detection) -> Iterator[Stream]:
    week = detection.week
    counts = [_count_authors(messages) for messages in (week.messages, *week.past)]
    volumes = np.array([each["", ""] for each in counts], np.float64)
    departments = ["", *sorted({each.department for each in week.messages if each.department})]
    for sentiment in SENTIMENTS:
        people = np.array([[each[name, sentiment] for each in counts] for name in departments], np.float64)
        expectation = expect_counts(
            people[:, 1:], volumes[1:], volumes[0], dispersion=estimate_dispersion(people[:, 1:], volumes[1:])
        )
        above = probability_above(people[:, 0], expectation)
        for name, now, mean, more in zip(departments, people[:, 0], expectation.mean, above, strict=True):
            ids = tuple(m.id for m in week.messages if m.valence == sentiment and name in ("", m.department))
            yield Stream(name, sentiment, ids, float(now), float(mean), float(more), 1 - float(more))


def _count_authors(messages: Sequence[WeekMessage]) -> Counter[tuple[str, str]]:
    """Return the authors by department and sentiment; "" stands for any."""
    keys = {
        (department, valence, each.author or each.id)
        for each in messages
        for department in {"", each.department}
        for valence in {"", each.valence}
    }
    return Counter((department, valence) for department, valence, _ in keys)


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
