"""Names of subjects, and the messages that speak for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portevoix.text.subjects.affinity import Affinity
from portevoix.text.subjects.corpus import Corpus, Ints
from portevoix.text.subjects.terms import choose_spelling
from portevoix.text.tokens import fold

MOST_TERMS, MOST_TRIED = 8, 40
PAIR, PLACE = 1.5, 1.3
"""How much a pair of words and a name of a place are preferred to a word."""
COVERED = 0.6
"""A title of one phrase names so much of its people; else a second phrase stands beside it."""
SHORTEST, LONGEST = 40, 320
INNER, FEWEST_INNER = 0.7, 3
"""Share of a subject's messages, the most typical ones, among which those that speak for it are chosen."""
MOST_SPEAKERS = 1000
"""Messages, the most typical ones, of which each is compared with each."""


_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Naming:
    """A title, in a form in which citizens write it, and the subject's most telling terms, as keys.

    `people`: those who use a word of the title.
    """

    title: str
    terms: tuple[str, ...]
    people: int = 0


def name_rows(corpus: Corpus, rows: Ints, shown: Sequence[str] | None = None) -> Naming:
    """Name a subject by the phrase that most of its people use and few others do; by two where one says too little.

    `shown`: the texts of the rows with personal data masked; terms that no longer stand in any of them are left out.
    """
    voices, place = np.unique(corpus.voices[rows], return_inverse=True)
    table = corpus.terms[rows]
    columns = np.unique(table.indices)
    used = np.zeros((len(voices), len(columns)), bool)
    row, term = table.nonzero()
    used[place.ravel()[row], np.searchsorted(columns, term)] = True
    people = used.sum(axis=0)
    everywhere = corpus.term_counts[columns]
    share = (everywhere - people + 1) / (len(corpus.weeks) + 2)
    telling = people * np.maximum(np.log(people / len(voices) / share), 0.0) * (people > 1)
    names = [corpus.names[column] for column in columns]
    telling *= [_preference(name) for name in names]
    order = [n for n in np.lexsort((names, -telling)) if telling[n] > 0 and names[n] in corpus.spellings]
    if shown is not None:
        visible = [_squeeze(text) for text in shown]
        spelled = {n: _squeeze(_spell(corpus, names[n])) for n in order[:MOST_TRIED]}
        order = [n for n, word in spelled.items() if any(word in text for text in visible)]
    if not order:
        return Naming("", ())
    first = order[0]
    title = [_spell(corpus, names[first])]
    rest = ~used[:, first]
    chosen = [first]
    if used[:, first].mean() < COVERED:
        others = [n for n in order[1:12] if not _parts(names[n]) & _parts(names[first])]
        gains = [telling[n] * (used[rest, n].sum() + 0.2 * people[n]) / people[n] for n in others]
        if gains and used[rest, others[int(np.argmax(gains))]].sum() >= 2:
            second = others[int(np.argmax(gains))]
            title.append(_spell(corpus, names[second]))
            chosen.append(second)
    whole = ", ".join(title)
    parts = set().union(*(_parts(names[n]) for n in chosen))
    inside = [n for n in order if _parts(names[n]) <= parts]
    terms = tuple(names[n] for n in order[:MOST_TERMS])
    return Naming(whole[:1].upper() + whole[1:], terms, int(used[:, inside].any(axis=1).sum()))


def _squeeze(text: str) -> str:
    """Return the letters and figures alone, folded: #FêteDesGabares is fête des Gabares."""
    return _NO_WORD.sub("", fold(text))


def _preference(name: str) -> float:
    if name.startswith("="):
        return PLACE
    return PAIR if " " in name else 1.0


def _parts(name: str) -> set[str]:
    return set(name.replace("=", "").split())


def _spell(corpus: Corpus, name: str) -> str:
    return choose_spelling(corpus.spellings[name])


@dataclass(frozen=True)
class Speakers:
    """Rows: the message that is most like all others, and two more that differ from it and from one another."""

    typical: int
    voices: tuple[int, ...]


def choose_speakers(
    corpus: Corpus, affinity: Affinity, rows: Ints, nearness: NDArray[np.float64] | None = None
) -> Speakers:
    """Choose who speaks for a subject: messages that can be quoted whole, if any can, each by another voice."""
    if len(rows) > MOST_SPEAKERS:
        first = np.argsort(-nearness, kind="stable")[:MOST_SPEAKERS] if nearness is not None else slice(MOST_SPEAKERS)
        rows, nearness = rows[first], None if nearness is None else nearness[first]
    near = affinity.between(rows, rows).astype(np.float64)
    central = near.mean(axis=1) if nearness is None else nearness
    lengths = np.array([len(corpus.utterances[row].text) for row in rows.tolist()])
    fits = (lengths >= SHORTEST) & (lengths <= LONGEST)
    typical = int(np.lexsort((rows, -central, ~fits))[0])
    inner = np.argsort(-central, kind="stable")[: max(int(len(rows) * INNER), FEWEST_INNER)].tolist()
    chosen, seen = [typical], {int(corpus.voices[rows[typical]])}
    for _ in range(2):
        others = [n for n in inner if int(corpus.voices[rows[n]]) not in seen]
        if not others:
            break
        labels = [corpus.utterances[int(rows[n])].labels for n in chosen]
        best = min(
            others,
            key=lambda n: (
                not fits[n],
                corpus.utterances[int(rows[n])].labels in labels,
                float(near[n, chosen].max() - 0.5 * central[n]),
                int(rows[n]),
            ),
        )
        chosen.append(best)
        seen.add(int(corpus.voices[rows[best]]))
    return Speakers(int(rows[typical]), tuple(int(rows[n]) for n in chosen[1:]))
