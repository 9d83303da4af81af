"""Detection of danger to people: cues that put a message at the top and alert the hosts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from portevoix.text.phrases import Group, load_phrases, load_words
from portevoix.text.tokens import fold
from portevoix.text.urgency.learned_danger import find_danger_words

_ROOM = "portevoix.text.urgency"
MOST_CHARACTERS = 4000
MOST_WORDS = 5
_CHOICE = re.compile(r"\(\?:(?:[^()]|\(\?:[^()]*\))*\)(?![?*+{])")
_AROUND = re.compile(r"\(\?<?[!=][^)]*\)")
_FIRST_WORD = re.compile(r"([a-z]{4})(?![?*+{])|([a-z]{1,4})(?: (?!\?)|\\[Wb]|$)")
_ENDING = re.compile(r"([a-z ]*?)(?:\(\?:([^()]*)\)|([a-z ])(?=\?))(\?)?")
_OPENING = re.compile(r"(?:[^\w@]*@[\w@.]*\w)*\W*")
_START = re.compile(r"\b\w{1,4}")
_UP_TO = (("__ ", r"(?:\w+ ){0,6}"), ("_ ", r"(?:\w+ ){0,3}"))
_SPACE = re.compile(r" (\?)?")


def _starts(phrase: str) -> Iterator[str]:
    """Yield the first four letters of each word with which the phrase may begin."""
    for beginning in _choices(_AROUND.sub("", phrase)):
        if first := _FIRST_WORD.match(beginning):
            yield first[1] or first[2]
        elif ending := _ENDING.match(beginning):
            rest = beginning[ending.end() :]
            several = (ending[2] or ending[3]).split("|") + [""] * bool(ending[4])
            for choice in several:
                yield from _starts(ending[1] + choice + rest)
        else:
            raise ValueError(f"begins with no word of its own: {beginning[:40]}")


def _choices(phrase: str) -> Iterator[str]:
    """Yield the phrase once for each alternative at its beginning."""
    if not phrase.startswith("(?:"):
        yield phrase
        return
    depth, bounds = 0, [2]
    for place, letter in enumerate(phrase):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 or (depth == 1 and letter == "|"):
            bounds.append(place)
        if depth == 0:
            break
    for left, right in pairwise(bounds):
        yield phrase[left + 1 : right] + phrase[bounds[-1] + 1 :]


class _Cues:
    """Phrases with the same beginning; the pattern is compiled when a message first has such a word."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._phrases = phrases

    @cached_property
    def at(self) -> Callable[[str, int], re.Match[str] | None]:
        tails: dict[str, list[str]] = {}
        for phrase in self._phrases:
            choice = _CHOICE.match(phrase)
            tails.setdefault(choice[0] if choice else "", []).append(phrase[choice.end() :] if choice else phrase)
        pattern = "|".join(f"{choice}(?:{'|'.join(several)})" for choice, several in tails.items())
        for short, words in _UP_TO:
            pattern = pattern.replace(short, words)
        return re.compile(rf"(?:{_SPACE.sub(lambda space: ' ?' if space[1] else ' {1,3}', pattern)})\b").match


def _by_start(phrases: Iterable[str]) -> dict[str, _Cues]:
    """Return the phrases to try where a word begins with these four letters; elsewhere none is tried."""
    several: dict[str, dict[str, None]] = {}
    for phrase in phrases:
        for start in _starts(phrase):
            several.setdefault(start, {})[phrase] = None
    same: dict[tuple[str, ...], _Cues] = {}
    return {
        start: same.setdefault(phrases, _Cues(phrases))
        for start, phrases in ((start, tuple(each)) for start, each in several.items())
    }


def load_groups(name: str) -> tuple[Group, ...]:
    """Return the groups of phrases in a file of this room: `level2.toml`, `level1.toml`, `exceptions.toml`."""
    return load_phrases(_ROOM, name, load_words(_ROOM, "words.toml"))


@cache
def _load_cues(name: str) -> dict[str, _Cues]:
    return _by_start(phrase for group in load_groups(name) for phrase in group.phrases)


@cache
def _load_levels() -> tuple[tuple[tuple[int, dict[str, _Cues]], ...], frozenset[str]]:
    """Return the cues of each level, the highest first, and the beginnings of words at which any is to be tried."""
    levels = tuple((level, _load_cues(f"level{level}.toml")) for level in (2, 1))
    return levels, frozenset().union(*(cues for _, cues in levels))


@dataclass(frozen=True, slots=True)
class Urgency:
    """Urgency. `level` 2: people are in danger now; 1: somebody may get hurt; 0: neither. `words` are the evidence.

    `likely`: no phrase says so; the message resembles others that speak of a danger.
    """

    level: int
    words: tuple[str, ...] = ()
    likely: bool = False


_NEITHER = Urgency(0)


def urgency(text: str) -> Urgency:
    """Return the highest level with a cue; without any, level 1 where the text resembles messages about dangers."""
    return urgencies([text])[0]


def urgencies(texts: Sequence[str]) -> list[Urgency]:
    """Return the urgency of each text, as `urgency` does: many texts at once take a fraction of the time."""
    found = [find_spoken_danger(text) for text in texts]
    silent = [place for place, spoken in enumerate(found) if not spoken.level]
    several = find_danger_words([remove_exceptions(texts[place]) for place in silent])
    for place, words in zip(silent, several, strict=True):
        if words:
            found[place] = Urgency(1, words, likely=True)
    return found


def find_spoken_danger(text: str) -> Urgency:
    """Return the highest level with a cue, among whole words of folded text, French and English."""
    folded_text = fold(text[:MOST_CHARACTERS])
    plain = _blank_marks(folded_text)
    levels, starts = _load_levels()
    words = [(start, word.start()) for word in _START.finditer(plain) if (start := word[0]) in starts]
    for level, cues in levels:
        if _find_cues(plain, words, cues):
            dangers_only = _blank_exceptions(plain)
            if passages := tuple(
                dict.fromkeys(folded_text[left:right] for left, right in _find_cues(dangers_only, words, cues))
            ):
                return Urgency(level, passages[:MOST_WORDS])
    return _NEITHER


def _blank_marks(folded_text: str) -> str:
    """Return the text as phrases are written, of the same length."""
    plain = folded_text.replace("'", " ").replace(",", " ").replace("-", " ").replace("\n", " ")
    if not plain[:1].isalnum():  # "@city: help!" is a cry for help as the whole message
        plain = _OPENING.sub(lambda marks: "\0" * len(marks[0]), plain, count=1)
    return plain


def _word_starts(plain: str) -> Iterator[tuple[str, int]]:
    return ((word[0], word.start()) for word in _START.finditer(plain))


def _find_cues(plain: str, words: Iterable[tuple[str, int]], cues: Mapping[str, _Cues]) -> list[tuple[int, int]]:
    """Return the spans of cues, without overlaps."""
    spans: list[tuple[int, int]] = []
    end = 0
    for start, place in words:
        if start in cues and place >= end and (cue := cues[start].at(plain, place)):
            spans.append(cue.span())
            end = cue.end()
    return spans


def remove_exceptions(text: str) -> str:
    """Return the folded text with dots in place of phrases that only sound like a danger."""
    return _blank_exceptions(_blank_marks(fold(text[:MOST_CHARACTERS])))


def _blank_exceptions(plain: str) -> str:
    """Return the text, as phrases are written, with dots in place of phrases that only sound like a danger."""
    cues = _load_cues("exceptions.toml")
    for left, right in _find_cues(plain, _word_starts(plain), cues):
        plain = plain[:left] + "." * (right - left) + plain[right:]
    return plain
