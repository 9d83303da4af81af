"""`portevoix barometer keep`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portevoix.barometer.results.document import FILE, read
from portevoix.cli.django_setup import set_up_django


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True))
@click.option("--city", required=True, metavar="NAME", help="Your city's name or code in the study.")
def keep(directory: Path, city: str) -> None:
    """Show the results of DIR in your city's own pages, beside the other cities'.

    DIR is a study's folder, or a file results.json. Colleagues find it under Barometer. The same study, kept again, is
    replaced.
    """
    results = read(directory / FILE if directory.is_dir() else directory)
    set_up_django()
    from portevoix.barometer.import_study import store_study as keep_own  # noqa: PLC0415 -- Django is ready only now

    keep_own(results, own=city, by=None, now=datetime.now(UTC))
    click.echo(f"{results.title} is kept: your colleagues find it under Barometer.")
