"""`portevoix barometer demo`."""

import shutil
import webbrowser
from pathlib import Path

import click

from portevoix.barometer.analysis.dataset import code
from portevoix.barometer.demo.folder import write_study
from portevoix.barometer.results.build import build, write_built
from portevoix.barometer.studies.loader import read_study
from portevoix.cli.barometer.publish import make_site
from portevoix.cli.demo import has_screen
from portevoix.cli.django_setup import ready
from portevoix.kernel.errors import BadInput
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.streams import open_stream

_HOME = "~/.local/share/portevoix-barometer-demo"
_SEED = 2013
_STUDY, _SITE = "study", "site"
_MARK = ".barometer-demo"


@click.command()
@click.option("--home", type=click.Path(path_type=Path), default=_HOME, show_default=True, help="Where it is put.")
@click.option("--seed", default=_SEED, show_default=True, type=click.IntRange(min=0), help="Other seeds, other weeks.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
def demo(home: Path, seed: int, *, no_open: bool) -> None:
    """Make a whole study of invented cities: its folder, its results, its site; and open it.

    Twelve weeks of twenty-four cities that do not exist. Every picture and file says that it is simulated: a ranking of
    real cities is never made up. A second run starts over.
    """
    home = home.expanduser().resolve()
    _claim(home)
    click.echo("Twenty-four invented cities write for twelve weeks…", err=True)
    messages = write_study(home / _STUDY, seed=seed)
    study = read_study(home / _STUDY)
    click.echo("Their messages are coded and counted…", err=True)
    with open_stream(messages) as stream:
        write_built(build(study, code(study, [(messages.name, read_lines(stream))])), study.directory)
    ready(migrate=False, home=home)
    make_site(study.directory, home / _SITE)
    page = home / _SITE / "index.html"
    click.echo(f"The study is in {home / _STUDY}, its site in {home / _SITE}.\nOpen {page.as_uri()}")
    if not no_open and has_screen():
        webbrowser.open(page.as_uri())


def _claim(home: Path) -> None:
    """Empty a folder of the demonstration's own; refuse any other."""
    if home.exists() and any(home.iterdir()) and not (home / _MARK).exists():
        raise BadInput("{home} is not a demonstration's folder: it stays as it is. Choose another one.", home=str(home))
    if home.exists():
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / _MARK).touch()
