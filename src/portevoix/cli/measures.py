"""`portevoix measures`: measures how soon citizens are replied to."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portevoix.cli.django_setup import ready
from portevoix.kernel.clock import ServiceClock, parse_instant
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Incoming
from portevoix.kernel.policy import read_policy
from portevoix.kernel.streams import open_stream

if TYPE_CHECKING:
    from portevoix.measures.engine import ReplyReport

_MOST_EXAMPLES = 5
_EXIT_SOME_REFUSED = 3


@click.group()
def measures() -> None:
    """Measure how soon citizens are replied to."""


@measures.command()
@click.option("--messages", metavar="FILE", help="Messages of any city as JSON Lines, gzip too; - is standard input.")
@click.option("--account", metavar="A", help="With --messages: the city's account, exactly as the messages name it.")
@click.option("--until", metavar="T", help="With --messages: the cut-off, like 2026-11-20T17:50:00+01:00.")
@click.option("--week", metavar="W", help="The desk's own record, for the conversations of that week: 2026-W47.")
@click.option("--department", metavar="D", default="", help="With --week: the short name of one department.")
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    metavar="P.toml",
    help="Count the opening hours of this service policy only, not day and night.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def report(
    context: click.Context,
    messages: str | None,
    account: str | None,
    until: str | None,
    week: str | None,
    department: str,
    policy: Path | None,
    *,
    as_json: bool,
) -> None:
    """How many citizens had a first reply by a person within 1, 8, 24 and 72 hours.

    Either of any city (--messages, --account, --until) or of your own (--week). Takes the first wait of each
    conversation that a citizen began by speaking to the city; those who still wait at the cut-off are counted
    (Kaplan-Meier), with 95 % intervals. Promises are those of all conversations in the file, or those whose date is
    in the week. A week's cut-off is the Monday after it, at eight; until then, now.

    Exit status: 0, 3 when some lines were refused, 2 when nothing could be read.
    """
    clock = ServiceClock(read_policy(policy)) if policy else None
    reading = _Reading(account or "")
    if week and not (messages or account or until):
        reply_report = _report_record(week, department=department, clock=clock)
    elif messages and account and until and not (week or department):
        reply_report = _report_file(messages, reading=reading, until=until, clock=clock)
    else:
        raise BadInput(gettext_noop("Give either --messages, --account and --until together, or --week."))
    click.echo(
        json.dumps(reply_report.as_json())
        if as_json
        else "\n".join(_table(reply_report, opening_hours=clock is not None))
    )
    if reading.refused:
        context.exit(_EXIT_SOME_REFUSED)


def _report_record(week: str, *, department: str, clock: ServiceClock | None) -> "ReplyReport":
    """Return the report on the desk's own record."""
    ready()
    from portevoix.record.reply_facts import reply_report  # noqa: PLC0415 - Django is ready only now

    return reply_report(week=week, department=department, clock=clock, now=datetime.now(UTC))


@dataclass
class _Reading:
    """Passes messages on and remembers refused lines, and accounts to choose from."""

    account: str
    read: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    has_account: bool = False

    def through(self, lines: Iterable[Incoming | BadLine]) -> Iterator[Incoming]:
        for line in lines:
            if isinstance(line, BadLine):
                self.refused += 1
                self.reasons += [str(line)] if len(self.reasons) < _MOST_EXAMPLES else []
                continue
            self.read += 1
            if line.account == self.account:
                self.has_account = True
            elif len(self.others) < _MOST_EXAMPLES and line.account not in self.others:
                self.others.append(line.account)
            yield line

    def tell(self) -> None:
        """Report on standard error which lines were refused."""
        if self.refused:
            click.echo(f"{self.refused} {'line' if self.refused == 1 else 'lines'} refused:", err=True)
            for reason in self.reasons:
                click.echo(f"  {reason}", err=True)
            if self.refused > len(self.reasons):
                click.echo(f"  and {self.refused - len(self.reasons)} more", err=True)

    def check(self) -> None:
        """Raise BadInput when no message could be read, or none was the account's."""
        if not self.read:
            raise BadInput(gettext_noop("No message could be read."))
        if not self.has_account:
            raise BadInput(
                gettext_noop("No message is of the account “{account}”. Accounts found: {others}."),
                account=self.account,
                others=", ".join(self.others),
            )


def _report_file(messages: str, *, reading: _Reading, until: str, clock: ServiceClock | None) -> "ReplyReport":
    """Return the report on a file of messages."""
    from portevoix.measures import engine, schema, waits  # noqa: PLC0415 - NumPy and Polars would slow --help

    cut_off = parse_instant(until)
    zone = clock.policy.timezone if clock else "UTC"
    with open_stream(messages) as stream:
        lines = reading.through(read_lines(stream))
        facts = waits.observe(lines, account=reading.account, until=cut_off, clock=clock, timezone=zone)
    reading.tell()
    reading.check()
    return engine.report(schema.frame(facts), clock="service" if clock else "elapsed")


def _table(reply_report: "ReplyReport", *, opening_hours: bool) -> Iterator[str]:
    yield f"{'Conversations begun':<20}{reply_report.n:>8}"
    yield f"{'Had a reply':<20}{reply_report.answered:>8}"
    yield "Counting opening hours only:" if opening_hours else "Counting day and night:"
    for horizon, share in reply_report.F.items():
        bounds = reply_report.ci[horizon]
        interval = f"  ({bounds[0]:.1%} to {bounds[1]:.1%})" if bounds else ""
        yield f"{f'  within {horizon}':<20}{'–' if share is None else f'{share:.1%}':>8}{interval}"
    yield f"{'  half within':<20}{_span(reply_report.median_s):>8}"
    yield "Promises:"
    for outcome, count in reply_report.promises.items():
        yield f"{f'  {outcome}':<20}{count:>8}"


def _span(seconds: int | None) -> str:
    """Format a duration in hours and minutes."""
    if seconds is None:
        return "not yet"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d}" if hours else f"{minutes} min"
