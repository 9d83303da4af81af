"""`portevoix person`: answers a citizen's request for access or erasure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import click

from portevoix.cli.django_setup import ready
from portevoix.kernel.errors import BadInput

# What erasing does with each kind of thing, in the order in which it is told.
GOES = {
    "messages": "messages are emptied",
    "files": "attached files are deleted",
    "notes": "notes between colleagues are emptied",
    "drafts": "unsent drafts are deleted",
    "aside": "messages that were set aside are deleted",
    "deliveries": "replies that have not left are cancelled",
}


@click.group()
def person() -> None:
    """Find a citizen, export what is held on them, erase them.

    A person is one or several accounts: an address, a handle on a network. Each has a number, and any of these numbers
    stands for the person. The access log notes what is done here as done on the command line.
    """


@person.command()
@click.argument("query")
def find(query: str) -> None:
    """List the accounts whose name, handle or address holds the words of QUERY.

    \b
    Example: portevoix person find "ana dupont"
    """
    ready()
    from portevoix.record.operations import access_log  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries import persons  # noqa: PLC0415

    access_log.log(access_log.What.FOUND, by=None, now=datetime.now(UTC))
    accounts = persons.find(query)
    if not accounts:
        raise BadInput("Nobody is known by “{query}”. Use fewer words, or an address.", query=query)
    for row in accounts:
        click.echo(_line(row))


@person.command()
@click.argument("id_", type=int, metavar="ID")
@click.argument("file", type=click.Path(path_type=Path))
def export(id_: int, file: Path) -> None:
    """Write all that is held on the person with this number into FILE, a ZIP that is yours alone to read.

    It holds their messages and files, the city's replies, notes and questions about them, what happened when, and who
    saw it, by role. Read it through before you hand it out: what colleagues wrote may concern other persons too.

    \b
    Example: portevoix person export 12 dupont.zip
    """
    ready()
    from portevoix.record.subject_export import write  # noqa: PLC0415 -- Django is ready only now

    if file.exists():
        raise BadInput("{file} is there already: choose another name.", file=str(file))
    with NamedTemporaryFile(dir=file.parent, prefix=".portevoix-", delete_on_close=False) as draft:
        write(id_, draft, by=None, now=datetime.now(UTC))
        draft.close()
        Path(draft.name).rename(file)
    click.echo(str(file))


@person.command()
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID ID…")
def join(ids: tuple[int, ...]) -> None:
    """Say that several accounts are one person: what is then exported or erased of one is that of all.

    \b
    Example: portevoix person join 12 57
    """
    ready()
    from portevoix.record.operations.persons import join as join_accounts  # noqa: PLC0415 -- Django is ready only now

    join_accounts(authors=ids, by=None, now=datetime.now(UTC))
    click.echo(f"One person from now on: {', '.join(map(str, ids))}")


@person.command()
@click.argument("id_", type=int, metavar="ID")
@click.option("--replies", is_flag=True, help="Empty what the city replied to them too, not only their name in it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(id_: int, replies: bool, yes: bool) -> None:
    """Erase the person with this number: words, names and addresses go; what was done and what is measured stays.

    Says first what goes, and asks. It cannot be undone, and what was erased never comes back, even when it is fetched
    or read from a file again.
    """
    ready()
    from portevoix.record.operations import erase as erase_person  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries import persons  # noqa: PLC0415

    holdings = persons.held(id_)
    if holdings is None:
        click.echo(f"Nothing is held under {id_}.")
        return
    for row in holdings.authors:
        click.echo(_account(row))
    click.echo("\n".join(_consequences(holdings.counts, replies=replies)))
    if not yes:
        click.confirm("Erase this person for good?", abort=True)
    counts = erase_person(author=id_, by=None, now=datetime.now(UTC), replies=replies)
    click.echo(f"Erased: {counts['messages']} messages in {counts['conversations']} conversations.")
    if holdings.open:
        numbers = ", ".join(str(row.pk) for row in holdings.open)
        click.echo(f"Still open in the inbox, to be closed there: {numbers}")


def _consequences(counts: Mapping[str, int], *, replies: bool) -> list[str]:
    goes = [f"  {counts[code]} {what}" for code, what in GOES.items() if counts[code]]
    stays = "are emptied" if replies else "stay, without the person's name"
    goes += [f"  {counts['replies']} replies of the city {stays}"] if counts["replies"] else []
    return [*goes, f"  {counts['events']} events of {counts['conversations']} conversations stay, about nobody"]


def _account(row: Any) -> str:
    name = " ".join(part for part in (row.name, f"({row.handle})" if row.handle else "") if part)
    printable = "".join(letter if letter.isprintable() else " " for letter in name or row.external_id)
    return f"{row.pk:>8}  {row.channel}  {printable}"


def _line(row: Any) -> str:
    last = f"{row.last_at:%Y-%m-%d}" if row.last_at else "–"
    person = f"  person {row.person_id}" if row.person_id else ""
    return f"{_account(row)}  {row.count} messages, the last on {last}{person}"
