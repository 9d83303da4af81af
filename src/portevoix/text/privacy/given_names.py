"""Detection of first names in running text, with their surnames: "Ambre et Jonas", "l'animatrice Zoé Kermarrec".

A list of first names gives the candidates, and the words around decide: names of streets, schools or stadiums do not
count, and a name that is also a word or a place needs supporting context.
"""

import re
from collections.abc import Iterator
from functools import cache

from portevoix.text.privacy.common_words import is_unknown, is_word
from portevoix.text.privacy.honorific_names import small_after_civility
from portevoix.text.privacy.name_patterns import load_lists, load_patterns
from portevoix.text.privacy.patterns import CAP, GAP, INITIAL, LETTERS
from portevoix.text.privacy.spans import PersonalData, Span
from portevoix.text.tokens import STOP, fold_word

_CERTAIN, _WORD, _PLACE = "", "?", "!"
_FIRST = re.compile(rf"(?<![\w\[#@’'-])[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,20}}(?:-{LETTERS}{{1,20}}){{0,2}}(?![\w’'])|"
                    rf"(?<=\b[dDlLnN][’'])[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,20}}(?:-{LETTERS}{{1,20}}){{0,2}}(?![\w’'])|"
                    rf"(?<=\b[Qq]u[’'])[A-ZÀ-ÖØ-Þ]{LETTERS}{{1,20}}(?![\w’'])")  # fmt: skip
_SURNAME = re.compile(
    rf"{GAP}(?:(?:[dD]e|[dD]u|des|[lL]a|[lL]e|[dD]a|[dD]os|[vV]an|"
    rf"[dD]en|der|von|[bB]en|bint|[eE]l|[aA]l|ould|[dD]i"
    rf"|[dD]el){GAP}){{0,2}}(?:[dD][’'])?({CAP})|"
    rf"{GAP}({INITIAL}|[A-ZÀ-ÖØ-Þ])(?![\w’'])"
)
_AFTER_INITIAL = re.compile(rf"{GAP}({CAP})(?![\w’'])")
_NO_INITIALS = frozenset("AIOYÀ")
"""Without a full stop these are words, or numerals of kings."""
_SURNAME_BEFORE = re.compile(r"(?<![\w\[#@’'-])[A-ZÀ-ÖØ-Þ]{3,30}(?:[-’'][A-ZÀ-ÖØ-Þ]{2,30}){0,2}[ \u00a0]$")
_PARTS = re.compile(rf"{LETTERS}+")
_MOST_SURNAMES = 3
_LOOK_BACK, _LOOK_ON = 70, 60
_ARTICLE_BEFORE = re.compile(r"(?i)(?<!\w)(?:la|le|les|du|au|aux|des|the|cette|ce|ces|une?)[ \u00a0]$|[lL][’']$")
_CAP_BEFORE = re.compile(rf"({CAP}){GAP}$")
_BEGINS = re.compile(r"(?:^|[.!?…:;\n«»“”\"()\[\]•|/–—-])\s*$")
_CONJUNCTION = re.compile(rf"(?:{GAP}(?:et|&|and|ou){GAP}|,{GAP}?)")
_SECOND_NAME = re.compile(rf"{GAP}(?:et|&|and){GAP}({CAP}{GAP}{CAP})(?!\w)")
_SMALL = re.compile(rf"(?<![\w’'@.-])[a-zà-ÿ]{LETTERS}{{2,19}}(?:-{LETTERS}{{2,20}})?(?![\w’'@-])")


def find_first_names(text: str) -> Iterator[PersonalData]:
    """Yield names in running text, by first names or after an occupation, in time linear in the text's length."""
    yield from _by_first_name(text)
    for match in load_patterns("names.toml")["role"]["occupation"].finditer(text):
        name = match["v"]
        if not is_word(name) and fold_word(name) not in STOP and not has_a_street(text, match.start("v")):
            yield PersonalData(*match.span("v"), "name")


def _by_first_name(text: str) -> Iterator[PersonalData]:
    end, last = 0, (-1, -1)
    for match in _FIRST.finditer(text):
        if match.start() < end or (mark := _mark(match.group())) is None:
            continue
        start, end = _full_name(text, match)
        if is_place(text, match):
            continue
        if mark == _CERTAIN or _is_meant(text, match, mark, (start, end), last):
            last = (start, end)
            yield PersonalData(start, end, "name")
            if second := _SECOND_NAME.match(text, end):
                end = second.end()
                last = second.span(1)
                yield PersonalData(*last, "name")
        else:
            end = match.end()


def find_small_names(text: str) -> Iterator[PersonalData]:
    """Yield names without capitals where only a name is possible: "mon fils kevin", "mme lopez"."""
    for span in small_after_civility(text):
        if not is_famous(text[slice(*span)]):
            yield PersonalData(*span, "name")
    before, last = load_patterns("names.toml")["before"], -1
    for match in _SMALL.finditer(text):
        if _mark(match.group(), certain=True) is None:
            continue
        conjunction = _CONJUNCTION.match(text, match.end())
        other = _SMALL.match(text, conjunction.end()) if conjunction else None
        if other and _mark(other.group(), certain=True) is not None:
            last = other.start()
            yield PersonalData(*match.span(), "name")
        is_announced = before["name-without-capital"].search(text[max(0, match.start() - _LOOK_BACK) : match.start()])
        if match.start() == last or is_announced:
            yield PersonalData(match.start(), _small_surname(text, match.end()), "name")


