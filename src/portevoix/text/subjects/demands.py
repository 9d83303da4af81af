"""Demands in messages: sentences that ask for something, gathered by what they ask, with the people who do."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from portevoix.text.phrases import Group, load_phrases
from portevoix.text.tokens import flatten, fold, stem, tokens

MOST_DEMANDS = 5
MOST_CHARACTERS = 160
MOST_READ = 4000
MOST_OF_TEXT = 20
"""Demands that are read in one text."""
ALIKE = 0.34
"""Two sentences that share so much of their words ask the same."""
MOST_COMPARED, LARGEST = 200_000, 20
"""Pairs of sentences of a subject that are compared; what is read after them joins a LARGEST demand, or none."""
_WHOLE = frozenset({"when", "refund", "extend"})
"""Sorts of demands that are one within a subject, in whatever words."""
_GREETING = re.compile(r"^(?:(?:@[\w.-]+|\[\w+\]|bonjour|bonsoir|hello|hi|madame|monsieur)[ ,:!]*)+", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class Demand:
    """A demand in the words of one who makes it; `places` are those of the messages, `people` how many voices."""

    kind: str
    phrase: str
    people: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    kind: str
    text: str
    words: frozenset[str]


def load_groups() -> tuple[Group, ...]:
    """Return the groups of phrases that make a sentence a demand; a group's kind is what is demanded."""
    return load_phrases("portevoix.text.subjects", "demands.toml")


def compile_group(group: Group) -> re.Pattern[str]:
    """Return a pattern of folded text for any phrase of a group, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(group.phrases)})(?!\w)")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((group.kind, compile_group(group)) for group in load_groups())


def find_demand(sentence: str) -> str | None:
    """Return what a sentence demands, as the kind of its pattern; None where it demands nothing."""
    folded = fold(sentence)
    return next((kind for kind, pattern in _patterns() if pattern.search(folded)), None)


def gather_demands(
    texts: Sequence[str], voices: Sequence[int], *, unquoted: Collection[int] = ()
) -> tuple[Demand, ...]:
    """Return the demands in the texts of one subject, those of most people first, at most MOST_DEMANDS.

    `voices`: whose each text is. Sentences that share words are one demand, and so are all that want money back; who
    demands the same twice is one person. `unquoted`: places of texts that are counted, and never quoted; a demand of
    such texts alone has no phrase.
    """
    gathering = _Gathering()
    for sentence in _sentences(texts):
        gathering.add(sentence)
    demands = [_summarize(group, voices, unquoted) for group in gathering.groups]
    demands.sort(key=lambda demand: (-demand.people, demand.places, demand.phrase))
    return tuple(demands[:MOST_DEMANDS])


class _Gathering:
    """Groups of sentences that ask the same, gathered in bounded time whatever the sentences are."""

    def __init__(self) -> None:
        self.groups: list[list[_Sentence]] = []
        self._by_words: dict[frozenset[str], list[_Sentence]] = {}
        self._left = MOST_COMPARED
        self._largest: list[list[_Sentence]] = []

    def add(self, sentence: _Sentence) -> None:
        """Put the sentence into the group that asks the same, else into one of its own."""
        group = self._by_words.get(sentence.words) or self._find(sentence)
        if group is None:
            if self._left <= 0:
                return
            group = []
            self.groups.append(group)
        group.append(sentence)
        self._by_words.setdefault(sentence.words, group)

    def _find(self, sentence: _Sentence) -> list[_Sentence] | None:
        if self._left <= 0:
            self._largest = self._largest or sorted(self.groups, key=len, reverse=True)[:LARGEST]
            return next((group for group in self._largest if _is_same(sentence, group[:1])), None)
        for group in self.groups:
            self._left -= len(group)
            if _is_same(sentence, group):
                return group
        return None


def _sentences(texts: Sequence[str]) -> Iterator[_Sentence]:
    for place, text in enumerate(texts):
        yield from islice(_sentences_of(place, text), MOST_OF_TEXT)


def _sentences_of(place: int, text: str) -> Iterator[_Sentence]:
    for found in _SENTENCE.finditer(text[:MOST_READ]):
        sentence = _GREETING.sub("", flatten(found[0]))
        if (kind := find_demand(sentence)) and (words := frozenset(map(stem, tokens(sentence)))):
            yield _Sentence(place, kind, sentence, words)


def _is_same(sentence: _Sentence, group: Sequence[_Sentence]) -> bool:
    if sentence.kind == group[0].kind and sentence.kind in _WHOLE:
        return True
    return any(len(sentence.words & each.words) / len(sentence.words | each.words) >= ALIKE for each in group)


def _summarize(group: Sequence[_Sentence], voices: Sequence[int], unquoted: Collection[int]) -> Demand:
    places = tuple(sorted({sentence.place for sentence in group}))
    quotable = [each.text for each in group if each.place not in unquoted]
    phrase = min(quotable, key=lambda text: (len(text) > MOST_CHARACTERS, len(text) < 20, len(text)), default="")
    if len(phrase) > MOST_CHARACTERS:
        phrase = f"{phrase[:MOST_CHARACTERS].rsplit(' ', 1)[0]} …"
    return Demand(group[0].kind, phrase, len({voices[place] for place in places}), places)
