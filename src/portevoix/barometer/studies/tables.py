"""The rows of a study's tables as values; rows that cannot be one are noted."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from itertools import chain, combinations
from pathlib import Path
from typing import Final

from portevoix.barometer.studies.csv_files import Notes, Row, fold, read_rows, read_yes
from portevoix.barometer.studies.handles import handle, is_possible, network_name
from portevoix.barometer.studies.model import (
    ACCOUNTS,
    AUDIENCE,
    CHECKED,
    CITIES,
    COMMENTS,
    SURVEY,
    Scope,
    StudyAccount,
    StudyAnswer,
    StudyAudience,
    StudyCity,
    StudyComment,
)
from portevoix.kernel.i18n import gettext_noop

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    CITIES: ("code", "name"),
    ACCOUNTS: ("city", "network", "handle"),
    AUDIENCE: ("city", "network", "handle", "date", "followers"),
    SURVEY: ("city", "question", "value"),
    COMMENTS: ("city", "text"),
    CHECKED: ("city", "date"),
}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    CITIES: ("code", "name", "population", "agglomeration", "lat", "lon", "site_candidate"),
    ACCOUNTS: ("city", "network", "handle", "scope", "evidence_url", "evidence_date", "since", "until"),
    AUDIENCE: ("city", "network", "handle", "date", "followers", "following"),
    SURVEY: ("city", "question", "value", "evidence"),
    COMMENTS: ("city", "date", "author", "text"),
    CHECKED: ("city", "date"),
}
"""Every column of every table; the reference page documents each."""
QUESTIONS: Final = ("community_manager",)
"""Those that an indicator reads."""

_IN_FRENCH: Final[Mapping[str, str]] = {"ville": Scope.CITY, "autre": Scope.OTHER}
_TWICE = gettext_noop("The row is there twice (line {first} has the same): it was taken once.")
_COMMENTS = gettext_noop("The city comments on line {first} too: the later one is printed, by its date.")
_FUTURE = gettext_noop("“{value}” in “{column}” is in the future. Correct the date.")


@dataclass(frozen=True, slots=True)
class Tables:
    """Reads the tables of a folder. Dates after `today` are in the future."""

    folder: Path
    today: date
    notes: Notes

    def cities(self) -> tuple[StudyCity, ...]:
        cities: dict[str, StudyCity] = {}
        for row in self._rows(CITIES):
            city = _city(row)
            if city is None:
                continue
            first = cities.setdefault(city.code.casefold(), city)
            if first is city:
                continue
            if replace(city, row=0) == replace(first, row=0):
                row.doubt(_TWICE, first=first.row)
            else:
                message = gettext_noop(
                    "The code {code} is that of {name} already (line {first}): this row is left out."
                )
                row.grave(message, code=city.code, name=first.name, first=first.row)
        return tuple(cities.values())

    def accounts(self, codes: "Codes", networks: tuple[str, ...]) -> tuple[StudyAccount, ...]:
        accounts: dict[tuple[str, str, str], list[StudyAccount]] = {}
        for row in self._rows(ACCOUNTS):
            if account := self._account(row, codes, networks):
                same = accounts.setdefault((account.city, account.network, account.handle), [])
                if not _is_there(row, account, same):
                    same.append(account)
        return tuple(sorted(chain.from_iterable(accounts.values()), key=lambda account: account.row))

    def _account(self, row: Row, codes: "Codes", networks: tuple[str, ...]) -> StudyAccount | None:
        city, place = codes.find(row), _place(row, networks)
        scope = _scope(row)
        url, evidence_date = _evidence(row), self._past(row, "evidence_date")
        since, until = row.day("since"), row.day("until")
        if since and until and since > until:
            message = gettext_noop("“since” ({since}) comes after “until” ({until}): the row is left out.")
            row.grave(message, since=str(since), until=str(until))
            return None
        unread = any(row[name] and day is None for name, day in (("since", since), ("until", until)))
        if not city or not place or unread:
            return None
        return StudyAccount(
            city=city,
            network=place[0],
            handle=place[1],
            scope=scope,
            evidence_url=url,
            evidence_date=evidence_date,
            since=since,
            until=until,
            row=row.number,
        )

    def audience(self, codes: "Codes", networks: tuple[str, ...]) -> tuple[StudyAudience, ...]:
        counts: dict[tuple[str, str, date], StudyAudience] = {}
        for row in self._rows(AUDIENCE):
            city, place, day = codes.find(row), _place(row, networks), self._past(row, "date")
            followers, following = row.count("followers"), row.count("following")
            if not row["date"] or not row["followers"]:
                row.grave(gettext_noop("Followers count on a day: write both. The row is left out."))
            if not city or not place or day is None or followers is None:
                continue
            one = StudyAudience(
                city=city,
                network=place[0],
                handle=place[1],
                day=day,
                followers=followers,
                following=following,
                row=row.number,
            )
            first = counts.setdefault((*place, day), one)
            if first is not one and replace(first, row=0) == replace(one, row=0):
                row.doubt(_TWICE, first=first.row)
            elif first is not one:
                message = gettext_noop(
                    "Line {first} tells other figures of this account on that day: this row is left out."
                )
                row.grave(message, first=first.row)
        return tuple(counts.values())

    def survey(self, codes: "Codes") -> tuple[StudyAnswer, ...]:
        answers: dict[tuple[str, str], StudyAnswer] = {}
        against: set[tuple[str, str]] = set()
        for row in self._rows(SURVEY):
            if (one := _answer(row, codes)) is None:
                continue
            first = answers.setdefault((one.city, one.question), one)
            if first is not one and first.value == one.value:
                row.doubt(_TWICE, first=first.row)
            elif first is not one:
                row.grave(gettext_noop("Line {first} says the contrary: neither counts. Keep one."), first=first.row)
                against.add((one.city, one.question))
        return tuple(answer for name, answer in answers.items() if name not in against)

    def comments(self, codes: "Codes") -> tuple[StudyComment, ...]:
        comments: list[StudyComment] = []
        for row in self._rows(COMMENTS):
            city, day = codes.find(row), self._past(row, "date")
            if not row["text"]:
                row.doubt(gettext_noop("The comment has no text: it is left out."))
            elif city:
                if first := next((one for one in comments if one.city == city), None):
                    row.doubt(_COMMENTS, first=first.row)
                comments.append(
                    StudyComment(city=city, day=day, author=row["author"], text=row["text"], row=row.number)
                )
        return tuple(comments)

    def checked(self, codes: "Codes") -> dict[str, date]:
        days: dict[str, date] = {}
        for row in self._rows(CHECKED):
            city, day = codes.find(row), self._past(row, "date")
            if city and day:
                days[city] = max(day, days.get(city, day))
        return days

    def _rows(self, file: str) -> Iterator[Row]:
        return read_rows(self.folder, file, NEEDED[file], COLUMNS[file], self.notes)

    def _past(self, row: Row, column: str) -> date | None:
        day = row.day(column)
        if day is None or day <= self.today:
            return day
        row.grave(_FUTURE, value=row[column], column=column)
        return None


class Codes:
    """The cities by code, also when Excel has dropped its leading zeros."""

    def __init__(self, cities: Iterable[StudyCity]) -> None:
        self._codes = {city.code.casefold(): city.code for city in cities}
        self._bare: dict[str, list[str]] = {}
        for code in self._codes.values():
            self._bare.setdefault(code.lstrip("0"), []).append(code)

    def find(self, row: Row) -> str:
        """Return the code of the row's city, or "" and note it."""
        text = row["city"]
        if code := self._codes.get(text.casefold()):
            return code
        near = self._bare.get(text.lstrip("0"), []) if text else []
        if len(near) == 1:
            message = gettext_noop(
                "The city “{city}” was taken for {code}: a spreadsheet takes zeros away. Write {code}."
            )
            row.doubt(message, city=text, code=near[0])
            return near[0]
        message = gettext_noop(
            "No city has the code “{city}”: the row is left out. Add it to cities.csv, or correct it."
        )
        row.grave(message, city=text)
        return ""


