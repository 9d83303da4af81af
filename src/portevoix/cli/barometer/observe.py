"""`portevoix barometer observe`."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from portevoix.barometer.analysis.dataset import refuse_where_dropped
from portevoix.barometer.collect import collector as observing
from portevoix.barometer.collect.coverage import read_coverage
from portevoix.barometer.collect.file_import import Bringer
from portevoix.barometer.collect.store import alone
from portevoix.barometer.studies.handles import network_name
from portevoix.barometer.studies.loader import Study, read_study
from portevoix.channels import internal_hosts
from portevoix.channels.importers.formats import FORMATS
from portevoix.cli.lines import PART_REFUSED, Lines, check_readable
from portevoix.config import env
from portevoix.kernel.clock import parse_instant
from portevoix.kernel.errors import BadInput


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("files", nargs=-1, metavar="[FILE…]")
@click.option("--network", "networks", multiple=True, metavar="N", help="Of these networks only; several times.")
@click.option("--from-file", "format_", type=click.Choice(list(FORMATS)), help="Read FILEs that this tool wrote.")
@click.option("--until", metavar="INSTANT", help="Up to this moment, RFC 3339; without it, as far as there is.")
@click.option("--yes", is_flag=True, help="Do not ask before beginning.")
def observe(
    folder: Path, files: tuple[str, ...], networks: tuple[str, ...], format_: str | None, until: str | None, yes: bool
) -> None:
    """Collect what the accounts of the study in DIR and citizens said in public on Bluesky and Mastodon.

    Nobody signs in. Stop it at any moment and run it again: it goes on where it was, loses nothing and takes nothing
    twice. With --from-file, reads FILEs instead (gzip too); that is the way for all other networks.

    Writes DIR/collected, which is yours alone: it holds what citizens wrote, though not who they are; and
    DIR/coverage.json, which says what was read of each account and what its network hid. Adds the followers of the day
    to DIR/audience.csv.

    \b
    Exit status: 0 all collected; 3 an account or a line was refused; 2 nothing could be.
    Example: portevoix barometer observe towns --from-file twarc tweets.jsonl.gz
    """
    study = read_study(folder)
    refuse_where_dropped(folder)
    if bool(format_) != bool(files):
        raise BadInput("Files need --from-file, and --from-file needs files.")
    if format_:
        _from_files(study, format_, files)
    else:
        _from_networks(study, _names(study, networks), _until(study, until), yes)


def _names(study: Study, networks: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(map(network_name, networks))
    if strange := [text for text, name in zip(networks, names, strict=True) if name not in study.networks]:
        choices = ", ".join(study.networks)
        raise BadInput("The study does not look at {network}: write one of {known}.", network=strange[0], known=choices)
    return names or study.networks


def _until(study: Study, text: str | None) -> datetime:
    """Return the end of the collection: at most the end of the study, and by default the last full hour, so that a
    second run within the hour resumes the first.
    """
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return min(parse_instant(text).astimezone(UTC) if text else now, now + timedelta(hours=1), study.ends)


def _from_networks(study: Study, networks: tuple[str, ...], until: datetime, yes: bool) -> None:
    internal_hosts.internal.update(env.hosts("PORTEVOIX_INTERNAL_HOSTS"))
    accounts = observing.to_collect(study, networks, until)
    for guess in observing.estimate(study, accounts, until):
        if guess.network in networks:
            click.echo(_describe(guess), err=True)
    if not accounts:
        click.echo(f"Nothing is left to ask up to {until.isoformat()}.", err=True)
        return
    if not yes:
        click.confirm("Begin?", default=True, abort=True, err=True)
    is_hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=len(accounts),
        label="Collecting",
        file=sys.stderr,
        hidden=is_hidden,
        item_show_func=lambda item: item or "",
    ) as bar:
        whole = observing.collect(study, accounts, until=until, tell=_progress_printer(bar))
        bar.update(len(accounts) - bar.pos)
    _summary(study)
    if not whole:
        sys.exit(PART_REFUSED)


def _describe(guess: observing.Estimate) -> str:
    if guess.network in observing.ASKED:
        minutes = max(1, round(guess.seconds / 60))
        return f"{guess.network}: accounts {guess.accounts}, about {guess.calls} calls, {minutes} min, free."
    cost = f" Its posts would cost about ${guess.dollars:,.0f} there." if guess.dollars else ""
    return f"{guess.network}: accounts {guess.accounts}, not collected: bring files with --from-file.{cost}"


def _progress_printer(bar: Any) -> Callable[[observing.Progress], None]:
    def show(progress: observing.Progress) -> None:
        where = f"{progress.step}, {progress.left} left" if progress.left else progress.step
        status = f"asked to wait {progress.waiting:.0f} s" if progress.waiting else where
        bar.update(progress.done - bar.pos, f"{progress.account.handle} {status}")

    return show


def _summary(study: Study) -> None:
    for one in read_coverage(study):
        lacking = ", ".join(f"{code} {count}" for code, count in sorted(one.hidden.items()))
        line = f"{one.network} {one.account}: {one.read} messages" + (f"; not shown: {lacking}" if lacking else "")
        click.echo(f"{line}. {one.error}".strip() if one.error else f"{line}.")


def _from_files(study: Study, format_: str, files: tuple[str, ...]) -> None:
    for file in files:
        check_readable(file)
    with alone(study.directory):
        bringer = Bringer(study, format_)
        lines = Lines(files, bringer.read)
        is_hidden = not (lines.size and sys.stderr.isatty())
        with click.progressbar(length=lines.size, label="Reading", file=sys.stderr, hidden=is_hidden) as bar:
            for message in lines:
                bringer.take(message)
                bar.update(lines.position() - bar.pos)
        bringer.end()
    counts = bringer.brought
    left = ", ".join(f"{what} {count}" for what, count in sorted(counts.left.items()))
    click.echo(
        f"{counts.taken} taken, {counts.known} known already, {counts.strangers} of accounts that are not the study's, "
        f"{lines.refused} refused" + (f"; left out: {left}." if left else ".")
    )
    if lines.read or not counts.left:
        lines.end()
