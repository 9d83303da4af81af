"""Every group of phrases finds the sentence that it is for and leaves the other one alone.

python -m pytest tests/text/test_phrases.py                      all groups
python -m pytest tests/text/test_phrases.py -k cold.toml          those of a file
python -m pytest tests/text/test_phrases.py -k threat.punishment  one
"""

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files

import pytest

from portevoix.kernel.errors import BadFile
from portevoix.text.phrases import Group, parse_phrases
from portevoix.text.privacy import equipment, find, name_patterns, sensitive_subjects, structured
from portevoix.text.privacy.self_introductions import _CONDITIONS
from portevoix.text.subjects import demands
from portevoix.text.tokens import fold
from portevoix.text.tone import cue
from portevoix.text.tone.folding import fold_text
from portevoix.text.tone.reasons import CUES
from portevoix.text.urgency import detector
from tests.text.timing import check_growth

type Finder = Callable[[str], object]
TONE = ("silly.toml", "conniving.toml", "cold.toml", "structure.toml", "formality.toml", "hints.toml")
URGENCY = {"level2.toml": 2, "level1.toml": 1, "exceptions.toml": 0}
PRIVACY = ("forms.toml", "names.toml")
OTHER_FILES = {"jargon.toml", "rewrites.toml", "words.toml"}
"""Files of these rooms that hold no groups of phrases."""
GROUPS = [(name, group) for name in TONE for group in cue.load_groups(name)] + [
    (name, group) for name in URGENCY for group in detector.load_groups(name)
]
GROUPS += [("forms.toml", group) for group in structured.load_groups()]
GROUPS += [("sensitive_subjects.toml", group) for group in sensitive_subjects.load_groups()]
GROUPS += [("equipment.toml", group) for group in equipment.load_groups()]
GROUPS += [("demands.toml", group) for group in demands.load_groups()]
GROUPS += [("names.toml", group) for group in name_patterns.load_groups()]
LONG = 4000
NOT_FOLDED = re.compile(r"[^\W\d_a-zA-Z…]|(?<![\\A-Z])[A-Z](?![A-Z])")
"""A letter with an accent, or one capital: no folded text has them."""
TWO_BLANKS = re.compile(r" \)\? | \(\?:(?:[^()]*\|)? |  ")
"""Where two blanks would have to stand, as in “(a )? b”: folded text has no such place."""


def finder(name: str, group: Group) -> Finder:
    """Return what tells whether the group, and no other of its file, finds something in a text."""
    if name in TONE:
        pattern = re.compile(cue.join_groups([group]))
        return lambda text: pattern.search(fold_text(text).text)
    if name == "demands.toml":
        demanded = demands.compile_group(group)
        return lambda text: demanded.search(fold(text))
    if name == "sensitive_subjects.toml":
        sensitive = sensitive_subjects.compile_group(group)
        return lambda text: sensitive.search(fold(text))
    if name == "equipment.toml":
        place = equipment.compile_groups([group])
        return lambda text: place.search(fold(text))
    if name == "forms.toml":
        form = structured.load_forms()[f"{group.kind}.{group.name}"]
        return lambda text: list(form.find(text))
    if name == "names.toml":
        return re.compile(group.pattern).search
    cues = detector._by_start(group.phrases)

    def find(text: str) -> object:
        plain = detector._blank_marks(fold(text))
        return detector._find_cues(plain, detector._word_starts(plain), cues)

    return find


def read_apart(group: Group) -> Iterator[str]:
    """Yield the phrases that are no regular expressions by themselves, or that no folded text can have."""
    for phrase in (*group.phrases, group.pattern):
        try:
            re.compile(phrase)
        except re.error as error:
            yield f"{phrase}: {error}"
        if phrase == group.pattern:
            continue
        if NOT_FOLDED.search(phrase):
            yield f"{phrase}: write small letters without accents"
        if TWO_BLANKS.search(phrase):
            yield f"{phrase}: two blanks would have to stand there"


