"""`portevoix barometer publish`."""

from pathlib import Path

import click

from portevoix.barometer.results.document import FILE, read
from portevoix.barometer.results.open_data import open_data
from portevoix.barometer.results.open_tables import read_tables
from portevoix.cli.django_setup import ready
from portevoix.measures.indicators import INDICATORS


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="SITE", help="Folder of the site.")
def publish(directory: Path, out: Path) -> None:
    """Make the site of the study in DIR: the infographic, its pages and the open data, in one folder.

    The folder opens from a disk and from any web server, offline too, in French and in English. A site that was
    published into SITE before is replaced; any other content of SITE is refused.
    """
    read(directory / FILE)  # whoever built nothing need not wait to hear it
    ready(migrate=False)
    click.echo(f"{len(make_site(directory, out))} files in {out}. Open {out / 'index.html'}")


def make_site(directory: Path, out: Path) -> list[Path]:
    """Write the site of a built study; Django has to be ready."""
    from portevoix.barometer.publish import publish as make  # noqa: PLC0415 -- Django is ready only now

    catalogue = {
        code: {"label": each.label, "formula": each.formula, "source": each.source} for code, each in INDICATORS.items()
    }
    results = read(directory / FILE)
    return make(results, out, data=open_data(results, read_tables(directory, results)), catalogue=catalogue)
