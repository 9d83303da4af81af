"""Detection of the unusual in a week: tests of all departments' words, neighbourhoods and volumes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from portevoix.journal.findings.contents import WeekMessage, WeekToRead
from portevoix.measures.discovery import adjust_discoveries
from portevoix.measures.expectation import (
    FEWEST_WEEKS,
    estimate_dispersion,
    expect_counts,
    probability_above,
    weigh_channels,
)
from portevoix.text.subjects.affinity import Affinity, measure_affinity
from portevoix.text.subjects.cohesion import compare_with_past, probability_by_chance
from portevoix.text.subjects.corpus import Corpus, Ints, Scope, read_corpus
from portevoix.text.subjects.membership import Decoys, choose_decoys, grow
from portevoix.text.subjects.scan import FEWEST, Candidates, Voices, count_voices, count_volumes, scan_near, scan_terms
from portevoix.text.subjects.utterances import Utterance

LEVEL = 0.05
"""Share of what is called unusual that may be chance."""
COHESION, WEAK_COHESION, ANY_COHESION = 0.02, 0.2, 0.5
"""How likely the messages that share a word may be as near one another by chance; less is asked of a department's."""
STRONG = 0.001
"""With such a q-value messages need to be no nearer than most."""
FAMILIES = {"volume": 0.3, "term": 0.35, "near": 0.35}
"""The share of false discoveries that each way of looking may make: there are few departments, and many words."""
SAME = 0.3
"""An event that shares so much of its messages with a stronger one is the same."""

MOST_TIED = 20
"""Rows by which equally likely hypotheses are ordered: thousands of them may have thousands of rows each."""

MOST_CHARACTERS, CHARACTERS_EACH = 5_000_000, 250
"""Characters that are read of a week and those before it, or so many for each message where that is more."""


@dataclass(frozen=True)
class Hypothesis:
    """A set of messages that may be unusual. `department` None is the whole city."""

    family: str
    department: str | None
    rows: Ints
    term: str
    people: float
    expected: float
    probability: float
    q_value: float = 1.0


@dataclass(frozen=True)
class Event:
    """An event: the messages that speak of something unusual, and the hypothesis that showed it."""

    seed: Hypothesis
    rows: Ints


class ScopeReading:
    """One department, or the city, with what is computed of it once."""

    def __init__(self, corpus: Corpus, department: str | None, weeks: int) -> None:
        self.department, self.weeks = department, weeks
        self.scope: Scope = corpus.scope(department)
        self.voices: Voices = count_voices(self.scope)
        self.volumes, self.channels_past, self.channels_now = count_volumes(self.voices, weeks, corpus.channel_count)
        self.people = float(self.channels_now.sum())
        self.usual = self.people
        """People who were to be expected this week."""

    @cached_property
    def affinity(self) -> Affinity:
        return measure_affinity(self.scope)

    @cached_property
    def decoys(self) -> Decoys:
        return choose_decoys(self.scope, self.affinity)

    def hypotheses(self) -> Iterator[tuple[Candidates, list[Hypothesis]]]:
        for family, candidates in (
            ("term", scan_terms(self.scope, self.voices, self.weeks)),
            ("near", scan_near(self.scope, self.voices, self.affinity, self.weeks)),
        ):
            yield candidates, self._test(family, candidates)

    def _test(self, family: str, candidates: Candidates) -> list[Hypothesis]:
        if not len(candidates.now):
            return []
        expectation = expect_counts(
            candidates.past,
            self.volumes,
            self.people - (family == "near"),  # the one that the others are near
            dispersion=estimate_dispersion(candidates.past, self.volumes),
            mix=weigh_channels(candidates.by_channel, self.channels_past, self.channels_now),
        )
        probabilities = probability_above(candidates.now, expectation)
        return [
            Hypothesis(family, self.department, rows, term, float(people), float(mean), float(probability))
            for rows, term, people, mean, probability in zip(
                candidates.rows, candidates.terms, candidates.now, expectation.mean, probabilities, strict=True
            )
        ]


@dataclass(frozen=True, eq=False)
class Detection:
    """A week, read: its messages, the scopes, and what stands out among them.

    With fewer than FEWEST_WEEKS past weeks events are good for gathering messages, and no test that may be reported.
    """

    week: WeekToRead
    corpus: Corpus
    scopes: dict[str | None, ScopeReading]
    events: tuple[Event, ...]
    looked_at: int

    @property
    def is_tested(self) -> bool:
        return sum(bool(some) for some in self.week.past) >= FEWEST_WEEKS


def detect(week: WeekToRead) -> Detection:
    """Read a week and find what is unusual in it, in any department and in the city."""
    corpus = read_week(week)
    weeks = len(week.past)
    departments = sorted({str(name) for name in corpus.departments[corpus.weeks == 0]})
    scopes = {name: ScopeReading(corpus, name, weeks) for name in (None, *departments)}
    if not weeks or not len(scopes[None].scope.past):
        return Detection(week, corpus, scopes, (), 0)
    volumes = _test_volumes(scopes)
    hypotheses = {"volume": volumes, "term": [], "near": []}
    looked_at = {"volume": len(volumes), "term": 0, "near": 0}
    for reading in scopes.values():
        if len(reading.scope.now) >= FEWEST:
            for family, (candidates, some) in zip(("term", "near"), reading.hypotheses(), strict=True):
                looked_at[family] += candidates.looked_at
                hypotheses[family] += some
    events = tuple(_select(hypotheses, looked_at, scopes))
    return Detection(week, corpus, scopes, events, sum(looked_at.values()))