def apart(accounts: Iterable[StudyAccount], notes: Notes) -> tuple[tuple[StudyAccount, ...], tuple[StudyAccount, ...]]:
    """Return the accounts of one city each, and those that two cities claim for the same days."""
    everyone = tuple(accounts)
    by_name: dict[tuple[str, str], list[StudyAccount]] = {}
    for account in everyone:
        by_name.setdefault((account.network, account.handle), []).append(account)
    contested_rows: set[int] = set()
    for same in by_name.values():
        for one, other in combinations(same, 2):
            if one.city != other.city and one.overlaps(other):
                contested_rows |= {one.row, other.row}
                message = gettext_noop(
                    "{handle} on {network} is claimed by {city} and, for the same days, by {other} (line {first}): it "
                    "counts for neither. Give each its days in “since” and “until”, or take one row away."
                )
                values = {"handle": one.handle, "network": one.network, "city": other.city, "other": one.city}
                notes.grave(ACCOUNTS, other.row, message, first=one.row, **values)
    sole_accounts = tuple(account for account in everyone if account.row not in contested_rows)
    return sole_accounts, tuple(account for account in everyone if account.row in contested_rows)


def _city(row: Row) -> StudyCity | None:
    if not row["code"] or not row["name"]:
        row.grave(gettext_noop("A city needs a code and a name: the row is left out."))
        return None
    population = row.count("population")
    if not population:
        message = gettext_noop("The population of {name} is missing: followers are not set against inhabitants.")
        row.doubt(message, name=row["name"])
    return StudyCity(
        code=row["code"],
        name=row["name"],
        population=population or None,
        agglomeration=row["agglomeration"],
        lat=row.degrees("lat", 90),
        lon=row.degrees("lon", 180),
        site_candidate=row["site_candidate"],
        row=row.number,
    )


