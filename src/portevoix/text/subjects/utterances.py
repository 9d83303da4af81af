"""Utterances of citizens, which are grouped, and the voices among them: one for each author or campaign."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from portevoix.text.tokens import fold_word, surface_words

SHORTEST_COPY = 4
"""Texts with fewer words are copies of one another only word for word."""
SHINGLE = 3
BANDS, ROWS = 12, 2
LEAST_ALIKE = 0.6
MOST_WORDS = 400
_HASHES = BANDS * ROWS
_PRIME = np.uint64((1 << 61) - 1)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message. `author` is any constant key of who wrote it; "" is nobody in particular: each is another one.

    `week` counts back from the week that is looked at, which is 0; `day` are the days since that week began. `labels`
    are any that it has: its kind, its sentiment.
    """

    id: str
    text: str
    author: str
    week: int
    department: str = ""
    channel: str = ""
    day: float = 0.0
    labels: tuple[str, ...] = ()


def voice_keys(utterances: Sequence[Utterance]) -> list[str]:
    """Return for each utterance the key of the voice it belongs to: as many people as there are distinct keys.

    Whoever writes several times is one voice. One text that several send in one week, with other greetings, is a
    campaign and one voice too. Copies are looked for within each week.
    """
    keys = [f"author {each.author}" if each.author else f"alone {each.id}" for each in utterances]
    for copies in find_copies(utterances):
        senders = {keys[place] for place in copies}
        if len(senders) > 1:
            first = min(utterances[place].id for place in copies)
            for place in copies:
                keys[place] = f"campaign {first}"
    return keys


def find_copies(utterances: Sequence[Utterance]) -> list[list[int]]:
    """Return the places of near copies of one text, each group of two or more from one week, in order.

    Near copies share LEAST_ALIKE of the runs of three words that either has (MinHash finds the pairs to compare).
    """
    parents = list(range(len(utterances)))
    shingles = [_shingles(each.text) for each in utterances]
    for pair in _candidate_pairs(utterances, shingles):
        one, other = (_root(parents, place) for place in pair)
        if one != other and _likeness(shingles[pair[0]], shingles[pair[1]]) >= LEAST_ALIKE:
            parents[max(one, other)] = min(one, other)
    groups = defaultdict(list)
    for place in range(len(utterances)):
        groups[_root(parents, place)].append(place)
    return [group for group in groups.values() if len(group) > 1]


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


def _shingles(text: str) -> frozenset[int]:
    words = [fold_word(word) for word in surface_words(text)[:MOST_WORDS]]
    if len(words) < SHORTEST_COPY:
        return frozenset([crc32(" ".join(words).encode())]) if words else frozenset()
    return frozenset(crc32(" ".join(words[at : at + SHINGLE]).encode()) for at in range(len(words) - SHINGLE + 1))


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _candidate_pairs(utterances: Sequence[Utterance], shingles: Sequence[frozenset[int]]) -> Iterable[tuple[int, int]]:
    """Yield pairs that share a band of their signatures: each place with the first one that has the band."""
    random = np.random.default_rng(0)
    factors = random.integers(1, 1 << 31, _HASHES, dtype=np.uint64)
    offsets = random.integers(0, 1 << 31, _HASHES, dtype=np.uint64)
    first: dict[tuple[int, int, bytes], int] = {}
    for place, (each, some) in enumerate(zip(utterances, shingles, strict=True)):
        if some:
            signature = _signature(some, factors, offsets)
            for band in range(BANDS):
                key = (each.week, band, signature[band * ROWS : (band + 1) * ROWS].tobytes())
                other = first.setdefault(key, place)
                if other != place:
                    yield other, place


def _signature(
    shingles: frozenset[int], factors: NDArray[np.uint64], offsets: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    hashes = np.fromiter(shingles, np.uint64, len(shingles))
    lowest: NDArray[np.uint64] = ((hashes[:, None] * factors + offsets) % _PRIME).min(axis=0)
    return lowest
