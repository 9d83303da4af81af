"""`portevoix barometer forget`."""

from pathlib import Path

import click

from portevoix.barometer.analysis.dataset import drop_texts
from portevoix.barometer.studies.loader import read_study


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(directory: Path, *, yes: bool) -> None:
    """Delete what citizens wrote from the study in DIR, and keep what was counted of it.

    Messages in DIR/collected become coded posts in DIR/coded, without text, name or handle; their hashes are made with
    a key that is thrown away. The study is built from them as before; nothing more is collected for it.
    """
    study = read_study(directory)
    if not yes:
        click.confirm(f"All messages in {directory / 'collected'} will be deleted for good. Go on?", abort=True)
    click.echo(f"{drop_texts(study)} coded posts are kept, and no message. Build the study as before.")
