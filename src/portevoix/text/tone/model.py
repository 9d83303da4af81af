"""The learnt part: cues, build and words of a draft, weighed by a multinomial logistic regression.

The weights are a plain file that `tools/learn_tone.py` makes from `drafts.jsonl`; here they are only read and applied.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from portevoix.text.tone.cue import Cue
from portevoix.text.tone.cues_cold import COLD
from portevoix.text.tone.cues_conniving import CONNIVING
from portevoix.text.tone.cues_silly import EMOJI, SILLY
from portevoix.text.tone.features import NAMES, shape
from portevoix.text.tone.folding import Folded

TONES = ("neutral", "silly", "conniving", "cold")
CUES: tuple[Cue, ...] = (*SILLY, *CONNIVING, *COLD)
SHAPE_SCALE, WORD_SCALE = 0.3, 1.0
"""How much each part may say against the others; chosen in cross-validation."""
_TOKEN = re.compile(rf"[^\W\d_]+|\d[\d ]*|[?!…:;«»]|{EMOJI}")
MOST_ENCODED = 2000  # characters
_LINK = re.compile(r"(https?://|www\.)\S+")
_ENOUGH = 3  # matches of the cues of one tone, beyond which more say nothing new

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """A cue and where it stands in the folded text."""

    cue: Cue
    start: int
    end: int


def matches(folded: Folded) -> list[Match]:
    """Every cue that is found, in the order of the cues; none in a part of a web address, whose words nobody wrote."""
    text = _LINK.sub(lambda link: link[1] + "0" * (len(link[0]) - len(link[1])), folded.text)
    return [Match(cue, *found.span()) for cue in CUES for found in cue.pattern.finditer(text) if found.group()]


def dense(folded: Folded, written: str, found: Sequence[Match]) -> list[float]:
    """The build of the draft, then how often each cue and each tone's cues are found."""
    counts = Counter(match.cue.name for match in found)
    tones = Counter(match.cue.tone for match in found)
    words = max(1, folded.text.count(" ") + 1)
    said = [min(1.0, counts[cue.name] / 2) for cue in CUES] + [float(counts[cue.name] > 0) for cue in CUES]
    for tone in TONES[1:]:
        number = tones[tone]
        said += [min(1.0, number / _ENOUGH), float(not number), min(1.0, 5 * number / words)]
    return [*shape(folded, written), *said]


DENSE = len(NAMES) + 2 * len(CUES) + 3 * len(TONES[1:])


def tokens(text: str) -> list[tuple[str, int, int]]:
    """(word or mark or pair of them, start, end) of folded text; figures are all alike."""
    single = [("0" if found[0][0].isdigit() else found[0], *found.span()) for found in _TOKEN.finditer(text)]
    pairs = [(f"{a[0]} {b[0]}", a[1], b[2]) for a, b in pairwise(single)]
    return single + pairs


def weighed(counted: Mapping[str, int], idf: Mapping[str, float]) -> dict[str, float]:
    """TF-IDF with sublinear counts, of length `WORD_SCALE`; unknown words are left out."""
    values = {word: (1 + math.log(n)) * idf[word] for word, n in counted.items() if word in idf}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {word: WORD_SCALE * value / length for word, value in values.items()}


@dataclass(frozen=True, slots=True)
class Weights:
    """`mean` and `spread` of the build; `dense` and `words`: the log-odds of each of `TONES` that a unit adds.

    `lean` is added to neutral's: so much surer than not must it be before a draft is said to have a tone.
    """

    mean: Numbers
    spread: Numbers
    dense: Numbers
    base: Numbers
    idf: Mapping[str, float]
    words: Mapping[str, Numbers]
    lean: float

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        words = {word: np.array(row[1:]) for word, row in stored["words"].items()}
        idf = {word: float(row[0]) for word, row in stored["words"].items()}
        mean, spread, weights, base = (np.array(stored[name]) for name in ("mean", "spread", "dense", "base"))
        return cls(mean, spread, weights, base, idf, words, float(stored["lean"]))

    def scaled(self, row: Sequence[float]) -> Numbers:
        """Dense numbers as they were learnt from."""
        numbers = np.array(row, dtype=np.float64)
        count = len(self.mean)
        numbers[:count] = SHAPE_SCALE * (numbers[:count] - self.mean) / self.spread
        return numbers


class Encoder(Protocol):
    """Turns texts into vectors of length one, of shape (texts, size); its name says which ones."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.floating]: ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the vectors of one encoder add to the log-odds: `weights` of shape (size, tones); `lean` as in `Weights`."""

    weights: Numbers
    base: Numbers
    lean: float

    def odds(self, text: str, encoder: Encoder) -> Numbers:
        vector = np.asarray(encoder.encode([encodable(text)]), dtype=np.float64)[0]
        return np.asarray(vector @ self.weights + self.base)


def encodable(text: str) -> str:
    """What an encoder is given of a text: its beginning, never empty."""
    return text[:MOST_ENCODED].replace("\0", " ").encode(errors="ignore").decode().strip() or "."


@dataclass(frozen=True, slots=True)
class Reading:
    """`ahead`: log-odds of each tone but neutral against it; `spoke`: the words with the log-odds that they add."""

    ahead: Numbers
    found: list[Match]
    spoke: Mapping[str, Numbers]


def read(folded: Folded, written: str, found: list[Match], weights: Weights, encoder: Encoder | None = None) -> Reading:
    """`found`: its `matches`. An encoder whose vectors nothing was learnt from is not asked."""
    spoke = weighed(Counter(token for token, _, _ in tokens(folded.text)), weights.idf)
    said = {word: value * weights.words[word] for word, value in spoke.items()}
    odds = weights.base + weights.scaled(dense(folded, written, found)) @ weights.dense
    for more in said.values():
        odds = odds + more
    meaning = meanings().get(encoder.name) if encoder else None
    if encoder and meaning:
        odds = odds + meaning.odds(written, encoder)
    lean = meaning.lean if meaning else weights.lean
    return Reading(odds[1:] - odds[0] - lean, found, said)


def shares(ahead: Numbers) -> Numbers:
    """The scores of `TONES`, which add up to 1."""
    odds = np.concatenate([[0.0], ahead])
    parts = np.exp(odds - odds.max())
    return np.asarray(parts / parts.sum())


NEVER = -99.0  # log-odds


def margins(reading: Reading) -> Numbers:
    """How far each tone is ahead of neutral in a sentence read alone; `NEVER` for a tone without a cue in it."""
    tones = {match.cue.tone for match in reading.found}
    return np.where([tone in tones for tone in TONES[1:]], reading.ahead, NEVER)


@dataclass(frozen=True, slots=True)
class Sentences:
    """What was learnt of sentences alone. One that passes their `lean` makes a whole draft sound so; within `notice`
    log-odds of it a passage is shown.
    """

    weights: Weights
    notice: float


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights of whole drafts, which come with the program."""
    return Weights.read(_stored("weights.json"))


@lru_cache(maxsize=1)
def of_sentences() -> Sentences:
    """The weights of single sentences, which come with the program."""
    stored = _stored("sentences.json")
    return Sentences(Weights.read(stored), float(stored["notice"]))


@lru_cache(maxsize=1)
def meanings() -> Mapping[str, Meaning]:
    """By the encoder's name, for the encoders that were at hand when the weights were learnt."""
    stored = _stored("meaning.json")
    return {
        name: Meaning(np.array(each["weights"]), np.array(each["base"]), float(each["lean"]))
        for name, each in stored.items()
    }


def _stored(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files("portevoix.text.tone").joinpath(name).read_text("utf-8"))
    return read
