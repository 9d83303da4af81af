"""Trained model of tone: a multinomial logistic regression on cues, structure and words of a draft.

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

from portevoix.text.tone.cue import Cue, load_cue_patterns
from portevoix.text.tone.emoji import EMOJI
from portevoix.text.tone.features import NAMES, structure_of
from portevoix.text.tone.folding import FoldedText
from portevoix.text.tone.reasons import CUES

TONES = ("neutral", "silly", "conniving", "cold")
SHAPE_SCALE, WORD_SCALE = 0.3, 1.0
"""Relative scale of the parts, chosen in cross-validation."""
_TOKEN = re.compile(rf"[^\W\d_]+|\d[\d ]*|[?!…:;«»]|{EMOJI}")
MOST_ENCODED = 2000  # characters
_LINK = re.compile(r"(https?://|www\.)\S+")
_ENOUGH = 3  # matches of the cues of one tone, beyond which more say nothing new

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """An occurrence of a cue in the folded text."""

    cue: Cue
    start: int
    end: int


def matches(folded: FoldedText) -> list[Match]:
    """Return every occurrence of a cue, in the order of the cues, except within web addresses."""
    text = _LINK.sub(lambda link: link[1] + "0" * (len(link[0]) - len(link[1])), folded.text)
    patterns = load_cue_patterns()
    return [
        Match(cue, *occurrence.span())
        for cue in CUES
        for occurrence in patterns[cue.tone, cue.kind].finditer(text)
        if occurrence.group()
    ]


def dense(folded: FoldedText, written: str, found: Sequence[Match]) -> list[float]:
    """Return the structural features of a draft, then the frequency of each cue and of each tone's cues."""
    counts = Counter(match.cue.name for match in found)
    tones = Counter(match.cue.tone for match in found)
    words = max(1, folded.text.count(" ") + 1)
    numbers = [min(1.0, counts[cue.name] / 2) for cue in CUES] + [float(counts[cue.name] > 0) for cue in CUES]
    for tone in TONES[1:]:
        number = tones[tone]
        numbers += [min(1.0, number / _ENOUGH), float(not number), min(1.0, 5 * number / words)]
    return [*structure_of(folded, written), *numbers]


DENSE = len(NAMES) + 2 * len(CUES) + 3 * len(TONES[1:])


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Return (word or mark or pair of them, start, end) of folded text; all numbers are one token."""
    single = [("0" if match[0][0].isdigit() else match[0], *match.span()) for match in _TOKEN.finditer(text)]
    pairs = [(f"{a[0]} {b[0]}", a[1], b[2]) for a, b in pairwise(single)]
    return single + pairs


def weigh_words(counted: Mapping[str, int], idf: Mapping[str, float]) -> dict[str, float]:
    """Return TF-IDF with sublinear counts, of length `WORD_SCALE`; unknown words are left out."""
    values = {word: (1 + math.log(n)) * idf[word] for word, n in counted.items() if word in idf}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {word: WORD_SCALE * value / length for word, value in values.items()}


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the model: `mean` and `spread` scale structural features; `dense` and `words` are log-odds per unit.

    The log-odds are of each of `TONES`. `lean` is added to neutral's: the margin that another tone needs.
    """

    mean: Numbers
    spread: Numbers
    dense: Numbers
    base: Numbers
    idf: Mapping[str, float]
    words: Mapping[str, Numbers]
    lean: float

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        words = {word: np.array(row[1:]) for word, row in document["words"].items()}
        idf = {word: float(row[0]) for word, row in document["words"].items()}
        mean, spread, weights, base = (np.array(document[name]) for name in ("mean", "spread", "dense", "base"))
        return cls(mean, spread, weights, base, idf, words, float(document["lean"]))

    def scale(self, row: Sequence[float]) -> Numbers:
        """Return dense numbers scaled as in training."""
        numbers = np.array(row, dtype=np.float64)
        count = len(self.mean)
        numbers[:count] = SHAPE_SCALE * (numbers[:count] - self.mean) / self.spread
        return numbers


class Encoder(Protocol):
    """Encoder of texts as vectors of length one, (texts, size), identified by its name."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.floating]: ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """Weights of an encoder's vectors in the log-odds: `weights` of shape (size, tones); `lean` as in `Weights`."""

    weights: Numbers
    base: Numbers
    lean: float

    def odds(self, text: str, encoder: Encoder) -> Numbers:
        vector = np.asarray(encoder.encode([encodable(text)]), dtype=np.float64)[0]
        return np.asarray(vector @ self.weights + self.base)


def encodable(text: str) -> str:
    """Return the beginning of a text as passed to an encoder, never empty."""
    return text[:MOST_ENCODED].replace("\0", " ").encode(errors="ignore").decode().strip() or "."


@dataclass(frozen=True, slots=True)
class Reading:
    """Result of the model. `ahead`: log-odds of each tone against neutral; `spoke`: the log-odds added by words."""

    ahead: Numbers
    cues: list[Match]
    spoke: Mapping[str, Numbers]


def read(
    folded: FoldedText, written: str, found: list[Match], weights: Weights, encoder: Encoder | None = None
) -> Reading:
    """Return the model's result for a draft; `found` are its `matches`. An encoder without weights is not used."""
    spoke = weigh_words(Counter(token for token, _, _ in tokens(folded.text)), weights.idf)
    odds_by_word = {word: value * weights.words[word] for word, value in spoke.items()}
    odds = weights.base + weights.scale(dense(folded, written, found)) @ weights.dense
    for more in odds_by_word.values():
        odds = odds + more
    meaning = load_encoder_weights().get(encoder.name) if encoder else None
    if encoder and meaning:
        odds = odds + meaning.odds(written, encoder)
    lean = meaning.lean if meaning else weights.lean
    return Reading(odds[1:] - odds[0] - lean, found, odds_by_word)


def shares(ahead: Numbers) -> Numbers:
    """Return the scores of `TONES`, which sum to 1."""
    odds = np.concatenate([[0.0], ahead])
    parts = np.exp(odds - odds.max())
    return np.asarray(parts / parts.sum())


NEVER = -99.0  # log-odds


def margins(reading: Reading) -> Numbers:
    """Return the log-odds of each tone against neutral in a single sentence; `NEVER` for a tone without a cue."""
    tones = {match.cue.tone for match in reading.cues}
    return np.where([tone in tones for tone in TONES[1:]], reading.ahead, NEVER)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Model of single sentences.

    A sentence beyond their `lean` decides the tone of the draft; from `notice` log-odds below it, a passage is shown.
    """

    weights: Weights
    notice: float


@lru_cache(maxsize=1)
def load_draft_weights() -> Weights:
    """Return the bundled weights of whole drafts."""
    return Weights.read(_read_json("weights.json"))


@lru_cache(maxsize=1)
def load_sentence_model() -> Sentences:
    """Return the bundled weights of single sentences."""
    document = _read_json("sentences.json")
    return Sentences(Weights.read(document), float(document["notice"]))


@lru_cache(maxsize=1)
def load_encoder_weights() -> Mapping[str, Meaning]:
    """Return the weights for the encoders used in training, by the encoder's name."""
    document = _read_json("meaning.json")
    return {
        name: Meaning(np.array(each["weights"]), np.array(each["base"]), float(each["lean"]))
        for name, each in document.items()
    }


def _read_json(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files("portevoix.text.tone").joinpath(name).read_text("utf-8"))
    return document
