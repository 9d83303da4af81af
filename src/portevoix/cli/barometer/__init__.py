"""`portevoix barometer`: a study from its folder to its figures."""

import click

from portevoix.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "build": "Reckon indicators, scores and ranks, into results.json.",
    "check": "Find what is missing or doubtful in a study; with --guide, enter its accounts.",
    "demo": "A study of invented cities, built, published and opened.",
    "forget": "Delete what citizens wrote, and keep what was counted of it.",
    "keep": "Show a study's results in your city's own pages.",
    "new": "Start a study: a folder with its files, explained.",
    "observe": "Collect what the study's accounts and citizens said in public.",
    "publish": "Make the site of a built study, with its open data.",
}


@click.group(cls=LazyGroup, package="portevoix.cli.barometer", lines=COMMANDS)
def barometer() -> None:
    """Which city serves its citizens best on social networks, and how sure one can be.

    A study is a folder: start one with `new`, say in it whose accounts are looked at, and go on.
    """
