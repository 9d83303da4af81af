"""Demands in messages: sentences that ask for something, gathered by what they ask, with the people who do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from portevoix.kernel.toml_source import TomlSource
from portevoix.text.tokens import fold, stem, tokens

MOST_DEMANDS = 5
MOST_CHARACTERS = 160
MOST_READ = 4000
ALIKE = 0.34
"""Two sentences that share so much of their words ask the same."""
_WHOLE = frozenset({"refund", "extend"})
"""What is one demand, in whatever words."""
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_BRACKET = re.compile(r"\\.|\[[^\]]*\]|\((?!\?)")


@dataclass(frozen=True, slots=True)
class DemandPattern:
    """A group of phrases: `kind` is what is demanded. `example` it must find, `counterexample` it must not."""

    kind: str
    name: str
    pattern: re.Pattern[str]
    example: str
    counterexample: str


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


@cache
def load_demand_patterns() -> tuple[DemandPattern, ...]:
    """Return the patterns of demands.toml, in its order: the first that a sentence matches says what it demands."""
    source = TomlSource(files("portevoix.text.subjects").joinpath("demands.toml").read_text("utf-8"))
    return tuple(_read_group(source, kind, name) for kind in source.table() or {} for name in source.table(kind) or {})


def _read_group(source: TomlSource, kind: str, name: str) -> DemandPattern:
    texts = {key: source.text(kind, name, key) or "" for key in ("phrases", "matches", "not")}
    for key, text in texts.items():
        if not text.strip():
            raise source.bad("This group needs “{value}”.", f"{kind}.{name}", value=key)
    phrases = "|".join(_read_phrases(texts["phrases"]))
    return DemandPattern(kind, name, re.compile(rf"(?<!\w)(?:{phrases})"), texts["matches"], texts["not"])


def _read_phrases(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line in [*filter(str.strip, text.splitlines()), ""]:
        if lines and not line[:1].isspace():
            phrase = " ".join(map(str.strip, lines))
            plain = _BRACKET.sub(lambda found: "(?:" if found[0] == "(" else found[0], phrase)
            yield plain.replace("…", r"\w*") + r"(?!\w)"
            lines = []
        lines.append(line)


def find_demand(sentence: str) -> str | None:
    """Return what a sentence demands, as the kind of its pattern; None where it demands nothing."""
    folded = fold(sentence)
    return next((each.kind for each in load_demand_patterns() if each.pattern.search(folded)), None)


def gather_demands(texts: Sequence[str], voices: Sequence[int]) -> tuple[Demand, ...]:
    """Return the demands in the texts of one subject, those of most people first, at most MOST_DEMANDS.

    `voices`: whose each text is. Sentences that share words are one demand, and so are all that want money back; who
    demands the same twice is one person.
    """
    groups: list[list[_Sentence]] = []
    for sentence in _sentences(texts):
        group = next((group for group in groups if _is_same(sentence, group)), None)
        if group is None:
            groups.append([sentence])
        else:
            group.append(sentence)
    demands = [_summarize(group, voices) for group in groups]
    demands.sort(key=lambda demand: (-demand.people, demand.places, demand.phrase))
    return tuple(demands[:MOST_DEMANDS])


def _sentences(texts: Sequence[str]) -> Iterator[_Sentence]:
    for place, text in enumerate(texts):
        for found in _SENTENCE.finditer(text[:MOST_READ]):
            sentence = " ".join(found[0].split())
            words = frozenset(map(stem, tokens(sentence)))
            if len(words) >= 1 and (kind := find_demand(sentence)):
                yield _Sentence(place, kind, sentence, words)


def _is_same(sentence: _Sentence, group: Sequence[_Sentence]) -> bool:
    if sentence.kind == group[0].kind and sentence.kind in _WHOLE:
        return True
    return any(len(sentence.words & each.words) / len(sentence.words | each.words) >= ALIKE for each in group)


def _summarize(group: Sequence[_Sentence], voices: Sequence[int]) -> Demand:
    places = tuple(sorted({sentence.place for sentence in group}))
    shown = min(group, key=lambda each: (len(each.text) > MOST_CHARACTERS, len(each.text) < 20, len(each.text)))
    phrase = shown.text
    if len(phrase) > MOST_CHARACTERS:
        phrase = f"{phrase[:MOST_CHARACTERS].rsplit(' ', 1)[0]} …"
    return Demand(group[0].kind, phrase, len({voices[place] for place in places}), places)
