"""What is not documented is not done: commands, settings, metrics and channels have their page, and it is true."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portevoix.barometer.results.document import schema as results_schema
from portevoix.journal.storage.edition_schema import schema as edition_schema
from tools import write_reference
from tools.french import REFERENCE, French

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.fr.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MOST_ENGLISH_ONLY = 9
"""Pages that are not translated yet; whoever translates one takes one off."""
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", write_reference.PAGES)
def test_reference_pages_are_those_of_the_code(name: str) -> None:
    written = (write_reference.FOLDER / name).read_text(encoding="utf-8")
    assert written == write_reference.page(name), "run `make docs`"


def test_french_reference_pages_say_the_same() -> None:
    """What the code says anew has no French yet: the catalogue of these pages then lacks it."""
    french = French()
    pages = {name: write_reference.page(name, french) for name in write_reference.FRENCH_PAGES}
    assert not french.lacking(), "write their French into tools/reference.fr.po"
    assert french.catalogue() == REFERENCE.read_text(encoding="utf-8"), "run `make docs`"
    for name, page in pages.items():
        assert (write_reference.FRENCH_FOLDER / name).read_text(encoding="utf-8") == page, "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_there_in_french_or_listed_as_missing() -> None:
    """The list on the French front page only grows shorter: a page that is translated leaves it."""
    english, french = ROOT / "docs/en", ROOT / "docs/fr"
    pages = {str(page.relative_to(english)) for page in english.rglob("*.md")}
    translated = {str(page.relative_to(french)) for page in french.rglob("*.md")}
    front = (french / "README.md").read_text(encoding="utf-8")
    listed = {link.removeprefix("../en/") for link in LINK.findall(front.partition("## En anglais seulement")[2])}
    assert translated <= pages
    assert pages - translated == listed
    assert len(listed) <= MOST_ENGLISH_ONLY


@pytest.mark.parametrize("schema", [results_schema, edition_schema])
def test_every_field_of_a_schema_says_what_it_is(schema: Callable[[], Any]) -> None:
    nameless = [path for path, field in _fields(schema(), "$") if not field.get("description")]
    assert not nameless


@pytest.mark.parametrize("name", ["edition.md", "interchange.md"])
def test_the_french_page_of_a_format_has_all_fields(name: str) -> None:
    row = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)
    pages = [(ROOT / "docs" / lang / "reference" / name).read_text(encoding="utf-8") for lang in ("en", "fr")]
    english, french = map(row.findall, pages)
    assert english == french


def _fields(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            yield f"{path}.{name}", field
        for name, part in schema.items():
            yield from _fields(part, f"{path}.{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from _fields(part, path)


def test_every_dependency_is_explained_and_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[~<>=!]", text)[0] for text in project["dependencies"]}
    pages = [ROOT / "docs" / lang / "explanation/dependencies.md" for lang in ("en", "fr")]
    explained = [page.read_text(encoding="utf-8") for page in pages]
    pinned = (ROOT / "requirements/base.txt").read_text(encoding="utf-8")
    asked = {
        re.split(r"[\[~<>=!]", line)[0]
        for line in (ROOT / "requirements/base.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }
    assert asked == names
    for name in names:
        assert all(f"| {name} |" in page for page in explained), name
        assert re.search(rf"^{re.escape(name)}(\[[a-z,]+\])?==", pinned, re.M), name


def test_every_test_that_the_security_pages_name_is_there() -> None:
    english, french = ((ROOT / "docs" / lang / "reference/security.md").read_text() for lang in ("en", "fr"))
    requirement = re.compile(r"^\| (\d+\.\d+.*?) \| (.*?) \| (.*) \|$", re.MULTILINE)
    states = {"met": "satisfaite", "n/a": "sans objet", "not met": "non satisfaite"}
    test = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
    assert [(states[state], test.findall(why)) for _, state, why in requirement.findall(english)] == [
        (state, test.findall(why)) for _, state, why in requirement.findall(french)
    ]
    named = set(test.findall(english))
    assert len(named) > 40
    for file, name in sorted(named):
        assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.M), f"{file}::{name}"
