"""The messages of a week and of those before it, read once: their terms, their vectors and whose voice each is."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from portevoix.text.subjects.place_names import learn_places
from portevoix.text.subjects.terms import TermReader
from portevoix.text.subjects.utterances import Utterance, voice_keys

type Floats = NDArray[np.float32]
type Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """Utterances and what was read of them. Rows are theirs; week 0 is the one that is looked at.

    `voices`: a number for each person or campaign. `terms`: rows × terms, 1 where the term is in the text. `vectors`
    are centred and of length one, None without encoder; a row of zeros has none; `raw` are as given. `labels`: rows ×
    labels.
    """

    utterances: Sequence[Utterance]
    weeks: Ints
    departments: NDArray[np.str_]
    channels: Ints
    voices: Ints
    terms: csr_array
    names: Sequence[str]
    spellings: Mapping[str, Counter[str]]
    vectors: Floats | None
    raw: Floats | None
    days: NDArray[np.float64]
    labels: csr_array

    @cached_property
    def columns(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.names)}

    @cached_property
    def term_counts(self) -> Ints:
        """How many rows have each term."""
        return np.bincount(self.terms.indices, minlength=len(self.names)).astype(np.int64)

    @cached_property
    def channel_count(self) -> int:
        return int(self.channels.max(initial=-1)) + 1

    def scope(self, department: str | None) -> "Scope":
        """Return the rows of a department, of the whole city for None."""
        inside = np.ones(len(self.weeks), bool) if department is None else self.departments == department
        return Scope(self, np.flatnonzero(inside & (self.weeks == 0)), np.flatnonzero(inside & (self.weeks > 0)))


@dataclass(frozen=True)
class Scope:
    """The rows of one department, or of the city: those of the week, and those of the past."""

    corpus: Corpus
    now: Ints
    past: Ints


def read_corpus(utterances: Sequence[Utterance], vectors: Floats | None = None) -> Corpus:
    """Read utterances, and the vectors of one encoder: a row for each, NaN where there is none. Order does not matter.

    A term that only one utterance has says nothing and is left out.
    """
    order = sorted(range(len(utterances)), key=lambda place: (utterances[place].week, utterances[place].id))
    rows = [utterances[place] for place in order]
    reader = TermReader(learn_places(each.text for each in rows))
    terms, names = _read_terms(rows, reader)
    return Corpus(
        utterances=rows,
        weeks=np.array([each.week for each in rows], np.int64),
        departments=np.array([each.department for each in rows], np.str_),
        channels=_number([each.channel for each in rows]),
        voices=_number(voice_keys(rows)),
        terms=terms,
        names=names,
        spellings=reader.spellings,
        vectors=None if vectors is None or not rows else _centre(np.asarray(vectors, np.float32)[order]),
        raw=None if vectors is None or not rows else np.asarray(vectors, np.float32)[order],
        days=np.array([each.day for each in rows], np.float64),
        labels=_tabulate([each.labels for each in rows])[0],
    )


def _number(values: Sequence[str]) -> Ints:
    numbers = {value: number for number, value in enumerate(sorted(set(values)))}
    return np.array([numbers[value] for value in values], np.int64)


def _read_terms(rows: Sequence[Utterance], reader: TermReader) -> tuple[csr_array, list[str]]:
    read = []
    for each in rows:
        terms = reader.read(each.text)
        if each.week == 0:
            reader.note(terms)
        read.append(list(terms))
    table, names = _tabulate(read)
    often = np.bincount(table.indices, minlength=len(names)) > 1
    chosen = sorted((name, column) for column, name in enumerate(names) if often[column])
    columns = np.array([column for _, column in chosen], np.int64)
    return table[:, columns].tocsr(), [name for name, _ in chosen]


def _tabulate(rows: Sequence[Sequence[str]]) -> tuple[csr_array, list[str]]:
    """Return rows × words, 1 where the row has the word, and the words."""
    columns: dict[str, int] = {}
    places, starts = array("l"), array("l", [0])
    for words in rows:
        places.extend(columns.setdefault(word, len(columns)) for word in words)
        starts.append(len(places))
    indices, pointers = np.array(places, np.int64), np.array(starts, np.int64)
    shape = (len(rows), len(columns))
    return csr_array((np.ones(len(indices), np.float32), indices, pointers), shape=shape), list(columns)


def _centre(vectors: Floats) -> Floats:
    present = np.isfinite(vectors).all(axis=1)
    if not present.any():
        return np.zeros_like(vectors)
    centred = np.where(present[:, None], vectors - vectors[present].mean(axis=0), 0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(lengths > 0, lengths, 1), np.float32)
