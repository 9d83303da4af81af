"""Names that documentation, docstrings and comments mention are in the code, so that no renaming forgets them."""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "portevoix"
ROOMS = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs/en").rglob("*.md")), *sorted((ROOT / "docs/fr").rglob("*.md"))]
MODULES = sorted(SOURCE.rglob("*.py"))
BASES: dict[str, set[str]] = defaultdict(set)
"""The names of the classes that a class is made from, by its own."""
ELSEWHERE = {"Manager.raw", "portevoix.tmpfiles", "record.started"}
"""Names that only look like ours: Django's, and files of an installation."""
_NAME = re.compile(r"`((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)(?=[`(])")
_FILE = re.compile(r"[\w/.<>*-]+\.py\b")
_DATA = re.compile(r"\.(?:csv|css|html|json|jsonl|md|npz|py|service|sqlite3|svg|toml|txt|example)$")
_COMMENT = re.compile(r"(?:^ *|  )# .*$", re.M)
_CODE_OR_LINK = re.compile(r"^```.*?^```|(?<=\])\([^)\s]*\)", re.M | re.S)


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return all nodes of a module, itself first."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def words_of(path: Path) -> str:
    """Return the docstrings and comments of a module, or a page without its blocks of code and targets of links."""
    text = path.read_text(encoding="utf-8")
    if _is_page(path):
        return _CODE_OR_LINK.sub("", text)
    return "\n".join([*_docstrings(nodes(path)), *_COMMENT.findall(text)])


def _docstrings(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield every string that stands as a statement: docstrings, and the notes below constants."""
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


@cache
def members() -> dict[str, set[str]]:
    """Return the names in each module and class, by its dotted name below `portevoix`."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        parts = path.relative_to(SOURCE).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        top = list(_statements(nodes(path)[0]))
        found[module] |= _bound(top)
        package, _, name = module.rpartition(".")
        found[package].add(name)
        for each in top:
            if isinstance(each, ast.ClassDef):
                bases = {base.attr if isinstance(base, ast.Attribute) else ast.unparse(base) for base in each.bases}
                BASES[each.name] |= {base.partition("[")[0] for base in bases}
                found[f"{module}.{each.name}"] = _bound([*_statements(each), *_set_on_self(each)])
    return found


@cache
def by_last_part() -> dict[str, list[str]]:
    """Return the modules and classes of each name."""
    places = defaultdict(list)
    for place in members():
        places[place.rpartition(".")[2]].append(place)
    return places


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements of a module or class, those in `if`, `try` and `with` too, and none of a function."""
    for statement in ast.iter_child_nodes(node):
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _statements(statement)


def _set_on_self(node: ast.ClassDef) -> Iterator[ast.AST]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store))


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    names = set()
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
            case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
                names |= {alias.asname or alias.name for alias in aliases}
    return names


def is_there(name: str) -> bool:
    """Return whether a dotted name leads to something: from a room, else from any module or class so called."""
    first, _, rest = name.removeprefix("portevoix.").partition(".")
    places = [first] if first in ROOMS else by_last_part()[first]
    return any(_leads(place, rest.split(".") if rest else []) for place in places)


def _leads(place: str, parts: list[str]) -> bool:
    if not parts or place not in members():
        return place in members()
    first, *rest = parts
    if f"{place}.{first}" in members():
        return _leads(f"{place}.{first}", rest)
    if first in members()[place]:  # imported from elsewhere where anything follows
        return not rest or any(_leads(other, rest) for other in by_last_part()[first])
    bases = BASES[place.rpartition(".")[2]]
    return any(_leads(other, parts) for base in bases for other in by_last_part()[base])


def claimed(path: Path) -> Iterator[str]:
    """Yield the dotted names in the words of a file that speak of the code: of a room, a module or a class."""
    for name in set(_NAME.findall(words_of(path))) - ELSEWHERE:
        first = name.partition(".")[0]
        is_long = first in ROOMS and (name.count(".") > 1 or _is_page(path))
        is_module = not _is_page(path) and first in by_last_part() and first not in _variables(path)
        if (first == "portevoix" or first[0].isupper() or is_long or is_module) and not _DATA.search(name):
            yield name


def _is_page(path: Path) -> bool:
    return path.suffix == ".md"


@cache
def _variables(path: Path) -> set[str]:
    """Return parameters and variables: `message.key` may speak of one, not of a module."""
    names = {node.arg for node in nodes(path) if isinstance(node, ast.arg)}
    return names | {node.id for node in nodes(path) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@pytest.mark.parametrize("path", [*PAGES, SOURCE], ids=lambda path: str(path.relative_to(ROOT)))
def test_names_of_the_code_are_in_the_code(path: Path) -> None:
    for each in [path] if path.is_file() else MODULES:
        missing = [name for name in claimed(each) if not is_there(name)]
        assert not missing, each.relative_to(ROOT)


@pytest.mark.parametrize("path", [*PAGES, SOURCE], ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(path: Path) -> None:
    """A file is named by its path from the top or below `portevoix`, or by a name that no other file has."""
    for each in [path] if path.is_file() else MODULES:
        missing = [name for name in _FILE.findall(words_of(each)) if "NAME" not in name and not _exists(name)]
        assert not missing, each.relative_to(ROOT)


def _exists(name: str) -> bool:
    if "/" in name:
        return (ROOT / name).exists() or (SOURCE / name).exists()
    return len(_files_by_name()[name]) == 1


@cache
def _files_by_name() -> dict[str, list[Path]]:
    files = defaultdict(list)
    for folder in ("src", "tests", "bench", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            files[path.name].append(path)
    return files


def test_what_a_module_exports_is_in_it() -> None:
    """`from module import *` fails otherwise, and a reader looks in vain."""
    exporting = [path for path in MODULES if "__all__" in _bound(_statements(nodes(path)[0]))]
    assert len(exporting) > 10
    for path in exporting:
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
        assert not [name for name in module.__all__ if not hasattr(module, name)], path.relative_to(ROOT)