@pytest.mark.parametrize(("name", "group"), GROUPS, ids=[f"{name}-{group.kind}.{group.name}" for name, group in GROUPS])
def test_a_group_finds_its_example_and_not_the_other_one(name: str, group: Group) -> None:
    assert not list(read_apart(group))
    find = finder(name, group)
    assert find(group.example), f"not found, though it should be: {group.example}"
    assert not find(group.counterexample), f"found, though it should not be: {group.counterexample}"
    for text in (group.example, group.counterexample):  # repetitions in phrases must not multiply
        check_growth(find, f"{text} " * (LONG // (len(text) + 1)))


@pytest.mark.parametrize(
    ("name", "group"),
    [(name, group) for name, group in GROUPS if name in URGENCY],
    ids=[f"{name}-{group.kind}.{group.name}" for name, group in GROUPS if name in URGENCY],
)
def test_an_example_of_danger_has_its_level_as_a_message(name: str, group: Group) -> None:
    level = URGENCY[name]
    found, other = detector.urgency(group.example), detector.urgency(group.counterexample)
    assert found.level == level, found.words
    assert (other.level > level) if level == 0 else (other.level < level), other.words


@pytest.mark.parametrize(
    ("name", "group"),
    [(name, group) for name, group in GROUPS if name in PRIVACY],
    ids=[f"{name}-{group.kind}.{group.name}" for name, group in GROUPS if name in PRIVACY],
)
def test_an_example_of_personal_data_is_masked_as_its_kind(name: str, group: Group) -> None:
    kind = group.kind if name == "forms.toml" else "name"
    assert kind in {each.kind for each in find(group.example)}
    assert kind not in {each.kind for each in find(group.counterexample)}


def test_what_the_program_knows_of_groups_is_there() -> None:
    forms, names = structured.load_forms(), name_patterns.load_name_patterns()
    assert {form.kind for form in forms.values()} < set(structured.MASKS["fr"]) and set(structured._CHECKS) < set(forms)
    assert set(names) == {"stated", "introduced"} and set(names["introduced"]) == {*_CONDITIONS, "alone"}


@pytest.mark.parametrize(
    ("room", "known"),
    [
        ("tone", TONE),
        ("urgency", URGENCY),
        ("privacy", (*PRIVACY, "sensitive_subjects.toml", "equipment.toml")),
        ("subjects", ("demands.toml",)),
    ],
)
def test_no_file_of_phrases_is_left_out(room: str, known: Iterable[str]) -> None:
    there = {file.name for file in files(f"portevoix.text.{room}").iterdir() if file.name.endswith(".toml")}
    assert there - OTHER_FILES == set(known)


def test_every_kind_of_phrases_has_its_reason() -> None:
    """A kind in a file that the program does not know would never be looked for."""
    assert {(each.tone, each.kind) for each in CUES} == set(cue.load_cue_patterns())


WHOLE = """[fines.all]
lang = "fr"
phrases = '''
amendes?
sera (enleve|
  retire)
'''
matches = "Une amende."
not = "Une carte."
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ('matches = "Une amende."\n', "", 1, "needs “matches”"),
        ('not = "Une carte."', 'not = " "', 9, "needs “not”"),
        ('lang = "fr"', 'lang = "de"', 2, "no language"),
        ('lang = "fr"', 'language = "fr"', 2, "no “language”"),
        ("amendes?", "CHILD perdu", 4, "no CHILD"),
        ("[fines.all]", "[words]\nSUM = '{CHILD}'\n[fines.all]", 2, "no CHILD"),
        ("[fines.all]", "[fines]", 2, "two names"),
        ('not = "Une carte."', "not = ", 9, "not TOML"),
        ("phrases", "pattern = ''\n[fines.more]\nphrases", 1, "needs"),
    ],
)
def test_what_is_wrong_is_told_with_its_file_and_line(old: str, new: str, line: int, why: str) -> None:
    with pytest.raises(BadFile, match=rf"^fines\.toml, line {line}: .*{why}"):
        parse_phrases(WHOLE.replace(old, new), "fines.toml")


def test_a_phrase_goes_on_where_a_line_begins_with_a_blank() -> None:
    (group,) = parse_phrases(WHOLE, "fines.toml")
    assert group.phrases == ("amendes?", "sera (?:enleve|retire)")


def test_brackets_and_endings_are_read_but_not_within_signs_to_choose_from() -> None:
    (group,) = parse_phrases(WHOLE.replace("amendes?", r"amend… [(…] \( (?=a) (b)?"), "fines.toml")
    assert group.phrases[0] == r"amend\w* [(…] \( (?=a) (?:b)?"
