"""`portevoix barometer`: a study from its folder to its figures."""

import click

from portevoix.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "check": "Find what is missing or doubtful in a study; with --guide, enter its accounts.",
    "new": "Start a study: a folder with its files, explained.",
    "observe": "Collect what the study's accounts and citizens said in public.",
}


@click.group(cls=Lazy, package="portevoix.cli.barometer", lines=COMMANDS)
def barometer() -> None:
    """Which city serves its citizens best on social networks, and how sure one can be.

    A study is a folder: start one with `new`, say in it whose accounts are looked at, and go on.
    """
