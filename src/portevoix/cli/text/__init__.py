"""`portevoix text`: analyses texts without a city and without a database."""

import click

from portevoix.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "evaluate": "How good a labeller is, learnt on one file and tried on another.",
    "mask": "Take personal data out of messages.",
    "predict": "Label messages with a model.",
    "read": "Say what messages are about, passage by passage, how urgent, in what language.",
    "route": "Suggest departments by what they say of themselves.",
    "similar": "Find messages about the same thing.",
    "tone": "Say how drafts of replies sound.",
    "train": "Learn to label messages from labelled ones.",
}


@click.group(cls=Lazy, package="portevoix.cli.text", lines=COMMANDS)
def text() -> None:
    """What the program makes of texts. All of it is advice, computed on this machine.

    Input is JSON Lines, one message or draft a line, from standard input; output is JSON Lines in the same order.
    """
