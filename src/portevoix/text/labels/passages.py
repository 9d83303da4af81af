"""Passages of a message about different departments, each with its sentiment: "Thanks for the pool, but…".

Each clause gets probabilities of departments. Of all divisions of the message into passages, each about one department,
the likeliest is chosen, a change of department costing CHANGE (Viterbi's algorithm); each passage is then classified by
itself. A clause is short evidence: a third of the second subjects are found.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from portevoix.text.labels.ensemble import Probabilities
from portevoix.text.labels.features import Texts
from portevoix.text.labels.predictor import Labeller
from portevoix.text.language import foreign
from portevoix.text.tone.folding import sentences
from portevoix.text.tone.sentences import body

CHANGE = 1.5
"""How much better (natural logarithm) two departments must explain a message than one does."""
CLEAR = 0.9
"""The probability from which on a passage by itself has a department; half a message is weak evidence."""
LIKELY = 0.5
"""The probability from which on a passage has a valence: more likely than not."""
_FLOOR = 0.005
_SHORTEST = 12
"""Fewest characters of a clause."""
_FEWEST_WORDS = 8
"""A clause with fewer words is read with its neighbour: a place, a sigh or a signature is no subject of its own."""
MOST_CLAUSES = 60
"""Further clauses of a message are not searched for another subject."""
_TURN = re.compile(
    r"(?:(?<=;)|(?<=\s[-–—])|(?=\s(?:mais|sinon|par contre|en revanche|et pendant que|au fait|de plus|also|but|"
    r"however|otherwise)\b)|(?=\sP\.?-?S\b))\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[@#]?[^\W_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """Passage text[start:end] about `department`; `valence` is None where none is LIKELY. Both have probabilities."""

    start: int
    end: int
    department: str
    probability: float
    valence: str | None
    valence_probability: float

    def as_json(self) -> dict[str, Any]:
        """Return the fields, probabilities to three decimals."""
        return asdict(self) | {
            "probability": round(self.probability, 3),
            "valence_probability": round(self.valence_probability, 3),
        }


@dataclass(frozen=True, slots=True)
class _Passage:
    text: int
    start: int
    end: int
    place: int


def mentions(texts: Sequence[str], departments: Labeller, valences: Labeller) -> list[list[Mention]]:
    """Return the passages of each text about several departments, in their order; none of other texts.

    A message about one department is better evidence as a whole than in pieces.
    """
    spans = [clauses(text) for text in texts]
    asking = [n for n, several in enumerate(spans) if len(several) > 1]
    mentions_by_text: list[list[Mention]] = [[] for _ in texts]
    if len(departments.labels) < 2 or not asking:
        return mentions_by_text
    pieces = Texts([texts[n][a:b] for n in asking for a, b in spans[n]])
    passages = list(_passages(asking, spans, np.log(departments.probabilities(pieces) + _FLOOR)))
    strange = {text for text in {one.text for one in passages} if foreign(texts[text])}
    passages = [one for one in passages if one.text not in strange]
    if not passages:
        return mentions_by_text
    passage_texts = Texts([texts[one.text][one.start : one.end] for one in passages])
    shares, how = departments.probabilities(passage_texts), valences.probabilities(passage_texts)
    for one, likely, valence in zip(passages, shares, how, strict=True):
        if likely[one.place] >= CLEAR:
            name = valences.labels[valence.argmax()] if valence.max() >= LIKELY else None
            department, probability = departments.labels[one.place], float(likely[one.place])
            mentions_by_text[one.text].append(
                Mention(one.start, one.end, department, probability, name, float(valence.max()))
            )
    return [several if len({one.department for one in several}) > 1 else [] for several in mentions_by_text]


def clauses(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each clause of a message, which may be about another subject than the one before.

    Greeting and signature are left out.
    """
    first, last = body(text)
    spans: list[tuple[int, int]] = []
    for start, end in _parts(text, first, last):
        if spans and (_few(text, start, end) or _leads_on(text, *spans[-1])):
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def _parts(text: str, first: int, last: int) -> list[tuple[int, int]]:
    """Return the sentences between these places, split at changes of subject."""
    parts: list[tuple[int, int]] = []
    for start, end in ((max(start, first), min(end, last)) for start, end in sentences(text)):
        if start >= end or len(parts) >= MOST_CLAUSES:
            continue
        at = start
        for turn in _TURN.finditer(text, start, end):
            if turn.start() - at >= _SHORTEST and end - turn.end() >= _SHORTEST:
                parts.append((at, turn.start()))
                at = turn.end()
        parts.append((at, end))
    return parts[:MOST_CLAUSES]


def _leads_on(text: str, start: int, end: int) -> bool:
    """Return whether a clause is too short by itself, or announces the next one."""
    return _few(text, start, end) or text[start:end].rstrip().endswith(":")


def _few(text: str, start: int, end: int) -> bool:
    words = (word for word in _WORD.findall(text, start, end) if word[0] not in "@#")
    return sum(1 for _ in words) < _FEWEST_WORDS


def _passages(
    asking: Sequence[int], spans: Sequence[Sequence[tuple[int, int]]], scores: Probabilities
) -> Iterator[_Passage]:
    """Yield the passages of texts about several departments; neighbouring clauses about the same one are joined."""
    bounds = np.concatenate(([0], np.cumsum([len(spans[text]) for text in asking])))
    for text, (first, last) in zip(asking, pairwise(bounds.tolist()), strict=True):
        places = likeliest(scores[first:last], CHANGE)
        if len(set(places)) < 2:
            continue
        for place, group in groupby(zip(places, spans[text], strict=True), key=lambda one: one[0]):
            parts = [span for _, span in group]
            yield _Passage(text, parts[0][0], parts[-1][1], place)


def likeliest(scores: Probabilities, change: float) -> list[int]:
    """Return the states of the best path through `scores` (steps, states), each change of state costing `change`."""
    if not len(scores):
        return []
    total, origins = scores[0].copy(), []
    for row in scores[1:]:
        best = int(total.argmax())
        score_of_change = total[best] - change
        origins.append(np.where(total >= score_of_change, np.arange(len(total)), best))
        total = np.maximum(total, score_of_change) + row
    path = [int(total.argmax())]
    for back in reversed(origins):
        path.append(int(back[path[-1]]))
    return path[::-1]