def _place(row: Row, networks: tuple[str, ...]) -> tuple[str, str] | None:
    """Return network and handle; None, with a note, when the study does not look at them."""
    network = network_name(row["network"])
    if not network:
        message = gettext_noop("“{network}” is no network. Write one of: {known}.")
        row.grave(message, network=row["network"], known=", ".join(networks))
        return None
    name = handle(network, row["handle"])
    if not is_possible(name):
        message = gettext_noop(
            "“{handle}” is no account on {network}: the row is left out. Write its handle or address."
        )
        row.grave(message, handle=row["handle"], network=network)
        return None
    if network not in networks:
        message = gettext_noop("The study does not look at {network}: the row is left out. “networks” names: {known}.")
        row.doubt(message, network=network, known=", ".join(networks))
        return None
    return network, name


def _scope(row: Row) -> Scope:
    name = _IN_FRENCH.get(fold(row["scope"]), fold(row["scope"]))
    if name in ("", *Scope):
        return Scope(name or Scope.CITY)
    message = gettext_noop("“{scope}” is no scope: the account is not counted. Write city, agglomeration or other.")
    row.grave(message, scope=row["scope"])
    return Scope.OTHER


def _evidence(row: Row) -> str:
    address = row["evidence_url"]
    if not address or re.fullmatch(r"https?://[^\s/]+\S*", address, re.IGNORECASE):
        return address
    message = gettext_noop("“{value}” is no address of a page. Write one that begins with https://.")
    row.grave(message, value=address)
    return ""


def _is_there(row: Row, account: StudyAccount, same: list[StudyAccount]) -> bool:
    """Return whether that city has that account already, for some of the same days."""
    for first in same:
        if not first.overlaps(account):
            continue
        if replace(first, row=0) == replace(account, row=0):
            row.doubt(_TWICE, first=first.row)
        else:
            message = gettext_noop(
                "Line {first} has this account of that city for the same days: this row is left out."
            )
            row.grave(message, first=first.row)
        return True
    return False


def _answer(row: Row, codes: Codes) -> StudyAnswer | None:
    city, question, value = codes.find(row), _question(row), read_yes(row["value"])
    if not row["value"]:
        row.doubt(gettext_noop("The answer is empty: it counts as no answer."))
    elif value is None:
        row.grave(gettext_noop("“{value}” is neither yes nor no: it counts as no answer."), value=row["value"])
    if not city or not question or value is None:
        return None
    if not row["evidence"]:
        row.doubt(gettext_noop("Nothing shows where the answer comes from. Write it in “evidence”."))
    return StudyAnswer(city=city, question=question, value=value, evidence=row["evidence"], row=row.number)


def _question(row: Row) -> str:
    name = re.sub(r"[\s-]+", "_", fold(row["question"]))
    if not name:
        row.grave(gettext_noop("The row asks no question: it is left out. Write one, like community_manager."))
    elif name not in QUESTIONS and (near := get_close_matches(name, QUESTIONS, n=1)):
        row.doubt(gettext_noop("No figure reads “{question}”. Is “{near}” meant?"), question=name, near=near[0])
    return name
