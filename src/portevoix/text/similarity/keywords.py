"""The most telling words of a week against the weeks before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from portevoix.text.tokens import STOP, fold, stem, surface, tokens

PRIOR = 10.0
"""The prior weighs as much as so many messages."""
LEAST_SCORE = 1.0
MOST_CHARACTERS = 4000
LONGEST_ACRONYM = 5
PAIR_SHARE = 0.75
"""A pair of words stands for its words when it makes up this share of their messages."""
_SAYS_LITTLE = frozenset(tokens("""
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre
    octobre novembre décembre matin soir midi semaine week end hier demain aujourd'hui monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december morning
    evening week yesterday tomorrow today
    faut maintenant personne quelqu'un certain certains certaines chose choses crois trouve reste semble vingt
    trente cent nothing someone something everyone now need needs still
    """))  # fmt: skip


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
    Words", Political Analysis 16, 2008, eq. 16, 20 and 22; a message either holds a word or not, so that the odds are
    of messages): the prior is the past and the present together, half a message at least. At least `minimum` messages
    must hold the word. Days, months and the like tell nothing.
    """
    here, spelt = _counts(now)
    before, _ = _counts(past)
    found = []
    for term, count in here.items():
        score = _score(count, before[term], len(now), len(past)) if past else float(count)
        if count >= minimum and score >= LEAST_SCORE:
            found.append((term, TellingWord(_spelling(spelt[term]), count, before[term], score)))
    found.sort(key=lambda pair: (-pair[1].score, -pair[1].count, pair[0]))
    return Telling(tuple(_without_parts(found)[:top]), against_past=bool(past))


def _score(count: int, past: int, messages: int, messages_past: int) -> float:
    share = (count + past + 0.5) / (messages + messages_past + 1)
    prior = max(PRIOR * share, 0.5)
    here = log((count + prior) / (messages + PRIOR - count - prior))
    before = log((past + prior) / (messages_past + PRIOR - past - prior))
    return (here - before) / sqrt(1 / (count + prior) + 1 / (past + prior))


def _counts(texts: Iterable[str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How many messages hold each stem or pair of stems, and how each is spelt."""
    counts: Counter[str] = Counter()
    spelt: dict[str, Counter[str]] = {}
    for text in texts:
        seen: dict[str, str] = {}
        last = ("", "")
        for word in surface(text[:MOST_CHARACTERS]):
            folded = fold(word)
            if len(folded) < 3 or folded in STOP or folded in _SAYS_LITTLE:
                last = ("", "")
                continue
            key = stem(folded)
            seen.setdefault(key, word)
            if last[0]:
                seen.setdefault(f"{last[0]} {key}", f"{last[1]} {word}")
            last = (key, word)
        counts.update(seen.keys())
        for key, shown in seen.items():
            spelt.setdefault(key, Counter())[shown] += 1
    return counts, spelt


def _spelling(spelt: Counter[str]) -> str:
    """As it is mostly written; without capitals as soon as somebody wrote it so: only names never are."""
    small = Counter({shown: count for shown, count in spelt.items() if shown == shown.lower()})
    shown = (small or spelt).most_common(1)[0][0]
    return shown.title() if shown.isupper() and len(shown) > LONGEST_ACRONYM else shown


def _without_parts(found: Sequence[tuple[str, TellingWord]]) -> list[TellingWord]:
    """Leaves out the words that a pair stands for, and a pair of which a more telling word says as much."""
    pairs = [(frozenset(term.split()), word) for term, word in found if " " in term]
    kept: list[tuple[frozenset[str], TellingWord]] = []
    for term, word in found:
        parts = frozenset(term.split())
        if len(parts) == 1 and any(parts < pair and other.count >= PAIR_SHARE * word.count for pair, other in pairs):
            continue
        if not any(parts & others and len(parts) > 1 for others, _ in kept):
            kept.append((parts, word))
    return [word for _, word in kept]
