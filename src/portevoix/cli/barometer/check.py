"""`portevoix barometer check`."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import click

from portevoix.barometer.studies import guided_check
from portevoix.barometer.studies.loader import BadStudy, Remark, Study, StudyAccount, StudyCity, read_study, remarks
from portevoix.cli.lines import PART_REFUSED
from portevoix.kernel.errors import BadInput

_UNUSABLE = 2


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--guide", "guided", is_flag=True, help="Go through the cities and enter their accounts, by hand.")
def check(folder: Path, as_json: bool, guided: bool) -> None:
    """Find what is missing or doubtful in the study in DIR: file, line, what to do. All of it, in one pass.

    With --guide, asks city after city for their accounts and for the page that shows whose they are. Every answer is
    written at once: stop with Ctrl-C, and go on another day where you were.

    \b
    Exit status: 0 nothing grave; 3 something is left out of the figures; 2 the study cannot be used.
    Example: portevoix barometer check towns
    """
    if guided:
        _guide(read_study(folder))
    try:
        study = read_study(folder)
    except BadStudy as bad:
        _tell(None, bad.remarks, as_json)
        sys.exit(_UNUSABLE)
    all_remarks = remarks(study)
    _tell(study, all_remarks, as_json)
    if any(remark.grave for remark in all_remarks):
        sys.exit(PART_REFUSED)


def _tell(study: Study | None, all_remarks: tuple[Remark, ...], as_json: bool) -> None:
    if as_json:
        rows = [
            {"file": each.file, "row": each.row, "text": each.text.format(**each.values), "grave": each.grave}
            for each in all_remarks
        ]
        click.echo(json.dumps({"usable": study is not None, "remarks": rows}, ensure_ascii=False))
        return
    if study:
        click.echo(_summary(study))
    graves = [remark for remark in all_remarks if remark.grave]
    doubts = [remark for remark in all_remarks if not remark.grave]
    what = "left out of the figures, or a reason not to publish them" if study else "the study cannot be used"
    _list(f"Grave ({len(graves)}): {what}", graves)
    _list(f"Missing or doubtful ({len(doubts)})", doubts)
    if not all_remarks:
        click.echo("Nothing is missing and nothing doubtful.")


def _summary(study: Study) -> str:
    networks = Counter(account.network for account in study.accounts)
    account_counts = ", ".join(f"{name} {networks[name]}" for name in study.networks)
    made_up = ", simulated" if study.simulated else ""
    return (
        f"{study.title}\n{study.first_day} to {study.last_day}{made_up}; {len(study.cities)} cities; "
        f"accounts: {account_counts}."
    )


def _list(title: str, file_remarks: Iterable[Remark]) -> None:
    for number, (file, several) in enumerate(groupby(file_remarks, key=lambda remark: remark.file)):
        if not number:
            click.echo(f"\n{title}")
        click.echo(f"  {file}")
        for remark in several:
            place = f"line {remark.row}: " if remark.row else ""
            click.echo(f"    {place}{remark.text.format(**remark.values)}")


def _guide(study: Study) -> None:
    cities = guided_check.cities_to_check(study)
    clerk = guided_check.GuidedCheck(study.directory, study.networks, datetime.now(UTC).date())
    click.echo(f"{len(cities)} of {len(study.cities)} cities to look at. Ctrl-C stops; what you typed is kept.")
    for number, city in enumerate(cities, 1):
        _head(study, city, f"{number}/{len(cities)}")
        for account in study.accounts:
            if account.city == city.code and guided_check.lacks_evidence(account, study.last_day):
                click.echo(f"  {account.handle} on {account.network}: which page of the city names it?")
                _evidence(clerk, clerk.find_entry(account))
        while network := _ask("  Another account, on which network? Enter: none", _or_nothing(clerk.network)):
            _account(clerk, city, network)
        clerk.mark_checked(city)


def _head(study: Study, city: StudyCity, place: str) -> None:
    agglomeration = f", {city.agglomeration}" if city.agglomeration else ""
    click.echo(f"\n[{place}] {city.name} ({city.code}{agglomeration})")
    if city.site_candidate:
        click.echo(f"  Perhaps its site, to be checked: {city.site_candidate}")
    mine: list[StudyAccount] = [account for account in study.accounts if account.city == city.code]
    for account in mine:
        click.echo(f"  has {account.handle} on {account.network} ({account.scope})")


def _account(clerk: guided_check.GuidedCheck, city: StudyCity, network: str) -> None:
    name = _ask("  Its handle, or the address of its page", guided_check.handle_reader(network))
    try:
        entry = clerk.account(city, network, name)
    except BadInput as bad:
        click.echo(f"  {bad}")
        return
    click.echo(f"  → {name} on {network}")
    entry.write_cell(
        "scope",
        _ask(
            "  Whom does it answer for? city (also where it is shared), agglomeration, other",
            guided_check.scope,
            "city",
        ),
    )
    _evidence(clerk, entry)
    entry.write_cell("since", _ask("  Theirs since which day? Enter: as long as one knows", clerk.day))


def _evidence(clerk: guided_check.GuidedCheck, entry: guided_check.Entry) -> None:
    page = _ask("  The page of the city that names it (https://…)? Enter: not found yet", guided_check.page)
    if page:
        entry.write_cell("evidence_url", page)
        entry.write_cell("evidence_date", _ask("  Seen on which day?", clerk.day, str(clerk.today)))


def _or_nothing(read: guided_check.Answer) -> guided_check.Answer:
    return lambda typed: read(typed) if typed.strip() else ""


def _ask(question: str, read: guided_check.Answer, default: str = "") -> str:
    """Ask until the input is valid."""
    while True:
        text: str = click.prompt(question, default=default, show_default=bool(default))
        try:
            return read(text)
        except BadInput as bad:
            click.echo(f"  {bad}")
