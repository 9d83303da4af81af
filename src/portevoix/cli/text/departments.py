"""Reads departments from a file, for the commands that route."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

if TYPE_CHECKING:
    from portevoix.text.starter import DepartmentText


def read_departments(path: Path) -> "list[DepartmentText]":
    """Return [[department]] slug, name, description, competences. Raise BadInput for missing or duplicate entries, and
    when fewer than two have a description: there would be nothing to choose.
    """
    from portevoix.text.labels.cold_start import have_descriptions  # noqa: PLC0415 -- as below
    from portevoix.text.starter import DepartmentText  # noqa: PLC0415 -- NumPy would slow --help

    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("department")
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be read: {why}."), file=str(path), why=why) from None
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, too, and tables without end
        raise BadInput(gettext_noop("{file} is not TOML: {why}."), file=str(path), why=str(error)) from None
    if not isinstance(rows, list) or not rows:
        raise BadInput(gettext_noop("{file} has no [[department]]."), file=str(path))
    departments = [DepartmentText(*_fields(row, number, path)) for number, row in enumerate(rows, 1)]
    if twice := next((slug for slug, times in Counter(one.slug for one in departments).items() if times > 1), ""):
        raise BadInput(gettext_noop("The slug “{slug}” stands twice in {file}."), slug=twice, file=str(path))
    if len(departments) < 2:
        message = gettext_noop("{file} has one department, and there is nothing to choose: two are needed at least.")
        raise BadInput(message, file=str(path))
    if not have_descriptions(departments):
        message = gettext_noop("Fewer than two departments in {file} say in words what they do: describe them.")
        raise BadInput(message, file=str(path))
    return departments


def _fields(row: Any, number: int, path: Path) -> tuple[str, str, str, tuple[str, ...]]:
    table = row if isinstance(row, dict) else {}
    slug, name, description = table.get("slug"), table.get("name", table.get("slug")), table.get("description", "")
    competences = table.get("competences", [])
    is_list = isinstance(competences, list) and all(isinstance(one, str) for one in competences)
    has_names = all(isinstance(one, str) and one.strip() for one in (slug, name))
    if not (has_names and isinstance(description, str) and is_list):
        message = gettext_noop(
            "Department {number} in {file} needs a slug, a name, a description and a list of competences."
        )
        raise BadInput(message, number=number, file=str(path))
    return str(slug), str(name), description, tuple(competences)
