"""Starts a study: a folder with its settings, explained, and its tables, empty or with the bundled cities."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

from portevoix.barometer.studies.csv_files import tidy
from portevoix.barometer.studies.handles import network_name
from portevoix.barometer.studies.model import ACCOUNTS, AUDIENCE, CITIES, COMMENTS, SETTINGS, SURVEY
from portevoix.barometer.studies.tables import COLUMNS
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

WEEKS: Final = 12
"""A week cannot tell cities apart: see docs/en/how-to/make-a-barometer.md."""
TITLE: Final = "Which city serves its citizens best on social networks?"
NETWORKS: Final = ("bluesky", "mastodon")
README: Final = "README.md"
_READY: Final = files("portevoix.barometer") / "ready"
_PRIVATE: Final = 0o700


def last_weeks(today: date) -> tuple[date, date]:
    """Return the twelve whole weeks, Monday to Sunday, before this one."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=WEEKS), monday - timedelta(days=1)


def start_study(
    folder: Path, *, title: str, first: date, last: date, networks: Sequence[str], french_cities: bool
) -> tuple[str, ...]:
    """Write the files of a study and return their names. Raises BadInput when one of them exists, for a period that
    ends before it begins, and for an invalid network name.
    """
    if first > last:
        message = gettext_noop("The first day ({first}) comes after the last one ({last}).")
        raise BadInput(message, first=str(first), last=str(last))
    for name in networks:
        if not network_name(name):
            message = gettext_noop("“{network}” is no network. Write small letters, digits, - or _, like bluesky.")
            raise BadInput(message, network=name)
    texts = _texts(tidy(title), first, last, tuple(dict.fromkeys(map(network_name, networks))), french_cities)
    if there := [name for name in texts if (folder / name).exists()]:
        message = gettext_noop("{folder} holds {files} already: nothing was written. Name another folder.")
        raise BadInput(message, folder=str(folder), files=", ".join(there))
    try:
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{folder} cannot be written: {why}."), folder=str(folder), why=why) from None
    return tuple(texts)


def _texts(title: str, first: date, last: date, networks: Sequence[str], french: bool) -> dict[str, str]:
    def quote(text: object) -> str:
        return json.dumps(str(text), ensure_ascii=False)

    settings = {
        "title": quote(title),
        "first": quote(first),
        "last": quote(last),
        "networks": ", ".join(map(quote, networks)),
    }
    texts = {SETTINGS: _ready(SETTINGS).format(**settings), README: _ready(README).format(title=title)}
    for table in (CITIES, ACCOUNTS, AUDIENCE, SURVEY, COMMENTS):
        columns = COLUMNS[table] if table != CITIES else COLUMNS[table][:4]
        texts[table] = ",".join(columns) + "\n"
    if french:
        texts |= {CITIES: _ready("french_cities.csv"), "SOURCE.md": _ready("SOURCE.md")}
    return texts


def _ready(name: str) -> str:
    return (_READY / name).read_text(encoding="utf-8")
