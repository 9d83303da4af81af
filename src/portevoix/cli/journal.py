"""`portevoix journal`."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portevoix.cli.django_setup import set_up_django
from portevoix.cli.text.lines import show_refused, tell_refused
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Incoming
from portevoix.kernel.streams import open_stream

if TYPE_CHECKING:
    from portevoix.journal.storage.built_files import Build

LANGUAGES = ("fr", "en")
FORMATS = ("html", "json", "email", "pdf")


@click.group()
def journal() -> None:
    """Compose the weekly journal: what citizens said, what goes wrong and well, what was promised."""


@journal.command()
@click.option("--week", metavar="2026-W47", required=True, help="The ISO week: its year, then its number.")
@click.option("--department", metavar="SLUG", default="", help="One department; without it, the whole city.")
@click.option(
    "--messages", metavar="FILE", help="Messages as JSON Lines, gzip too, - is standard input: no record then."
)
@click.option(
    "--previous", metavar="FILE", type=click.Path(path_type=Path), help="With --messages: the edition.json before."
)
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(path_type=Path, file_okay=True), help="Made if missing."
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the page; the city's own if not given.")
@click.option("--format", "formats", metavar="F,…", default="html,json", help="What to write: html, json, email, pdf.")
def build(
    week: str,
    department: str,
    messages: str | None,
    previous: Path | None,
    out: Path,
    language: str | None,
    formats: str,
) -> None:
    """Write DIR/index.html, which reads without a network, and DIR/edition.json, the same as data.

    On demand also DIR/edition.eml, an e-mail that mail programs open, and DIR/edition.pdf, accessible (PDF/UA-1), A4.

    From the record, or from a file of messages alone: then by the labels that they have, else predicted ones, and
    subjects go on from an edition before. A week that is over is told as it was known on the Monday after it at eight;
    one that is running, until now. Nothing is stored. Whatever citizens wrote is masked, also
    where a department reads on its own page in which street a street light is broken.

    \b
    Exit status: 0 done; 3 some lines of the file were refused; 2 nothing could be built.
    Example: portevoix journal build --week 2026-W47 --department sports --out journal-sports
    """
    chosen = _read_formats(formats)
    if previous and not messages:
        raise BadInput(gettext_noop("--previous goes with --messages: the record knows its subjects itself."))
    set_up_django(migrate=not messages)
    from portevoix.journal.storage import built_files  # noqa: PLC0415 -- Django is ready only now

    now = datetime.now(UTC)
    refused: list[BadLine] = []
    if messages:
        read = partial(built_files.build_from_file, week=week, department=department, previous=previous, now=now)
        built = _read_file(messages, read, refused)
    else:
        built = built_files.build_from_record(week=week, department=department, language=language or "", now=now)
    files = built.render(chosen, language=language or "")
    _write(out, files)
    if built.empty:
        click.echo(f"There is no message of {week}: the edition says so.", err=True)
    click.echo(str(out / next(iter(files))))
    tell_refused(refused, messages or "")


def _read_file(file: str, read: "Callable[[Iterable[Incoming]], Build]", refused: list[BadLine]) -> "Build":
    """Return what `read` makes of a file's messages; add the lines that cannot be read to `refused`."""
    try:
        with open_stream(file) as stream:
            return read(_pass_on(read_lines(stream), refused))
    except BadInput:
        show_refused(refused, file)
        raise


def _pass_on(lines: Iterable[Incoming | BadLine], refused: list[BadLine]) -> Iterator[Incoming]:
    for line in lines:
        if isinstance(line, BadLine):
            refused.append(line)
        else:
            yield line


def _read_formats(text: str) -> list[str]:
    """Return the formats that are named, in the order of FORMATS. Raise BadInput for another, or none."""
    named = {each.strip() for each in text.split(",")}
    if not named <= set(FORMATS):
        raise BadInput(
            gettext_noop("“{formats}” are no formats. Write some of html,json,email,pdf."), formats=text[:60]
        )
    return [each for each in FORMATS if each in named]


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if missing. Raise BadInput when that fails."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        message = gettext_noop("Nothing can be written to {place}: {why}.")
        raise BadInput(message, place=str(out), why=error.strerror or "") from error


@journal.command()
@click.option("--since", metavar="2026-W40", required=True, help="The first week.")
@click.option("--department", metavar="SLUG", default="", help="One department; without it, all and the whole city.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def subjects(since: str, department: str, *, as_json: bool) -> None:
    """What citizens spoke of since a week, and how many people by week, by the editions that are stored.

    A subject that three people or more spoke of is a matter of the record: it has a number, a title and a state
    (proposed, confirmed, rejected, closed). Those spoken of last come first.

    \b
    Example: portevoix journal subjects --since 2026-W40 --department sports
    """
    set_up_django()
    from portevoix.journal.storage.subject_curves import read_subject_curves  # noqa: PLC0415 -- Django is ready only now

    curves = [curve.as_json() for curve in read_subject_curves(since=since, department=department)]
    if as_json:
        click.echo(json.dumps({"since": since, "department": department, "subjects": curves}, ensure_ascii=False))
    else:
        click.echo("\n".join(_table(curves)) if curves else "No stored edition since then has a subject.")


def _table(curves: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line per subject: number, state, department, title and people by week, the weeks of all side by side."""
    weeks = sorted({each["week"] for curve in curves for each in curve["weeks"]})
    widest = max(len(curve["title"]) for curve in curves)
    yield f"{'matter':>6}  {'state':<9}  {'department':<24}  {'title':<{widest}}  " + " ".join(w[5:] for w in weeks)
    for curve in curves:
        people = {each["week"]: each["people"] for each in curve["weeks"]}
        cells = " ".join(f"{people.get(week, '–'):>3}" for week in weeks)
        number, place = curve["matter"] or "–", curve["department"] or "–"
        yield f"{number:>6}  {curve['state'] or '–':<9}  {place:<24}  {curve['title']:<{widest}}  {cells}"
