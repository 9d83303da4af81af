"""Reads and checks a study, which is a folder.

`study.toml` says what is studied; `cities.csv` and `accounts.csv` which cities and accounts; `audience.csv`,
`survey.csv` and `comments.csv` hold facts beside the messages.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

from portevoix.barometer.studies import default_weights
from portevoix.barometer.studies.csv_files import Notes
from portevoix.barometer.studies.handles import is_whole
from portevoix.barometer.studies.model import (
    ACCOUNTS,
    AUDIENCE,
    CITIES,
    BadStudy,
    Remark,
    Scope,
    Settings,
    Shrinkage,
    Study,
    StudyAccount,
    StudyAnswer,
    StudyAudience,
    StudyCity,
    StudyComment,
)
from portevoix.barometer.studies.study_settings import read_settings
from portevoix.barometer.studies.tables import Codes, Tables, split_contested
from portevoix.kernel.i18n import gettext_noop

__all__ = [
    "BadStudy",
    "Remark",
    "Scope",
    "Settings",
    "Shrinkage",
    "Study",
    "StudyAccount",
    "StudyAnswer",
    "StudyAudience",
    "StudyCity",
    "StudyComment",
    "read_study",
    "remarks",
]


def read_study(directory: Path, *, today: date | None = None) -> Study:
    """Read the study in a folder; dates after `today` count as in the future.

    Raise BadStudy, with every remark on the folder, when its settings are wrong or it has no city; BadInput when a
    file cannot be opened.
    """
    notes, day = Notes(), today or datetime.now(UTC).date()
    settings = read_settings(directory, day, notes)
    tables = Tables(directory, day, notes)
    cities = tables.cities()
    if not cities:
        notes.grave(
            CITIES, None, gettext_noop("There is no city. Write one a row: code,name,population,agglomeration.")
        )
    if settings is None or not cities:
        raise BadStudy(tuple(notes.remarks))
    codes = Codes(cities)
    accounts, contested_accounts = split_contested(tables.accounts(codes, settings.networks), notes)
    audience = tuple(_valid_audience(tables.audience(codes, settings.networks), accounts, notes))
    return Study(
        **{each.name: getattr(settings, each.name) for each in fields(Settings)},
        directory=directory,
        today=day,
        cities=cities,
        accounts=accounts,
        contested=contested_accounts,
        audience=audience,
        survey=tables.survey(codes),
        comments=tables.comments(codes),
        checked=tables.check_dates(codes),
        noted=tuple(notes.remarks),
    )


def remarks(study: Study) -> tuple[Remark, ...]:
    """Return all remarks, from reading the files and on the study as a whole, in files' order."""
    study_remarks = chain(_cities(study), _accounts(study))
    files = {name: number for number, name in enumerate(dict.fromkeys(remark.file for remark in study.noted))}
    all_remarks = (*study.noted, *study_remarks)
    return tuple(
        sorted(all_remarks, key=lambda remark: (files.get(remark.file, len(files)), remark.file, remark.row or 0))
    )


def _cities(study: Study) -> Iterator[Remark]:
    accounts = Counter(account.city for account in (*study.accounts, *study.contested))
    answered_cities = {answer.city for answer in study.survey}
    names = Counter(city.name.casefold() for city in study.cities)
    for city in study.cities:
        if not accounts[city.code] and city.code not in answered_cities:
            message = gettext_noop(
                "Nothing is known of {name}: no account, no answer. It counts as absent from networks."
            )
            yield Remark(CITIES, city.row, message, {"name": city.name})
        elif not accounts[city.code]:
            message = gettext_noop("{name} has no account on the study's networks: its service cannot be measured.")
            yield Remark(CITIES, city.row, message, {"name": city.name})
        if names[city.name.casefold()] > 1 and not city.agglomeration:
            message = gettext_noop("Another city is called {name}: write its agglomeration, to tell them apart.")
            yield Remark(CITIES, city.row, message, {"name": city.name})


def _accounts(study: Study) -> Iterator[Remark]:
    for account in (*study.accounts, *study.contested):
        values: dict[str, str | int] = {"handle": account.handle, "network": account.network, "city": account.city}
        for message in _doubts(account, study):
            yield Remark(ACCOUNTS, account.row, message, values)


def _doubts(account: StudyAccount, study: Study) -> Iterator[str]:
    if not account.evidence_url and not account.evidence_date:
        yield gettext_noop(
            "Nothing shows that {handle} is official. Write the page that names it, and when you saw it."
        )
    elif not account.evidence_url:
        yield gettext_noop("The evidence for {handle} has a date and no address. Write the page that names it.")
    elif not account.evidence_date:
        yield gettext_noop("The evidence for {handle} has no date. Write when you saw that page.")
    elif account.evidence_date < study.last_day - timedelta(days=default_weights.EVIDENCE_DAYS):
        yield gettext_noop("The evidence for {handle} is more than a year old: handles change hands. Look again.")
    if account.scope is Scope.AGGLOMERATION:
        yield gettext_noop(
            "{handle} is the agglomeration's: it is shown, and not counted for the city. Where both share it, write "
            "“city” if it answers for the city."
        )
    if not is_whole(account.network, account.handle):
        yield gettext_noop("{handle} is without its server. Write it as @user@server, or as the address of its page.")
    if not study.looks_at(account):
        yield gettext_noop("{handle} was not the city's during the period: it is not looked at.")


def _valid_audience(
    audience: Iterable[StudyAudience], accounts: Iterable[StudyAccount], notes: Notes
) -> Iterator[StudyAudience]:
    """Yield the followers of accounts that the study has, on a day when they were the city's."""
    accounts_by_name: dict[tuple[str, str, str], list[StudyAccount]] = {}
    for account in accounts:
        accounts_by_name.setdefault((account.city, account.network, account.handle), []).append(account)
    for one in audience:
        own = accounts_by_name.get((one.city, one.network, one.handle), [])
        if any(account.holds(one.day) for account in own):
            yield one
            continue
        message = gettext_noop("accounts.csv gives {city} no account {handle} alone: its followers do not count.")
        if own:
            message = gettext_noop("On that day {handle} was not the city's: its followers do not count.")
        notes.grave(AUDIENCE, one.row, message, handle=one.handle, city=one.city)
