"""What tells whether a group of phrases, and no other of its file, finds something in a text: one way for each file."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from portevoix.text.phrases import Group
from portevoix.text.posts import cues, territory
from portevoix.text.privacy import equipment, name_patterns, sensitive_subjects, structured
from portevoix.text.subjects import demands
from portevoix.text.tokens import fold
from portevoix.text.tone import cue, rewrites
from portevoix.text.tone.folding import fold_text
from portevoix.text.urgency import detector

type Finder = Callable[[str], object]
TONE = (
    "silly.toml", "conniving.toml", "cold.toml", "structure.toml", "formality.toml", "hints.toml", "own_data.toml",
    "jargon.toml", "rewrites.toml",
)  # fmt: skip
URGENCY = {"level2.toml": 2, "level1.toml": 1, "exceptions.toml": 0}
NAMES = (
    "names.toml", "titles.toml", "offices.toml", "places.toml", "common_words.toml", "first_names.toml",
    "famous_names.toml", "announced.toml",
)  # fmt: skip
ROOMS = {
    "tone": TONE,
    "urgency": tuple(URGENCY),
    "privacy": ("forms.toml", "sensitive_subjects.toml", "equipment.toml", *NAMES),
    "subjects": ("demands.toml",),
    "posts": ("cues.toml", "territory.toml"),
}
NEAR = 110
"""Characters before and after a name that are looked at."""
_EDGE = re.compile(r"\b|(?<=[^\w\s])|$")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def load_groups() -> Iterator[tuple[str, Group]]:
    """Yield all groups with the names of their files."""
    for names, load in ((TONE, cue.load_groups), (URGENCY, detector.load_groups), (NAMES, name_patterns.load_groups)):
        yield from ((name, group) for name in names for group in load(name))
    yield from (("forms.toml", group) for group in structured.load_groups())
    yield from (("sensitive_subjects.toml", group) for group in sensitive_subjects.load_groups())
    yield from (("equipment.toml", group) for group in equipment.load_groups())
    yield from (("demands.toml", group) for group in demands.load_groups())
    yield from (("cues.toml", group) for group in cues.load_groups())
    yield from (("territory.toml", group) for group in territory.load_groups())


def finder(name: str, group: Group) -> Finder:
    if name in ("jargon.toml", "rewrites.toml"):
        return partial(_find_replaced, [rewrites.compile_phrase(phrase) for phrase, _ in group.instead])
    if name == "own_data.toml":
        return partial(_find_at_edges, re.compile(cue.join_groups([group])), folded=True)
    if name in TONE:
        pattern = re.compile(cue.join_groups([group]))
        return lambda text: pattern.search(fold_text(text).text)
    if name in NAMES and group.words:
        return partial(_find_words, {_plain(word) for word in group.words})
    if name in NAMES:
        return partial(_find_at_edges, re.compile(group.pattern))
    return {
        "cues.toml": _cue, "demands.toml": _demands, "equipment.toml": _equipment, "forms.toml": _form,
        "sensitive_subjects.toml": _sensitive,
        "territory.toml": _territory,
    }.get(name, _danger)(group)  # fmt: skip


def _demands(group: Group) -> Finder:
    pattern = demands.compile_group(group)
    return lambda text: pattern.search(fold(text))


def _sensitive(group: Group) -> Finder:
    pattern = sensitive_subjects.compile_group(group)
    return lambda text: pattern.search(fold(text))


def _equipment(group: Group) -> Finder:
    pattern = equipment.compile_groups([group])
    return lambda text: pattern.search(fold(text))


def _form(group: Group) -> Finder:
    form = structured.load_forms()[f"{group.kind}.{group.name}"]
    return lambda text: list(form.find(text))


def _cue(group: Group) -> Finder:
    pattern = re.compile(cue.join_groups([group]))
    return lambda text: pattern.search(" ".join(fold(text).split()))


def _territory(group: Group) -> Finder:
    pattern = re.compile(cue.join_groups([group]))
    return lambda text: pattern.search(territory._small(territory._flat(text)))


def _danger(group: Group) -> Finder:
    starts = detector._by_start(group.phrases)

    def find(text: str) -> object:
        plain = detector._blank_marks(fold(text))
        return detector._find_cues(plain, detector._word_starts(plain), starts)

    return find


def _find_replaced(patterns: list[re.Pattern[str]], text: str) -> bool:
    plain = fold_text(text).text
    return any(pattern.search(plain) for pattern in patterns)


def _find_at_edges(pattern: re.Pattern[str], text: str, *, folded: bool = False) -> bool:
    """Return whether a pattern finds something in a text as written, or `folded`.

    Where a pattern ends with the text, it is of what stands before a name: before any word or mark of the text.
    """
    is_before = pattern.pattern.endswith(("$", r"\Z"))
    for read in (text, fold_text(text).text) if folded else (text,):
        places = [edge.end() for edge in _EDGE.finditer(read)] if is_before else []
        if pattern.search(read) or any(pattern.search(read[max(0, end - NEAR) : end]) for end in places):
            return True
    return False


def _find_words(words: set[str], text: str) -> bool:
    """Return whether a text has one of the words, which may be names of several words."""
    parts = _plain(text).split()
    most = max(len(word.split()) for word in words)
    return any(" ".join(parts[place : place + n]) in words for place in range(len(parts)) for n in range(1, most + 1))


def _plain(word: str) -> str:
    return " ".join(_WORD.findall(fold(word).replace("-", " ")))