def _small_surname(text: str, end: int) -> int:
    """Return the end of a name, including a surname that is the last word of the line."""
    on = re.compile(rf"{GAP}{LETTERS}{{2,30}}(?:-{LETTERS}{{2,30}})?(?=[ .!]{{0,2}}(?:\n|$))").match(text, end)
    return on.end() if on and fold_word(on.group().strip()) not in STOP else end


def _mark(word: str, *, certain: bool = False) -> str | None:
    """Return how certain a first name is by itself, None if it is none. "Jean-Zay" is half a surname: a place."""
    marks_by_name = first_names()
    whole = marks_by_name.get(fold_word(word))
    if word[-1] in "éÉ" and word.lower() not in _spellings():  # "Marié", not Marie
        return None
    if whole is None and "-" in word:
        marks = [marks_by_name.get(fold_word(part)) for part in word.split("-")]
        whole = None if None in marks or fold_word(word).replace("-", " ") in famous_names() else _CERTAIN
    return None if certain and whole != _CERTAIN else whole


def _full_name(text: str, match: re.Match[str]) -> Span:
    """Return the span of a first name with further names after it, or a surname in capitals before it."""
    start, end = match.span()
    for _ in range(_MOST_SURNAMES):
        on = _SURNAME.match(text, end, end + _LOOK_ON)
        if not on or (on[1] and (is_word(on[1]) or fold_word(on[1]) in STOP)):
            break
        end = on.end()
        if on[2]:
            end = _after_initial(text, end, on[2])
            break
    before = _SURNAME_BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
    if before and end == match.end() and not match.group().isupper() and fold_word(before.group().strip()) not in STOP:
        start -= len(before.group())
    return start, end


def _after_initial(text: str, end: int, initial: str) -> int:
    """Return the end of a name with this middle initial, "John A. Smith"; that of the initial without a surname."""
    on = _AFTER_INITIAL.match(text, end, end + _LOOK_ON)
    if not on or initial in _NO_INITIALS or is_word(on[1]) or fold_word(on[1]) in STOP:
        return end
    return on.end() if initial.endswith(".") or is_unknown(on[1]) else end


def is_place(text: str, match: re.Match[str]) -> bool:
    """Return whether the match belongs to the name of a street, a school or a stadium."""
    if is_famous(text[match.start() : match.end() + _LOOK_ON]):
        return True
    after = load_patterns("places.toml")["after"]["english"].match(text, match.end(), match.end() + _LOOK_ON)
    return is_called_after(text, match.start()) or after is not None


def is_called_after(text: str, start: int) -> bool:
    """Return whether the name at `start` follows the word for a street, a school or a stadium."""
    return _before_place("place", text, start)


def _before_place(name: str, text: str, start: int) -> bool:
    """Return whether what stands before `start` is so of places: `name` is that of a group in `places.toml`."""
    return load_patterns("places.toml")["before"][name].search(text[max(0, start - _LOOK_BACK) : start]) is not None


def is_famous(name: str) -> bool:
    """Return whether a name begins with that of a person after whom streets are named."""
    plain_name = " ".join(fold_word(word) for word in _PARTS.findall(name))
    return bool(plain_name) and any(
        f"{plain_name} ".startswith(f"{famous_name} ") for famous_name in _beginning(plain_name.split()[0])
    )


def _in_a_name(before: str) -> bool:
    """Return whether a text ends with a word with a capital, as before the name in "la Chaume Blanche"."""
    word = _CAP_BEFORE.search(before)
    return word is not None and not is_word(word[1]) and fold_word(word[1]) not in STOP


def _is_meant(text: str, match: re.Match[str], mark: str, whole: Span, last: Span) -> bool:
    """Return whether a name that is also a word or a place is a person here."""
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if load_patterns("names.toml")["before"]["word-as-a-name"].search(before) or (
        0 <= last[1] < match.start() and _CONJUNCTION.fullmatch(text, last[1], match.start())
    ):
        return True
    if conjunction := _CONJUNCTION.match(text, match.end()):
        other = _FIRST.match(text, conjunction.end())
        if other and _mark(other.group(), certain=True) is not None:
            return True
    if mark == _PLACE or _ARTICLE_BEFORE.search(before) or _in_a_name(before):
        return False
    return whole[1] > match.end() or not _BEGINS.search(before)


def has_a_street(text: str, start: int) -> bool:
    """Return whether the name at `start`, after a title, is that of a street or a school."""
    return _before_place("title-on-a-sign", text, start)


@cache
def first_names() -> dict[str, str]:
    """Return folded first names, each with how certain it is by itself."""
    names: dict[str, str] = {}
    for name in load_lists("first_names.toml")["first-name"]:
        mark = name[-1] if name[-1] in (_WORD, _PLACE) else _CERTAIN
        plain_name = fold_word(name.removesuffix(mark))
        names[plain_name] = max(mark, names.get(plain_name, ""), key=(_CERTAIN, _PLACE, _WORD).index)
    return names


@cache
def _spellings() -> frozenset[str]:
    return frozenset(name.rstrip("?!").lower() for name in load_lists("first_names.toml")["first-name"])


@cache
def famous_names() -> frozenset[str]:
    """Return folded names of persons after whom streets and schools are named, and of houses, hyphens as spaces."""
    lists = load_lists("famous_names.toml")
    names = lists["person"] | lists["house"]
    return frozenset(" ".join(fold_word(word) for word in _PARTS.findall(name)) for name in names)


@cache
def _beginning(word: str) -> tuple[str, ...]:
    return tuple(name for name in famous_names() if name.split()[0] == word)
