"""`portevoix barometer build`."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

from portevoix.barometer.analysis.dataset import Sources, code_messages, load_dataset
from portevoix.barometer.results.build import build as build_study
from portevoix.barometer.results.build import write_build
from portevoix.barometer.results.contents import RankedCity, Results, read_results
from portevoix.barometer.results.document import FILE
from portevoix.barometer.studies.loader import read_study
from portevoix.cli.lines import PART_REFUSED, check_readable, reject_file
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Incoming
from portevoix.kernel.streams import open_stream

_MOST_ROWS = 12


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="DIR [FILE…]")
@click.option(
    "--messages",
    multiple=True,
    metavar="FILE…",
    help="Files in the interchange format, instead of what observe collected; gzip too, - is standard input.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Another seed than the study's.")
@click.option("--engine", default="polars", show_default=True, type=click.Choice(["polars", "spark"]))
@click.pass_context
def build(
    context: click.Context, places: tuple[str, ...], messages: tuple[str, ...], seed: int | None, engine: str
) -> None:
    """Reckon indicators, scores and ranks of the study in DIR, into DIR/results.json.

    Without messages the study still gives who is present, and the rankings that its tables allow. The same study,
    messages and seed give the same file, to the byte.

    \b
    Exit status: 0 built; 3 built, but some lines were refused (FILE.rejected.jsonl says which); 2 nothing was built.
    Example: portevoix barometer build my-study --messages week-*.jsonl.gz
    """
    directory, files = _split_places(places, messages)
    for file in files:
        check_readable(file)
    study = read_study(directory)
    refused_files: list[str] = []
    sources: Sources = [(Path(file).name, _messages(file, refused_files)) for file in files]
    study_build = build_study(
        study, code_messages(study, sources) if files else load_dataset(study), seed=seed, engine_name=engine
    )
    write_build(study_build, directory)
    results = read_results(study_build.document)
    click.echo("\n".join(_summary(results, directory / FILE)))
    _warn(results)
    if refused_files:
        context.exit(PART_REFUSED)


def _split_places(places: tuple[str, ...], messages: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """Return the study's folder and the files of messages: a shell writes several after --messages."""
    folders = [place for place in places if Path(place).is_dir()]
    if len(folders) != 1:
        raise BadInput("Name one folder of a study: {found} were named.", found=len(folders))
    files = (*messages, *(place for place in places if place != folders[0]))
    if files and not messages:
        raise BadInput("{file} is no folder of a study. Files of messages come after --messages.", file=files[0])
    return Path(folders[0]), files


def _messages(file: str, refused: list[str]) -> Iterator[Incoming | BadLine]:
    """Yield the file's lines; write bad ones to its reject file as well."""
    with ExitStack() as stack:
        rejects: IO[str] | None = None
        for line in read_lines(stack.enter_context(open_stream(file))):
            if isinstance(line, BadLine):
                refused.append(file)
                rejects = rejects or stack.enter_context(reject_file(file))
                rejects.write(json.dumps({"line": line.line, "reason": line.args[0]}, ensure_ascii=False) + "\n")
            yield line


def _summary(results: Results, file: Path) -> Iterator[str]:
    yield f"{results.title}: {len(results.cities)} cities, {results.messages['read']} messages read."
    for name, one in results.study.items():
        if name.startswith("presence.") and one.value is not None and one.value <= 1:
            yield f"  {name:<28}{one.value:>8.1%}  of {one.n}"
    ranked_cities = [city for city in results.cities if isinstance(city, RankedCity)]
    if ranked_cities:
        yield f"\n{'Rank':>4}  {'City':<26}{'Score':>6}  {'95 % interval':<14}{'Rank between':<14}Tier"
    for city in ranked_cities[:_MOST_ROWS]:
        interval, between = "{:.1f} to {:.1f}".format(*city.score_ci), "{} and {}".format(*city.rank_set)
        name, score = city.name[:25], city.score
        yield f"{city.rank:>4}  {name:<26}{score:>6.1f}  {interval:<14}{between:<14}{city.tier}"
    if len(ranked_cities) > _MOST_ROWS:
        yield f"      and {len(ranked_cities) - _MOST_ROWS} more"
    for name, why in results.rankings_missing.items():
        yield f"No {name} ranking: {why.text}"
    yield f"\nWritten to {file}. Next: portevoix barometer publish {file.parent} --out SITE"


def _warn(results: Results) -> None:
    """Print the remarks that changed the results."""
    grave = [remark for remark in results.remarks if remark.grave]
    for remark in grave[:_MOST_ROWS]:
        where = f"{remark.file}, line {remark.row}: " if remark.row else f"{remark.file}: "
        click.echo(where + remark.text.format(**remark.values), err=True)
    if len(grave) > _MOST_ROWS:
        click.echo(f"and {len(grave) - _MOST_ROWS} more; portevoix barometer check tells them all", err=True)
