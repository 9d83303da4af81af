"""`portevoix export`."""

from datetime import UTC, datetime

import click

from portevoix.cli.django_setup import set_up_django
from portevoix.kernel.errors import BadInput
from portevoix.kernel.interchange import write_line


@click.command()
@click.option("--since", metavar="T", help="Only messages sent at T or later: 2026-11-16T00:00:00+01:00.")
@click.option("--until", metavar="T", help="Only messages sent before T.")
def export(since: str | None, until: str | None) -> None:
    """Write the record's messages to standard output in the interchange format, by time.

    What `portevoix intake` reads back to the same messages, threads and directions. Notes between colleagues and
    replies that have not left stay inside. The access log notes that it was done.

    \b
    Example: portevoix export --since 2026-11-16T00:00:00+01:00 | gzip > week.jsonl.gz
    """
    set_up_django()
    from portevoix.record.export import export as export_messages  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.operations import access_log  # noqa: PLC0415

    access_log.log(access_log.What.EXPORTED, by=None, now=datetime.now(UTC))
    for message in export_messages(since=_instant(since), until=_instant(until)):
        click.echo(write_line(message))


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
        instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("“{text}” is no instant. Write one like 2026-11-16T00:00:00+01:00.", text=text) from error
    if instant.tzinfo is None:
        raise BadInput("“{text}” has no offset. Write it like 2026-11-16T00:00:00+01:00.", text=text)
    return instant
