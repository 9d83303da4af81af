"""Candidates for subjects: messages that share a term, and messages that are near one of them; counted in people."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from portevoix.text.subjects.affinity import Affinity
from portevoix.text.subjects.corpus import Ints, Scope

RADII = (0.02, 0.005, 0.001)
"""Shares of pairs by chance that are nearer than each radius."""
MOST_SEEDS, MOST_PAST = 500, 12_000
FEWEST = 3
"""People of whom a candidate needs as many."""

type Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Voices:
    """The people of a scope: one for each voice and week. `groups`: people × rows of the scope, past ones included."""

    rows: Ints
    groups: csr_array
    weeks: Ints
    channels: Ints

    @property
    def now(self) -> NDArray[np.bool_]:
        return np.equal(self.weeks, 0)


@dataclass(frozen=True)
class Candidates:
    """Sets of the week's messages, `rows[n]` those of the n-th, with the people in each: now, by week, by channel.

    `past`: (candidates, weeks), the latest week first; `by_channel`: (candidates, channels), of the past. `terms`: the
    term that they share, "" where they are near one another. `seeds`: the first row. `looked_at`: how many were looked
    at, with those that too few people have.
    """

    terms: list[str]
    rows: list[Ints]
    now: Counts
    past: Counts
    by_channel: Counts
    looked_at: int


def count_voices(scope: Scope) -> Voices:
    corpus, rows = scope.corpus, np.concatenate([scope.now, scope.past])
    keys = corpus.weeks[rows] * (int(corpus.voices.max(initial=0)) + 1) + corpus.voices[rows]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    shape = (len(first), len(rows))
    groups = csr_array((np.ones(len(rows), np.float32), (group.ravel(), np.arange(len(rows)))), shape=shape)
    return Voices(rows, groups, corpus.weeks[rows][first], corpus.channels[rows][first])


def count_volumes(voices: Voices, weeks: int, channels: int) -> tuple[Counts, Counts, Counts]:
    """Return people by past week, the latest first, people of the past by channel, and people of now by channel."""
    past = voices.weeks[~voices.now]
    return (
        np.bincount(past - 1, minlength=weeks)[:weeks].astype(float),
        np.bincount(voices.channels[~voices.now], minlength=channels).astype(float),
        np.bincount(voices.channels[voices.now], minlength=channels).astype(float),
    )


def scan_terms(scope: Scope, voices: Voices, weeks: int) -> Candidates:
    """Return the messages of each term that FEWEST people use this week."""
    corpus = scope.corpus
    used = ((voices.groups @ corpus.terms[voices.rows]) > 0).astype(np.float64).tocsr()
    now = np.asarray(used[np.flatnonzero(voices.now)].sum(axis=0)).ravel()
    columns = np.flatnonzero(now >= FEWEST)
    past, by_channel = _count_past(voices, used[:, columns], weeks, corpus.channel_count)
    here = corpus.terms[scope.now][:, columns].tocsc()
    rows = [scope.now[np.sort(here.indices[here.indptr[n] : here.indptr[n + 1]])] for n in range(len(columns))]
    terms = [corpus.names[column] for column in columns.tolist()]
    return Candidates(terms, rows, now[columns], past, by_channel, int((now > 0).sum()))


def _count_past(voices: Voices, used: csr_array, weeks: int, channels: int) -> tuple[Counts, Counts]:
    """Return the people of the past for each column of people × candidates, by week and by channel."""
    places = np.flatnonzero(~voices.now)
    ones = np.ones(len(places))
    by_week = csr_array((ones, (voices.weeks[places] - 1, places)), shape=(weeks, len(voices.weeks)))
    by_channel = csr_array((ones, (voices.channels[places], places)), shape=(channels, len(voices.weeks)))
    return (by_week @ used).toarray().T, (by_channel @ used).toarray().T


def scan_near(scope: Scope, voices: Voices, affinity: Affinity, weeks: int) -> Candidates:
    """Return for messages of the week those that are near each, within each of RADII; itself is not counted."""
    found = list(_near(scope, voices, affinity, weeks))
    channels = scope.corpus.channel_count
    looked_at = min(len(scope.now), MOST_SEEDS) * len(RADII)
    if not found:
        return Candidates([], [], np.zeros(0), np.zeros((0, weeks)), np.zeros((0, channels)), looked_at)
    rows, now, past, by_channel = zip(*found, strict=True)
    return Candidates(
        [""] * len(rows), list(rows), np.array(now, float), np.array(past), np.array(by_channel), looked_at
    )


def _near(scope: Scope, voices: Voices, affinity: Affinity, weeks: int) -> Iterator[tuple[Ints, float, Counts, Counts]]:
    random = np.random.default_rng(0)
    seeds = scope.now if len(scope.now) <= MOST_SEEDS else np.sort(random.choice(scope.now, MOST_SEEDS, replace=False))
    people = np.flatnonzero(~voices.now)
    part = 1.0
    if len(people) > MOST_PAST:
        part, people = MOST_PAST / len(people), np.sort(random.choice(people, MOST_PAST, replace=False))
    people = np.concatenate([np.flatnonzero(voices.now), people])
    groups = voices.groups[people]
    columns, starts = voices.rows[groups.indices], groups.indptr[:-1]
    near = affinity.between(seeds, columns)
    nearest = np.maximum.reduceat(near, starts, axis=1) if len(people) else near
    owners = np.repeat(np.arange(len(people)), np.diff(groups.indptr))
    place = np.full(len(scope.corpus.weeks), -1)
    place[columns] = owners
    here = voices.now[people]
    week, channel = voices.weeks[people], voices.channels[people]
    for n, seed in enumerate(seeds):
        for share in RADII:
            within = nearest[n] >= affinity.radius(share)
            within[place[seed]] = False
            count = float((within & here).sum())
            if count + 1 >= FEWEST:
                past = within & ~here
                rows = columns[(near[n] >= affinity.radius(share)) & here[owners]]
                yield (
                    np.unique(np.append(rows, seed)),
                    count,
                    np.bincount(week[past] - 1, minlength=weeks)[:weeks] / part,
                    np.bincount(channel[past], minlength=scope.corpus.channel_count) / part,
                )
