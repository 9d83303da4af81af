"""Every group of phrases finds the sentence that it is for and leaves the other one alone.

python -m pytest tests/text/test_phrases.py                      all groups
python -m pytest tests/text/test_phrases.py -k cold.toml          those of a file
python -m pytest tests/text/test_phrases.py -k threat.punishment  one
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from portevoix.kernel.errors import BadFile
from portevoix.text.phrases import Group, load_texts, parse_phrases
from portevoix.text.privacy import find, name_patterns, structured
from portevoix.text.privacy.self_introductions import _CONDITIONS
from portevoix.text.tone import cue
from portevoix.text.tone.hints import hints
from portevoix.text.tone.reasons import CUES
from portevoix.text.tone.rewrites import FAMILIAR, load_turns, suggest_replacement
from portevoix.text.urgency import detector
from tests.text.finders import ROOMS, URGENCY, finder, load_groups
from tests.text.timing import check_growth

GROUPS = list(load_groups())
OTHER_FILES = {"words.toml", "turns.toml"}
"""Files of these rooms that hold no groups of phrases."""
LONG = 4000
NOT_FOLDED = re.compile(r"[^\W\d_a-zA-Z…]|(?<![\\A-Z])[A-Z](?![A-Z])")
"""A letter with an accent, or one capital: no folded text has them."""
TWO_BLANKS = re.compile(r" \)\? | \(\?:(?:[^()]*\|)? |  ")
"""Where two blanks would have to stand, as in “(a )? b”: folded text has no such place."""


def some(*names: str) -> pytest.MarkDecorator:
    """Return the parameters for a test of the groups in these files."""
    chosen = [(name, group) for name, group in GROUPS if name in names]
    ids = [f"{name}-{group.kind}.{group.name}" for name, group in chosen]
    return pytest.mark.parametrize(("name", "group"), chosen, ids=ids)


def read_apart(group: Group) -> Iterator[str]:
    """Yield the phrases that are no regular expressions by themselves, or that no folded text can have."""
    for phrase in (*group.phrases, *(phrase for phrase, _ in group.instead), group.pattern):
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


@some(*{name for name, _ in GROUPS})
def test_a_group_finds_its_example_and_not_the_other_one(name: str, group: Group) -> None:
    assert not list(read_apart(group))
    find = finder(name, group)
    assert find(group.example), f"not found, though it should be: {group.example}"
    assert not find(group.counterexample), f"found, though it should not be: {group.counterexample}"
    for text in (group.example, group.counterexample):  # repetitions in phrases must not multiply
        check_growth(find, f"{text} " * (LONG // (len(text) + 1)))


@some(*URGENCY)
def test_an_example_of_danger_has_its_level_as_a_message(name: str, group: Group) -> None:
    level = URGENCY[name]
    found, other = detector.urgency(group.example), detector.urgency(group.counterexample)
    assert found.level == level, found.words
    assert (other.level > level) if level == 0 else (other.level < level), other.words


@some("forms.toml", "names.toml")
def test_an_example_of_personal_data_is_masked_as_its_kind(name: str, group: Group) -> None:
    kind = group.kind if name == "forms.toml" else "name"
    assert kind in {each.kind for each in find(group.example)}
    assert kind not in {each.kind for each in find(group.counterexample)}


@some("offices.toml", "places.toml")
def test_an_office_and_a_place_are_not_masked_as_a_person_and_a_house_are(name: str, group: Group) -> None:
    assert not find(group.example)
    assert find(group.counterexample)


@some("jargon.toml")
def test_jargon_is_said_beside_a_draft(name: str, group: Group) -> None:
    def find_jargon(text: str) -> list[str]:
        return [str(hint) for hint in hints(text, lang=group.lang) if hint.kind == "jargon"]

    assert find_jargon(group.example)
    assert not find_jargon(group.counterexample)


@some("rewrites.toml")
def test_what_may_be_written_instead_is_suggested(name: str, group: Group) -> None:
    names = {each.kind.replace(" ", "-"): each.name for each in CUES} | {FAMILIAR: FAMILIAR}
    assert suggest_replacement(names[group.kind], group.example, group.lang)
    assert not suggest_replacement(names[group.kind], group.counterexample, group.lang)


def test_what_the_program_knows_of_groups_is_there() -> None:
    forms, names = structured.load_forms(), name_patterns.load_patterns("names.toml")
    assert {form.kind for form in forms.values()} < set(structured.MASKS["fr"]) and set(structured._CHECKS) < set(forms)
    assert set(names) == {"stated", "introduced", "before", "role", "closing"}
    assert set(names["introduced"]) == {*_CONDITIONS, "alone"}


@pytest.mark.parametrize(("room", "known"), ROOMS.items())
def test_no_file_of_phrases_is_left_out(room: str, known: Iterable[str]) -> None:
    there = {file.name for file in files(f"portevoix.text.{room}").iterdir() if file.name.endswith(".toml")}
    assert there - OTHER_FILES == set(known)


def test_a_turn_of_phrase_belongs_to_a_kind_of_cue() -> None:
    assert set(load_turns()) <= {each.kind.replace(" ", "-") for each in CUES}


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
        ("[fines.all]", "[fines.all]\ninstead = 'nothing'", 2, "is a table"),
        ('not = "Une carte."', 'not = "Une carte."\n[fines.all.instead]\n"amende" = 3', 11, "needs a text"),
        ('not = "Une carte."', 'not = "Une carte."\n[fines.all.instead]\n"CHILD puni" = ""', 11, "no CHILD"),
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


def test_a_group_may_have_plain_words_and_what_may_be_written_instead() -> None:
    (group,) = parse_phrases(
        """[jargon.law]
words = '''
Jean Moulin, Jeanne d'Arc
Léo Ferré
'''
matches = "Nonobstant."
not = "Malgré."
[jargon.law.instead]
"nonobstant (que )?" = "malgré "
""",
        "jargon.toml",
    )
    assert group.words == ("Jean Moulin", "Jeanne d'Arc", "Léo Ferré")
    assert group.instead == (("nonobstant (?:que )?", "malgré "),)


def test_texts_without_phrases_are_read_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "turns_of_phrase").mkdir()
    (tmp_path / "turns_of_phrase" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    source = tmp_path / "turns_of_phrase" / "turns.toml"
    source.write_text('[law]\nfr = "Vous pouvez …"\nen = "You can …"\n', "utf-8")
    assert load_texts("turns_of_phrase", "turns.toml", ("fr", "en")) == {
        "law": {"fr": "Vous pouvez …", "en": "You can …"}
    }
    source.write_text('[law]\nfr = "Vous pouvez …"\n', "utf-8")
    with pytest.raises(BadFile, match=r"^turns\.toml, line 1: .*“en”"):
        load_texts("turns_of_phrase", "turns.toml", ("fr", "en"))
    source.write_text('[law]\nfr = "Vous pouvez …"\nde = "…"\n', "utf-8")
    with pytest.raises(BadFile, match=r"^turns\.toml, line 3: .*“de”"):
        load_texts("turns_of_phrase", "turns.toml", ("fr", "en"))
