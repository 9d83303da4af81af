"""`portevoix clock`: tries a service policy from the command line."""

import json
from pathlib import Path

import click

from portevoix.kernel.clock import ServiceClock, parse_instant, parse_pause, seconds_between
from portevoix.kernel.policy import parse_duration, read_policy

_policy = click.option(
    "--policy", "path", metavar="P.toml", required=True, type=click.Path(path_type=Path), help="The service policy."
)
_pauses = click.option(
    "--pause",
    "pauses",
    metavar="A/B",
    multiple=True,
    help="A stretch of time that does not count, as START/END; may be given several times.",
)


@click.group()
def clock() -> None:
    """Reckon with opening hours, holidays, pauses and daylight saving.

    Times are written with their offset, like 2026-11-20T17:50:00+01:00 or 2026-11-20T16:50:00Z; a fraction of a second
    is cut off.
    """


@clock.command()
@_policy
@click.option("--from", "start", metavar="T", required=True, help="When the time starts to run.")
@click.option("--service-time", metavar="8h", required=True, help="A whole number and s, m or h, like 8h or 90m.")
@_pauses
def due(path: Path, start: str, service_time: str, pauses: tuple[str, ...]) -> None:
    """When has that much service time passed?

    Prints {"due_at": …} in the policy's time zone: the earliest instant by which the city was at work for that long.

    \b
    Example: when is a message of Friday, 17:50, due?
      portevoix clock due --policy P.toml --from 2026-11-20T17:50:00+01:00 --service-time 8h
    """
    service = ServiceClock(read_policy(path))
    deadline = service.due_at(parse_instant(start), parse_duration(service_time), map(parse_pause, pauses))
    click.echo(json.dumps({"due_at": deadline.astimezone(service.zone).isoformat()}))


@clock.command()
@_policy
@click.option("--from", "start", metavar="A", required=True, help="The start.")
@click.option("--to", "end", metavar="B", required=True, help="The end.")
@_pauses
def elapsed(path: Path, start: str, end: str, pauses: tuple[str, ...]) -> None:
    """How much service time lies between two times?

    Prints {"service_seconds": …, "elapsed_seconds": …}: while the city was at work and no pause ran, and in all.

    \b
    Example: how long did Monday's answer to Friday's message take?
      portevoix clock elapsed --policy P.toml --from 2026-11-20T17:50:00+01:00 --to 2026-11-23T09:15:00+01:00
    """
    begin, until = parse_instant(start), parse_instant(end)
    seconds = ServiceClock(read_policy(path)).elapsed(begin, until, map(parse_pause, pauses))
    click.echo(json.dumps({"service_seconds": seconds, "elapsed_seconds": seconds_between(begin, until)}))
