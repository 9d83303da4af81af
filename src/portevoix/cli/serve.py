"""`portevoix serve`."""

import os
import sys

import click

from portevoix.cli.django_setup import set_up_service
from portevoix.config import env


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of the pages.")
@click.option("--live-port", type=click.IntRange(1, 65535), help="Port of /live; by default the next one.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, env.MOST_THREADS), help="Pages served at once."
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that serve pages, each with its threads; more than one for more than fifty colleagues.",
)
def serve(host: str, port: int, live_port: int | None, threads: int, processes: int) -> None:
    """Serve the pages, and their live updates from a process of its own.

    Behind a reverse proxy, send /live to the live port and set PORTEVOIX_LIVE_URL=/live. SIGTERM and Ctrl-C let pages
    that are being answered finish, for some seconds; a second one ends all at once.
    """
    set_up_service()
    # This process only watches from here on: it makes room for one without Django, under the same number.
    numbers = map(str, (port, live_port or port + 1, threads, processes))
    os.execv(sys.executable, [sys.executable, "-P", "-m", "portevoix.cli.servers", host, *numbers])  # noqa: S606
