"""`portevoix text route`: departments by what they say of themselves."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portevoix.cli.text.lines import Line, answer_lines, whole_text
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

if TYPE_CHECKING:
    from portevoix.text.starter import DepartmentText


@click.command()
@click.option(
    "--departments",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="D.toml",
    help="The departments: [[department]] slug, name, description, competences.",
)
def route(departments: Path) -> None:
    """Suggest departments for the messages on standard input, without any labelled message.

    Each line comes back with "predicted": [{"label", "probability", "words"}], the most probable department first; a
    first one whose label is null says that nobody can tell. "words" are those of the message that spoke for it.

    Exit status: 0, 2 when the departments cannot be read, 3 when some lines were refused.
    """
    from portevoix.text.fitting.labels import router  # noqa: PLC0415 -- NumPy and scikit-learn would slow --help
    from portevoix.text.semantic import encoders  # noqa: PLC0415

    labeller = router(_read(departments), (), encoders())

    def work(lines: Sequence[Line]) -> Iterator[Line]:
        for line, several in zip(lines, labeller.predict([whole_text(line) for line in lines]), strict=True):
            found = [{"label": s.label, "probability": round(s.probability, 4), "words": s.words} for s in several]
            yield {**line, "predicted": found}

    answer_lines(work)


def _read(path: Path) -> "list[DepartmentText]":
    from portevoix.text.starter import DepartmentText  # noqa: PLC0415 -- NumPy would slow --help

    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("department")
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be read: {why}."), file=str(path), why=why) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(gettext_noop("{file} is not TOML: {why}."), file=str(path), why=str(error)) from None
    if not isinstance(rows, list) or not rows:
        raise BadInput(gettext_noop("{file} has no [[department]]."), file=str(path))
    found = [DepartmentText(*_fields(row, number, path)) for number, row in enumerate(rows, 1)]
    if twice := next((slug for slug, times in Counter(one.slug for one in found).items() if times > 1), ""):
        raise BadInput(gettext_noop("The slug “{slug}” stands twice in {file}."), slug=twice, file=str(path))
    return found


def _fields(row: Any, number: int, path: Path) -> tuple[str, str, str, tuple[str, ...]]:
    given = row if isinstance(row, dict) else {}
    slug, name, said = given.get("slug"), given.get("name", given.get("slug")), given.get("description", "")
    competences = given.get("competences", [])
    listed = isinstance(competences, list) and all(isinstance(one, str) for one in competences)
    if not (isinstance(slug, str) and slug and isinstance(name, str) and isinstance(said, str) and listed):
        message = gettext_noop(
            "Department {number} in {file} needs a slug, a name, a description and a list of competences."
        )
        raise BadInput(message, number=number, file=str(path))
    return slug, name, said, tuple(competences)
