"""Phrases that people mend: files of groups, each with a sentence that it must find and one that it must not.

A file is TOML. Each of its tables is a group, whose key says what its phrases have in common:

    [threat.fines]
    lang = "fr"
    phrases = '''
    mise en (demeure|fourriere)
    sera (factur…|annul…|
      retir…)
    '''
    matches = "Votre véhicule sera retiré."
    not = "Vous pouvez retirer votre carte samedi."

A line is a phrase; one that begins with a blank goes on with the phrase before. Phrases apply to folded text: small
letters without accents. `(a|b)` is one of these, `(a )?` or `s?` may be missing, `…` is any ending or none; what else
regular expressions know is allowed. CAPITALS stand for what the table `words` has under that name.
Instead of phrases or beside them a group may have
- a `pattern`: a regular expression, with the same brackets, in which `{NAME}` stands for such words. In patterns and in
  words line breaks do not count;
- `words`: plain words or names, with their accents and capitals, separated by commas or line breaks;
- a table `instead`: phrases with what may be written in the place of each.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from portevoix.kernel.errors import BadFile
from portevoix.kernel.toml_source import TomlSource

WORDS = "words"
"""The table of what CAPITALS stand for."""
_TEXTS = ("lang", "phrases", "pattern", "words", "matches", "not")
_KEYS = (*_TEXTS, "instead")
_UNKNOWN = "There is no {value} among the words before this."
_LANGUAGES = frozenset({"fr", "en"})
_HEADER = re.compile(r"^\[([\w.-]+)\]", re.MULTILINE)
_NAME_IN_PHRASE = re.compile(r"(?<![A-Z\\])[A-Z]{3,}(?![A-Z])")
_NAME_IN_PATTERN = re.compile(r"\{([A-Za-z_]+)\}")
_PLACE = re.compile(r"\(\?<?[=!]")
"""The parts of an expression that only say where a phrase is."""
_MEANING = {"(": "(?:", "…": r"\w*"}
_COMMA = re.compile(r"[,\n]")
_SIGN = re.compile(r"\\.|\[[^\]]*\]|\((?!\?)|…")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of phrases: `kind` and `name` are the two parts of its key, the phrases are regular expressions.

    `pattern` is "" where there are only phrases. `lang` is "" where a group is of no language, "fr en" where of both.
    `words` are as written; `instead` are pairs of a phrase and of what may be written instead.
    """

    kind: str
    name: str
    lang: str
    phrases: tuple[str, ...]
    pattern: str
    example: str
    counterexample: str
    words: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()


def load_phrases(package: str, name: str, words: Mapping[str, str] | None = None) -> tuple[Group, ...]:
    """Return the groups in a file of a package, in its order. `words`: expressions for names, beside those in the file.

    Raise BadFile with the file and the line of what is wrong in it.
    """
    return parse_phrases(files(package).joinpath(name).read_text("utf-8"), name, words)


def parse_phrases(text: str, name: str, words: Mapping[str, str] | None = None) -> tuple[Group, ...]:
    """Return the groups in the text of the file `name`; as `load_phrases`."""
    with _blame_file(name):
        source = TomlSource(text)
        known_words = _read_words(source, words or {})
        order = {key: place for place, key in enumerate(_HEADER.findall(text))}
        groups = _groups(source, known_words)
        return tuple(sorted(groups, key=lambda group: order.get(f"{group.kind}.{group.name}", 0)))


@contextmanager
def _blame_file(name: str) -> Iterator[None]:
    """Say in which file it is whatever is wrong. Only whoever mends a file of ours sees it: it is not translated."""
    try:
        yield
    except BadFile as bad:
        raise BadFile("{file}, {error}", file=name, error=str(bad)) from None


def load_words(package: str, name: str) -> dict[str, str]:
    """Return the expressions for names in a file of a package. Raise BadFile as `load_phrases` does."""
    text = files(package).joinpath(name).read_text("utf-8")
    with _blame_file(name):
        return _read_words(TomlSource(text), {})


