"""`portevoix barometer new`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portevoix.barometer.studies import scaffold

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", default=scaffold.TITLE, help="What the study is called.")
@click.option("--from", "first", type=_DAY, metavar="DAY", help="The first day. Without it: twelve whole weeks ago.")
@click.option("--to", "last", type=_DAY, metavar="DAY", help="The last day. Without it: last Sunday.")
@click.option(
    "--network", "networks", multiple=True, metavar="N", help="A network, several times. Without it: bluesky, mastodon."
)
@click.option("--french-cities", is_flag=True, help="With the 42 French cities of 100,000 inhabitants or more.")
def new(
    folder: Path,
    title: str,
    first: datetime | None,
    last: datetime | None,
    networks: tuple[str, ...],
    french_cities: bool,
) -> None:
    """Start a study: writes DIR with its settings, explained, and its tables, empty. Overwrites nothing.

    \b
    Exit status: 0 written; 2 something of it is there already.
    Example: portevoix barometer new towns --french-cities --from 2026-09-07 --to 2026-11-29
    """
    usual_first, usual_last = scaffold.last_weeks(datetime.now(UTC).date())
    files = scaffold.start_study(
        folder,
        title=title,
        first=first.date() if first else usual_first,
        last=last.date() if last else usual_last,
        networks=networks or scaffold.NETWORKS,
        french_cities=french_cities,
    )
    click.echo(f"{folder} holds {', '.join(files)}.")
    cities = "" if french_cities else f"Write your cities into {folder / 'cities.csv'}. "
    click.echo(f"{cities}Enter their accounts with: portevoix barometer check --guide {folder}")