def read_week(week: WeekToRead) -> Corpus:
    every = [(back, message) for back, some in enumerate((week.messages, *week.past)) for message in some]
    longest = find_longest([len(each.text) for _, each in every])
    utterances = [_utterance(each, back, longest) for back, each in every]
    vectors = None
    if week.vectors:
        size = len(next(iter(week.vectors.values())))
        nothing = np.full(size, np.nan, np.float32)
        vectors = np.array([week.vectors.get(each.id, nothing) for each in utterances], np.float32).reshape(-1, size)
    return read_corpus(utterances, vectors)


def find_longest(lengths: Sequence[int]) -> int:
    """Return how many characters of each text are read, so that all of them together are not too many.

    Words that nobody else uses cost most: some thousand long mails of made-up words would fill the memory.
    """
    left, most = max(MOST_CHARACTERS, CHARACTERS_EACH * len(lengths)), max(lengths, default=0)
    for place, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - place)
        if length > share:
            return share
        left -= length
    return most


def _utterance(message: WeekMessage, back: int, longest: int) -> Utterance:
    sent_at = message.sent_at
    day = sent_at.weekday() + (sent_at.hour * 60 + sent_at.minute) / 1440
    labels = tuple(label for label in (message.kind, message.valence) if label)
    text = message.text[:longest]
    return Utterance(message.id, text, message.author, back, message.department, message.channel, day, labels)


def _test_volumes(scopes: dict[str | None, ScopeReading]) -> list[Hypothesis]:
    """Test whether a department has more messages than its share of the city's."""
    city, rest = scopes[None], [reading for name, reading in scopes.items() if name]  # "" is not routed yet: none
    past = np.array([reading.volumes for reading in rest]).reshape(len(rest), len(city.volumes))
    expectation = expect_counts(past, city.volumes, city.people, dispersion=estimate_dispersion(past, city.volumes))
    above = probability_above(np.array([reading.people for reading in rest]), expectation)
    hypotheses = []
    for reading, mean, probability in zip(rest, expectation.mean, above, strict=True):
        reading.usual = min(float(mean), reading.people)
        hypotheses.append(
            Hypothesis(
                "volume", reading.department, reading.scope.now, "", reading.people, float(mean), float(probability)
            )
        )
    return hypotheses


def _select(
    hypotheses: dict[str, list[Hypothesis]], looked_at: dict[str, int], scopes: dict[str | None, ScopeReading]
) -> Iterator[Event]:
    """Yield the events behind what is unusual, the least likely first, each tested without what those before explain.

    Benjamini and Hochberg's procedure with weights (Genovese, Roeder and Wasserman, Biometrika 93, 2006).
    """
    count = sum(looked_at.values())
    weights = {family: FAMILIES[family] * count / max(looked_at[family], 1) for family in hypotheses}
    every = [(each.probability / weights[each.family], each) for some in hypotheses.values() for each in some]
    left = [pair for pair in every if pair[0] <= LEVEL]
    left.sort(key=lambda pair: (pair[0], pair[1].department or "", pair[1].term, pair[1].rows[:MOST_TIED].tolist()))
    while left:
        q_values = adjust_discoveries(np.array([weighted for weighted, _ in left]), looked_at=count)
        if q_values[0] > LEVEL:
            return
        best = replace(left[0][1], q_value=float(q_values[0]))
        left = left[1:]
        rows = _find_members(scopes, best)
        if rows is not None:
            yield Event(best, rows)
            left = [pair for pair in left if _share(pair[1].rows, rows) < SAME]


def _find_members(scopes: dict[str | None, ScopeReading], each: Hypothesis) -> Ints | None:
    """Return the messages of the event behind a hypothesis; None where there is none.

    Where most of them are in one department, its own past and volume say which of its messages belong to them.
    """
    reading = scopes[each.department]
    if not _is_cohesive(reading, each):
        return None
    usual_in_core = each.expected if each.family == "volume" else 0.0
    members = grow(
        reading.scope,
        each.rows,
        reading.affinity,
        reading.decoys,
        usual_volume=reading.usual,
        usual_in_core=usual_in_core,
    ).rows
    if each.department is None and len(members):
        names, counts = np.unique(reading.scope.corpus.departments[members], return_counts=True)
        home = scopes[str(names[counts.argmax()])]
        if counts.max() > len(members) / 2 and home.people > home.usual:
            inside = reading.scope.corpus.departments[members] == home.department
            more = grow(home.scope, members[inside], home.affinity, home.decoys, usual_volume=home.usual).rows
            members = np.union1d(more if len(more) else members[inside], members[~inside])
    return members if _count_people(reading, members) >= FEWEST else None


def _is_cohesive(reading: ScopeReading, each: Hypothesis) -> bool:
    if each.family == "near":
        return True
    if each.family == "volume":
        return each.probability < STRONG or compare_with_past(reading.scope, reading.affinity) < WEAK_COHESION
    by_chance = probability_by_chance(reading.scope, reading.affinity, each.rows, each.term)
    return by_chance <= (ANY_COHESION if each.q_value < STRONG else COHESION)


def _share(rows: Ints, others: Ints) -> float:
    return float(np.isin(rows, others).mean()) if len(rows) else 1.0


def _count_people(reading: ScopeReading, rows: Ints) -> int:
    return len(np.unique(reading.scope.corpus.voices[rows]))
