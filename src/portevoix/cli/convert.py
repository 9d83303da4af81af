"""`portevoix convert`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path

import click

from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import Item, LeftOut
from portevoix.channels.importers.formats import FORMATS, importer
from portevoix.cli.lines import Lines, check_readable
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.interchange import write_line
from portevoix.kernel.messages import Addressed, Direction, Incoming

_BATCH = 50
_MOST_ACCOUNTS = 5


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@click.option("--from", "format_", required=True, type=click.Choice(list(FORMATS)), help="What wrote the files.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="A",
    help="The city's account or address; may be given several times.",
)
@click.option(
    "--account-file", type=click.Path(path_type=Path), metavar="FILE", help="The city's accounts, one a line."
)
def convert(files: tuple[str, ...], format_: str, accounts: tuple[str, ...], account_file: Path | None) -> None:
    """Turn what other tools wrote into the interchange format, on standard output.

    Reads FILEs, or standard input; gzip too. What the city's accounts wrote goes out, the rest comes in; formats that
    do not say whose they are need --account. Reposts, likes and the like are left out and counted. Refused lines go to
    FILE.rejected.jsonl with their number and the reason. What is lost, format by format:
    docs/en/how-to/bring-messages-from-elsewhere.md.

    \b
    Exit status: 0 all converted; 3 some lines were refused; 2 nothing could be read.
    Example: portevoix convert --from twarc --account @valmont tweets.jsonl.gz | portevoix intake -
    """
    for file in files:
        check_readable(file)
    read = importer(format_, City((*accounts, *_read_accounts(account_file))))
    tally = _Tally()
    lines = Lines(files or ("-",), lambda stream: tally.through(read(stream)))
    for some in batched(lines, _BATCH):
        click.echo("".join(f"{write_line(message)}\n" for message in some).encode(), nl=False)
    tally.tell(lines)
    if lines.read or not tally.left:
        lines.end()


@dataclass
class _Tally:
    """Counts what to report: items left out, and accounts to choose from when none was the city's."""

    left: Counter[str] = field(default_factory=Counter)
    ours: bool = False
    others: list[str] = field(default_factory=list)

    def through(self, items: Iterable[Item]) -> Iterator[Incoming | BadLine]:
        for item in items:
            if isinstance(item, LeftOut):
                self.left[item.what] += 1
                continue
            if isinstance(item, Incoming):
                self._look(item)
            yield item

    def _look(self, message: Incoming) -> None:
        self.ours = self.ours or message.direction is Direction.OUT or message.addressed is Addressed.DIRECT
        name = message.author.handle or message.author.id
        if len(self.others) < _MOST_ACCOUNTS and name not in self.others:
            self.others.append(name)

    def tell(self, lines: Lines) -> None:
        summary = f"{lines.read - lines.refused} converted, {lines.refused} refused"
        kinds = ", ".join(f"{what} {count}" for what, count in sorted(self.left.items()))
        click.echo(f"{summary}; left out: {kinds}." if kinds else f"{summary}.", err=True)
        if self.others and not self.ours:
            others = ", ".join(self.others)
            click.echo(
                "No message is by the city or speaks to it. Look whether the file writes its account as you do: it has "
                f"{others}.",
                err=True,
            )


def _read_accounts(file: Path | None) -> list[str]:
    """Return the lines of a file of accounts. Raise BadInput."""
    if file is None:
        return []
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise BadInput("{file} cannot be read: {why}.", file=str(file), why=str(error)) from error
