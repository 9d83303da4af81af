"""The most telling words of a week against the weeks before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from portevoix.text.words import STOP, fold, stem, surface

PRIOR = 20.0
LEAST_SCORE = 1.5


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word or pair of words, as it is mostly written. Counts are of messages; `score` is a z-score."""

    word: str
    count: int
    past_count: int
    score: float


@dataclass(frozen=True, slots=True)
class Telling:
    """`against_past` False: there was nothing to compare with, so that these are merely the most frequent."""

    words: tuple[TellingWord, ...]
    against_past: bool


def telling_words(now: Sequence[str], past: Sequence[str], *, top: int = 12, minimum: int = 2) -> Telling:
    """Words and pairs of words of the messages `now` that stand out against the messages of the `past`.

    Log-odds ratio with an informative Dirichlet prior, on counts of messages (Monroe, Colaresi and Quinn, "Fightin'
    Words", Political Analysis 16, 2008, eq. 22): the prior is the past and the present together. At least `minimum`
    messages must hold the word.
    """
    here, spelt = _counts(now)
    before, _ = _counts(past)
    total_here, total_before = sum(here.values()), sum(before.values())
    found = []
    for term, count in here.items():
        if count < minimum:
            continue
        score = _score(count, before[term], total_here, total_before) if past else float(count)
        if not past or score >= LEAST_SCORE:
            found.append(TellingWord(spelt[term].most_common(1)[0][0], count, before[term], score))
    found.sort(key=lambda word: (-word.score, -word.count, word.word))
    return Telling(tuple(_without_parts(found)[:top]), against_past=bool(past))


def _score(count: int, past: int, total: int, total_past: int) -> float:
    share = (count + past) / (total + total_past)
    prior = PRIOR * share
    here = log((count + prior) / (total + PRIOR - count - prior))
    before = log((past + prior) / (total_past + PRIOR - past - prior))
    return (here - before) / sqrt(1 / (count + prior) + 1 / (past + prior))


def _counts(texts: Iterable[str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How many messages hold each stem or pair of stems, and how each is spelt."""
    counts: Counter[str] = Counter()
    spelt: dict[str, Counter[str]] = {}
    for text in texts:
        seen: dict[str, str] = {}
        last = ("", "")
        for word in surface(text):
            folded = fold(word)
            if len(folded) < 3 or folded in STOP:
                last = ("", "")
                continue
            key, shown = stem(folded), word.lower()
            seen[key] = shown
            if last[0]:
                seen[f"{last[0]} {key}"] = f"{last[1]} {shown}"
            last = (key, shown)
        counts.update(seen.keys())
        for key, shown in seen.items():
            spelt.setdefault(key, Counter())[shown] += 1
    return counts, spelt


def _without_parts(words: Sequence[TellingWord]) -> list[TellingWord]:
    """Leaves out a pair that says no more than a word of it that is kept, and a word that a kept pair says better."""
    kept: list[TellingWord] = []
    for word in words:
        parts = set(word.word.split())
        if any(parts & set(other.word.split()) and other.count >= word.count for other in kept):
            continue
        kept.append(word)
    return kept
