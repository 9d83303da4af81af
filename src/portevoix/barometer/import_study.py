"""Stores a study in the city's own record."""

import unicodedata
from datetime import date, datetime
from typing import Any

from portevoix.barometer.results.contents import Results
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.operations.studies import store_study as keep_study

_NAMES_SHOWN = 8


def store_study(results: Results, *, own: str, by: Any, now: datetime) -> None:
    """Store a study. `own` is the city's name or code in it, `by` a colleague, or None for the command line.

    Raise BadInput where the city is not in it.
    """
    first_day, last_day = map(date.fromisoformat, results.period)
    keep_study(
        title=results.title,
        first_day=first_day,
        last_day=last_day,
        own=_code(results, own),
        results=results.document,
        by=by,
        now=now,
    )


def _code(results: Results, own: str) -> str:
    own_name = _fold(own)
    for city in results.cities:
        if own_name in (_fold(city.code), _fold(city.name)):
            return city.code
    names = [city.name for city in results.cities]
    raise BadInput(
        gettext_noop("The study has no city “{own}”. It has: {names}."),
        own=own[:80],
        names=", ".join(names[:_NAMES_SHOWN]) + ("…" if len(names) > _NAMES_SHOWN else ""),
    )


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
