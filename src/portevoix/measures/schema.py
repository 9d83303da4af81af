"""Facts: one row per *wait*, without text and without author.

A wait begins with a citizen's message that nobody has answered yet. Two producers share this schema: `record.facts` for
the city's own desk and `measures.waits` for the messages of any city; `source` says which.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import narwhals as nw

from portevoix.kernel.messages import Addressed
from portevoix.kernel.promises import Outcome


class Source(StrEnum):
    """Source of a fact: the city's own record, or its messages read from outside."""

    DESK = "desk"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One wait. Instants are aware and in UTC; `…_s` are whole seconds; "" and None mean not known, or not yet.

    `first_reply_at` is the first reply by a person, of any kind; `answer_at` the first that settles the question;
    `holding_at` the first holding reply. Automatic messages never count. `promises_…` count the dated promises made to
    the citizen of this wait by their outcome at `censored_at`, the end of observation. `elapsed` runs day and night,
    `service` only within opening hours; the two agree where no opening hours are known. `week` is the ISO week of
    `opened_at` in the city's own time zone, as `kernel.clock.week_of` writes it.
    """

    source: Source
    channel: str
    account: str
    department: str = ""
    kind: str = ""
    valence: str = ""
    wait: str
    thread: str
    ordinal: int
    opened_at: datetime
    addressed: Addressed
    first_reply_at: datetime | None = None
    answer_at: datetime | None = None
    holding_at: datetime | None = None
    censored_at: datetime
    first_elapsed_s: int | None = None
    answer_elapsed_s: int | None = None
    censored_elapsed_s: int
    first_service_s: int | None = None
    answer_service_s: int | None = None
    censored_service_s: int
    first_due_at: datetime | None = None
    substance_due_at: datetime | None = None
    closed_at: datetime | None = None
    promises_kept: int = 0
    promises_late: int = 0
    promises_broken: int = 0
    promises_open: int = 0
    week: str


_INSTANT = nw.Datetime("us", "UTC")
_DTYPES: dict[Any, Any] = {
    str: nw.String(),
    Source: nw.String(),
    Addressed: nw.String(),
    int: nw.Int64(),
    int | None: nw.Int64(),
    datetime: _INSTANT,
    datetime | None: _INSTANT,
}

COLUMNS: dict[str, Any] = {field.name: _DTYPES[field.type] for field in fields(Fact)}
"""The Narwhals dtype of each column, in order: the schema of the Parquet files as well."""


def count_promises(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Return the columns of a fact that count promises, from the outcome of each."""
    counts = Counter(outcomes)
    return {f"promises_{outcome}": counts[outcome] for outcome in Outcome}


def frame(facts: Iterable[Fact]) -> nw.DataFrame[Any]:
    """Return facts in columns (Polars behind Narwhals); an empty iterable gives an empty frame with every column."""
    rows = list(facts)
    columns = {name: [getattr(fact, name) for fact in rows] for name in COLUMNS}
    return nw.from_dict(columns, schema=COLUMNS, backend="polars")
