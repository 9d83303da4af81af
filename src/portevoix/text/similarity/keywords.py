"""Keywords of a week compared with the weeks before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from portevoix.text.tokens import STOP, fold, stem, surface, tokens

PRIOR = 10.0
"""Weight of the prior, in messages."""
LEAST_SCORE = 1.0
MOST_CHARACTERS = 4000
LONGEST_ACRONYM = 5
PAIR_SHARE = 0.75
"""A pair of words replaces its words when it is in this share of their messages."""
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
    """A word or pair of words in its most frequent spelling. Counts are of messages; `score` is a z-score."""

    word: str
    count: int
    past_count: int
    score: float


@dataclass(frozen=True, slots=True)
class Telling:
    """Keywords. `against_past` False: there was no past to compare with, so these are merely the most frequent."""

    words: tuple[TellingWord, ...]
    against_past: bool


def telling_words(now: Sequence[str], past: Sequence[str], *, top: int = 12, minimum: int = 2) -> Telling:
    """Return the words and pairs of words that are more frequent in the messages `now` than in those of the `past`.

    Log-odds ratio with an informative Dirichlet prior, on counts of messages (Monroe, Colaresi and Quinn, "Fightin'
    Words", Political Analysis 16, 2008, eq. 16, 20 and 22; a message either has a word or not, so that the odds are
    of messages): the prior is the past and the present together, half a message at least. At least `minimum` messages
    must have the word. Days, months and the like are left out.
    """
    here, spellings = _counts(now)
    before, _ = _counts(past)
    candidates = []
    for term, count in here.items():
        score = _score(count, before[term], len(now), len(past)) if past else float(count)
        if count >= minimum and score >= LEAST_SCORE:
            candidates.append((term, TellingWord(_spelling(spellings[term]), count, before[term], score)))
    candidates.sort(key=lambda pair: (-pair[1].score, -pair[1].count, pair[0]))
    return Telling(tuple(_without_parts(candidates)[:top]), against_past=bool(past))


def _score(count: int, past: int, messages: int, messages_past: int) -> float:
    share = (count + past + 0.5) / (messages + messages_past + 1)
    prior = max(PRIOR * share, 0.5)
    here = log((count + prior) / (messages + PRIOR - count - prior))
    before = log((past + prior) / (messages_past + PRIOR - past - prior))
    return (here - before) / sqrt(1 / (count + prior) + 1 / (past + prior))


def _counts(texts: Iterable[str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Return the number of messages with each stem or pair of stems, and the spellings of each."""
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for text in texts:
        words: dict[str, str] = {}
        last = ("", "")
        for word in surface(text[:MOST_CHARACTERS]):
            base = fold(word)
            if len(base) < 3 or base in STOP or base in _SAYS_LITTLE:
                last = ("", "")
                continue
            key = stem(base)
            words.setdefault(key, word)
            if last[0]:
                words.setdefault(f"{last[0]} {key}", f"{last[1]} {word}")
            last = (key, word)
        counts.update(words.keys())
        for key, spelling in words.items():
            spellings.setdefault(key, Counter())[spelling] += 1
    return counts, spellings


def _spelling(spellings: Counter[str]) -> str:
    """Return the most frequent spelling, without capitals if anybody wrote it so: only names never are."""
    small = Counter({form: count for form, count in spellings.items() if form == form.lower()})
    form = (small or spellings).most_common(1)[0][0]
    return form.title() if form.isupper() and len(form) > LONGEST_ACRONYM else form


def _without_parts(candidates: Sequence[tuple[str, TellingWord]]) -> list[TellingWord]:
    """Return the words without those that a pair replaces, and without pairs that share a word with a stronger term."""
    pairs = [(frozenset(term.split()), word) for term, word in candidates if " " in term]
    chosen_terms: list[tuple[frozenset[str], TellingWord]] = []
    for term, word in candidates:
        parts = frozenset(term.split())
        if len(parts) == 1 and any(parts < pair and other.count >= PAIR_SHARE * word.count for pair, other in pairs):
            continue
        if not any(parts & others and len(parts) > 1 for others, _ in chosen_terms):
            chosen_terms.append((parts, word))
    return [word for _, word in chosen_terms]
