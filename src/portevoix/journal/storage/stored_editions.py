"""Editions: stored ones as they were, the others composed for whoever reads. Only the worker stores them."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from portevoix.exchange.jobs import Job
from portevoix.exchange.result import Ok, attempt
from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.decisions import decide
from portevoix.journal.editions.edition import Edition, is_empty
from portevoix.journal.editions.strict_editions import mask_strictly
from portevoix.journal.editions.weeks import shift_week
from portevoix.journal.storage.rewording import reword_edition
from portevoix.journal.storage.subject_matters import store_matters
from portevoix.kernel.clock import week_bounds, week_of
from portevoix.record.facts import cut_off as find_cut_off
from portevoix.record.operations.editions import count_removals, store_edition
from portevoix.record.operations.matters import locked_for_edition
from portevoix.record.queries import city as houses
from portevoix.record.queries.journal import departments_without_edition, valid_edition

log = structlog.get_logger("portevoix.journal")
_TRIES = 3
"""How often an edition is composed anew because a person or a message was removed meanwhile, before it is stored."""


def read_or_compose(*, week: str, department: str = "", now: datetime) -> Edition:
    """Return the edition of that week: as it was stored, else as the record is now. Nothing is stored by reading.

    Titles are those that colleagues gave since, and subjects that they rejected are left out.

    Raise BadInput as `compose` does.
    """
    if row := valid_edition(week, department, now=now):
        return decide(Edition.from_json(row.content))
    return compose(week=week, department=department, now=now, on_request=True)


def read_for_file(*, week: str, department: str = "", lang: str, now: datetime) -> Edition:
    """Return that edition with everything masked, whoever it was stored for: nobody knows who reads a file.

    `lang`: of the words that stand for what is masked again. Raise BadInput as `compose` does.
    """
    if row := valid_edition(week, department, now=now):
        return mask_strictly(decide(Edition.from_json(row.content)), lang=lang)
    return compose(week=week, department=department, now=now, for_file=True)


def compose_and_store(*, week: str, department: str = "", now: datetime) -> Edition:
    """Store the edition of a final week, with the matters of its subjects; return it as stored.

    The first one stored stays. One without a single message or promise is not stored: nothing in it could change, and
    messages may still be imported from an archive. Raise BadInput as `compose` does.
    """
    if row := valid_edition(week, department, now=now):
        return Edition.from_json(row.content)
    for _ in range(_TRIES):
        removals = count_removals()
        edition = compose(week=week, department=department, now=now)
        if not edition.final or is_empty(edition):
            return edition
        if content := _store(reword_edition(edition), now=now, removals=removals):
            return Edition.from_json(content)
    return edition


def _store(edition: Edition, *, now: datetime, removals: int) -> dict[str, Any] | None:
    """Store an edition with its matters, unless another worker did meanwhile; None: somebody was removed meanwhile."""
    subjects = edition.section("findings").subjects
    conversations = {pk for each in subjects for pk in each.conversations}
    with locked_for_edition(matters=[each.matter for each in subjects if each.matter], conversations=conversations):
        row = valid_edition(edition.week, edition.department, now=now) or store_edition(
            week=edition.week,
            department=edition.department,
            cut_off=edition.cut_off,
            content=store_matters(edition, now=now, removals=removals).as_json(),
            now=now,
            removals=removals,
        )
    return row.content if row else None


def store_editions(now: datetime) -> int | None:
    """Store the editions of the latest final week, the city's after those of departments.

    Return how many; None when none could be. One that fails is logged and holds up no other.
    """
    week, departments = _find_unstored(now)
    for department in departments:
        outcome = attempt(partial(compose_and_store, week=week, department=department, now=now))
        if not isinstance(outcome, Ok):
            log.error("edition_failed", week=week, department=department, exc_info=outcome)
    _, rest = _find_unstored(now)
    return len(set(departments).difference(rest)) or None


def _find_unstored(now: datetime) -> tuple[str, list[str]]:
    """Return the latest final week, and the departments with messages whose edition of it is not stored.

    The city is the department "", and the last one: its subjects are those of departments where they have one.
    """
    if (city := houses.city()) is None:
        return "", []
    week = shift_week(week_of(now, city.timezone), -1)
    cut_off = find_cut_off(week, now=now)
    if cut_off >= now:
        return week, []
    return week, _find_departments(week, now=now)


def _find_departments(week: str, *, now: datetime) -> list[str]:
    """Return the departments with messages in a week whose edition of it is not stored, the city last."""
    since, until = week_bounds(week, houses.city().timezone)
    unstored = departments_without_edition(week=week, since=since, until=until, now=now)
    return sorted(unstored, key=lambda slug: (not slug, slug))


def store_week(week: str, *, now: datetime) -> None:
    """Store the editions of a final week, the city's after those of departments."""
    for department in _find_departments(week, now=now):
        compose_and_store(week=week, department=department, now=now)


STORE_EDITIONS = Job(
    "store_editions",
    store_editions,
    every=timedelta(minutes=10),
    after=timedelta(hours=1),
    apart_if=lambda now: bool(_find_unstored(now)[1]),
)
"""Not at once after the worker's start, or a jump of its clock: what is stored by a wrong one would stay."""