def load_texts(package: str, name: str, keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the tables of a file of a package that holds no phrases but texts, one for each of the keys.

    Raise BadFile as `load_phrases` does.
    """
    with _blame_file(name):
        source = TomlSource(files(package).joinpath(name).read_text("utf-8"))
        for table in source.table() or {}:
            for key in source.unknown_keys(keys, table):
                raise source.bad("There is no “{value}” here: only {keys}.", table, value=key, keys=", ".join(keys))
            for key in keys:
                if not source.text(table, key):
                    raise source.bad("This needs a text “{what}”.", f"{table}.{key}", what=key)
        return {table: {key: source.text(table, key) or "" for key in keys} for table in source.table() or {}}


def by_kind(groups: Iterable[Group]) -> dict[str, list[Group]]:
    """Return the groups of each kind; kinds and groups keep their order."""
    kinds: dict[str, list[Group]] = {}
    for group in groups:
        kinds.setdefault(group.kind, []).append(group)
    return kinds


def _read_words(source: TomlSource, given: Mapping[str, str]) -> dict[str, str]:
    """Return the expressions given and those of the file, in which those before them may be named."""
    words = dict(given)
    for name, several in (source.table(WORDS) or {}).items():
        if not isinstance(several, str):
            raise source.bad("“{value}” must be text.", f"{WORDS}.{name}", value=name)
        try:
            expression = _read_pattern(several, words)
        except KeyError as unknown:
            raise source.bad(_UNKNOWN, f"{WORDS}.{name}", value=unknown.args[0]) from None
        words[name] = expression if _PLACE.match(expression) else f"(?:{expression})"
    return words


def _groups(source: TomlSource, words: Mapping[str, str]) -> Iterator[Group]:
    for kind in source.table() or {}:
        if kind != WORDS:
            for name in source.table(kind) or {"": None}:
                if not source.table(kind, name):
                    raise source.bad("A group is a table with two names, as [kind.group].", f"{kind}.{name}")
                yield _read_group(source, kind, name, words)


def _read_group(source: TomlSource, kind: str, name: str, words: Mapping[str, str]) -> Group:
    path = f"{kind}.{name}"
    for key in source.unknown_keys(_KEYS, kind, name):
        raise source.bad("A group has no “{value}”: only {keys}.", path, value=key, keys=", ".join(_KEYS))
    texts = {key: source.text(kind, name, key) or "" for key in _TEXTS}
    for key in ("matches", "not"):
        if not texts[key].strip():
            raise source.bad("This group needs “{what}”, a sentence as an example.", f"{path}.{key}", what=key)
    plain_words = tuple(filter(None, map(str.strip, _COMMA.split(texts["words"]))))
    instead = _read_instead(source, kind, name)
    if not (texts["phrases"].strip() or texts["pattern"].strip() or plain_words or instead):
        raise source.bad("This group has no phrases.", path)
    if not _LANGUAGES.issuperset(texts["lang"].split()):
        raise source.bad("“{value}” is no language of phrases: write fr, en, or both.", path, value=texts["lang"])
    try:
        phrases = tuple(_name_words(phrase, words) for phrase in split_phrases(texts["phrases"]))
        pattern = _read_pattern(texts["pattern"], words)
        pairs = tuple((_name_words(_as_expression(phrase), words), better) for phrase, better in instead.items())
    except KeyError as unknown:
        raise source.bad(_UNKNOWN, path, value=unknown.args[0]) from None
    return Group(kind, name, texts["lang"], phrases, pattern, texts["matches"], texts["not"], plain_words, pairs)


def _read_instead(source: TomlSource, kind: str, name: str) -> dict[str, str]:
    """Return what may be written instead of each phrase of a group."""
    path = f"{kind}.{name}.instead"
    table = source.table(kind, name, "instead")
    if table is None:
        raise source.bad("“instead” is a table: “phrase” = “what may be written instead”.", path)
    for phrase, better in table.items():
        if not isinstance(better, str):
            raise source.bad("“{value}” needs a text that may be written instead.", path, value=phrase)
    return {phrase: str(better) for phrase, better in table.items()}


def _name_words(phrase: str, words: Mapping[str, str]) -> str:
    return _NAME_IN_PHRASE.sub(lambda found: words[found[0]], phrase)


def _read_pattern(text: str, words: Mapping[str, str]) -> str:
    one_line = "".join(map(str.strip, text.splitlines())) if "\n" in text else text
    return _NAME_IN_PATTERN.sub(lambda found: words[found[1]], _as_expression(one_line))


def split_phrases(text: str) -> Iterator[str]:
    """Yield the phrases of a text, one on each line, as regular expressions."""
    lines: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        if lines and not line[0].isspace():
            yield _as_expression(_join_lines("\n".join(lines)))
            lines = []
        lines.append(line)
    if lines:
        yield _as_expression(_join_lines("\n".join(lines)))


def _join_lines(text: str) -> str:
    """Return a text on one line; where a line ends with a bar or an opening bracket, there is no blank after it."""
    joined = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        joined += line if not joined or joined[-1] in "|(" else f" {line}"
    return joined


def _as_expression(phrase: str) -> str:
    return _SIGN.sub(lambda found: _MEANING.get(found[0], found[0]), phrase)
