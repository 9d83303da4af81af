"""The guided check: the next city, what is known of it, and validation of a person's answers.

Answers are written at once, so that one can stop anywhere and go on another day.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from portevoix.barometer.studies import default_weights
from portevoix.barometer.studies.atomic_write import Table, open_table
from portevoix.barometer.studies.csv_files import read_date
from portevoix.barometer.studies.handles import handle, is_possible, is_whole, network_name
from portevoix.barometer.studies.loader import Study, StudyAccount, StudyCity
from portevoix.barometer.studies.model import ACCOUNTS, CHECKED, Scope
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

type Answer = Callable[[str], str]
"""From what was typed to what is written; raises BadInput when it cannot be that."""

_ADDRESS: Final = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


def cities_to_check(study: Study) -> tuple[StudyCity, ...]:
    """Return the cities not checked yet for this study, and those whose accounts lack recent evidence."""
    doubtful = {account.city for account in study.accounts if lacks_evidence(account, study.last_day)}
    return tuple(city for city in study.cities if city.code not in study.checked or city.code in doubtful)


def lacks_evidence(account: StudyAccount, last_day: date) -> bool:
    """Return whether an account needs a page that names it, or a fresh look at that page."""
    oldest = last_day - timedelta(days=default_weights.EVIDENCE_DAYS)
    return not account.evidence_url or account.evidence_date is None or account.evidence_date < oldest


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of accounts.csv that is being filled in: each answer is written before the next question."""

    table: Table
    line: int

    def write_cell(self, column: str, value: str) -> None:
        self.table.rows[self.line][column] = value
        self.table.write()


@dataclass(frozen=True, slots=True)
class GuidedCheck:
    """Takes the answers for the study in a folder."""

    folder: Path
    networks: tuple[str, ...]
    today: date

    def account(self, city: StudyCity, network: str, name: str) -> Entry:
        """Add an account of the city. Raise BadInput when the city has it already."""
        table = open_table(self.folder, ACCOUNTS)
        for row in table.rows.values():
            same = (row["city"], network_name(row["network"]), handle(network, row["handle"]))
            if same == (city.code, network, name):
                message = gettext_noop("{handle} on {network} is there already.")
                raise BadInput(message, handle=name, network=network)
        line = table.add(city=city.code, network=network, handle=name)
        table.write()
        return Entry(table, line)

    def find_entry(self, account: StudyAccount) -> Entry:
        """Return the entry of an existing account. Its line may have moved: empty lines are not kept."""
        table = open_table(self.folder, ACCOUNTS)
        for line, row in table.rows.items():
            network = network_name(row["network"])
            since = read_date(row["since"].strip())
            if (network, handle(network, row["handle"]), since) == (account.network, account.handle, account.since):
                return Entry(table, line)
        message = gettext_noop("{handle} on {network} is in {file} no more: begin again.")
        raise BadInput(message, handle=account.handle, network=account.network, file=ACCOUNTS)

    def mark_checked(self, city: StudyCity) -> None:
        """Record that a person has looked for this city's accounts today."""
        table = open_table(self.folder, CHECKED)
        row = next((row for row in table.rows.values() if row["city"] == city.code), None)
        if row is None:
            table.add(city=city.code, date=str(self.today))
        else:
            row["date"] = str(self.today)
        table.write()

    def network(self, typed: str) -> str:
        if (name := network_name(typed)) in self.networks:
            return name
        raise BadInput(gettext_noop("Write one of: {known}."), known=", ".join(self.networks))

    def day(self, typed: str) -> str:
        day = read_date(typed.strip()) if typed.strip() else None
        if typed.strip() and (day is None or day > self.today):
            raise BadInput(gettext_noop("“{value}” is no date up to today. Write it like 2026-12-31."), value=typed)
        return str(day) if day else ""


def handle_reader(network: str) -> Answer:
    """Return a reader of handles, bare or in an address."""

    def read(typed: str) -> str:
        name = handle(network, typed)
        if not is_possible(name):
            message = gettext_noop("“{value}” is no account on {network}. Write its handle or the address of its page.")
            raise BadInput(message, value=typed, network=network)
        if not is_whole(network, name):
            raise BadInput(gettext_noop("Write it with its server: @user@server, or the address of its page."))
        return name

    return read


def scope(typed: str) -> str:
    """Return the scope of an account. Raise BadInput for other text."""
    text = typed.strip().lower()
    scopes = [one for one in Scope if text and one.startswith(text)]
    if len(scopes) == 1:
        return scopes[0]
    raise BadInput(gettext_noop("Write one of: {known}."), known=", ".join(Scope))


def page(typed: str) -> str:
    """Return an address, or "" for none yet. Raise BadInput for other text."""
    address = typed.strip()
    if not address or _ADDRESS.fullmatch(address):
        return address
    raise BadInput(
        gettext_noop("“{value}” is no address of a page. Write one that begins with https://."), value=address
    )
