"""The command line. Commands load when they are called, so that `--help` is fast."""

import gc
import importlib
import sys

import click

from portevoix.cli.lazy import LazyGroup
from portevoix.kernel.errors import BadInput, PortevoixError

COMMANDS = {
    "backup": "Write everything into one file, while all runs.",
    "barometer": "Which city serves its citizens best on social networks, and how sure one can be.",
    "channels": "Connect, test and pause the accounts by which citizens reach you.",
    "clock": "Reckon deadlines and service time under a policy.",
    "colleague": "Who may sign in: list, new password, role, close.",
    "convert": "Turn what other tools wrote into the interchange format.",
    "demo": "Set up a made-up city with twelve weeks of messages, and open its desk.",
    "doctor": "Look at the installation and say what to do.",
    "export": "Write messages in the interchange format.",
    "init": "Found your city: its name and its first administrator.",
    "intake": "Take messages in from files in the interchange format.",
    "journal": "Compose the weekly journal.",
    "measures": "Reply measures of any city, or of your own.",
    "person": "What is held on a citizen: find, export, erase.",
    "replay": "Reckon every conversation again from its history.",
    "restore": "Bring a backup back, on an empty home.",
    "serve": "Serve the pages and their live updates.",
    "text": "What the program makes of texts: labels, tone, masks.",
    "work": "Receive, sort, deliver and forget, until stopped.",
}
INSTALLATION, USAGE_ERROR, INTERRUPTED_STATUS = 1, 2, 130


@click.group(
    cls=LazyGroup, package="portevoix.cli", lines=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="portevoix", prog_name="portevoix")
def portevoix() -> None:
    """Portevoix: a city answers its citizens, and learns from them every week.

    \b
    Start here:
      portevoix demo                  a made-up city on your own machine
      portevoix init                  your own city
      portevoix serve, portevoix work the two processes that a city runs

    The data are in PORTEVOIX_HOME, or in the database that PORTEVOIX_DATABASE_URL names; on an empty home every command
    makes what it needs. Exit status: 0 done; 1 something is wrong with the installation; 2 your input cannot be used;
    3 part of it was refused.
    """
    importlib.import_module("portevoix.config.env").check_names()  # loaded once it is a command that is asked for


def main() -> None:
    """Run a command. Errors that the user or operator can fix get one line on standard error, never a traceback."""
    gc.set_threshold(50_000, 20, 50)  # what is loaded stays: looking through it took a tenth of the time
    sys.exit(_run())


def _run() -> int:
    try:
        return portevoix(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return USAGE_ERROR
    except BadInput as error:
        return _tell(error, USAGE_ERROR)
    except PortevoixError as error:
        return _tell(error)
    except (click.Abort, KeyboardInterrupt):
        return _tell("stopped.", INTERRUPTED_STATUS)
    except BrokenPipeError:  # whoever read the output wants no more of it
        sys.stdout = None  # nor is there anything left to flush
        return INTERRUPTED_STATUS
    except OSError as error:
        return _tell(f"{error}.")
    except importlib.import_module("django.db").DatabaseError as error:  # loaded only when it comes to that
        return _tell(importlib.import_module("portevoix.cli.database_trouble").trouble_of(error))
    except importlib.import_module("django.core.exceptions").ImproperlyConfigured as error:
        return _tell(f"a setting does not fit: {error}", USAGE_ERROR)


def _tell(what: object, status: int = INSTALLATION) -> int:
    click.echo(f"portevoix: {what}", err=True)
    return status
