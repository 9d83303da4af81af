"""`portevoix intake`."""

import json
import sys
from datetime import UTC, datetime

import click

from portevoix.cli.django_setup import ready
from portevoix.cli.lines import Lines, check_readable


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…|-")
def intake(files: tuple[str, ...]) -> None:
    """Take messages in from FILEs in the interchange format (JSON Lines, gzip too); - reads standard input.

    Prints one line of JSON: {"read", "taken", "already_known", "refused"}. Refused lines go to FILE.rejected.jsonl with
    their number and the reason. Taking a file twice takes nothing twice.

    \b
    Exit status: 0 all taken; 3 some lines were refused; 2 nothing could be read.
    Example: portevoix intake messages.jsonl.gz
    """
    for file in files:
        check_readable(file)
    ready()
    from portevoix.exchange.inbound.poller import take  # noqa: PLC0415 -- Django is ready only now

    now = datetime.now(UTC)
    lines, new = Lines(files), 0
    is_hidden = not (lines.size and sys.stderr.isatty())
    with click.progressbar(length=lines.size, label="Taking in", file=sys.stderr, hidden=is_hidden) as bar:
        for batch in take(lines, now=now):
            new += batch.new
            bar.update(lines.position() - bar.pos)
    again = lines.read - lines.refused - new
    click.echo(json.dumps({"read": lines.read, "taken": new, "already_known": again, "refused": lines.refused}))
    lines.end()
