"""Where editions are read: kept ones as they were, the others composed on the spot."""

from datetime import datetime, timedelta

from portevoix.exchange.jobs import Job
from portevoix.journal.compose import compose
from portevoix.journal.edition import Edition
from portevoix.journal.weeks import shifted, this_week
from portevoix.kernel.clock import week_of
from portevoix.record.facts import cut_off as find_cut_off
from portevoix.record.operations.editions import keep_edition
from portevoix.record.queries import city as houses
from portevoix.record.queries.journal import edition as kept
from portevoix.record.queries.journal import unstored


def read(*, week: str, department: str = "", now: datetime) -> Edition:
    """The edition of that week. A final one is kept the first time it is read, and says the same ever after.

    An edition without a single message or promise is not kept: it has nothing that could change its mind, and messages
    may still be brought in from an archive. Raises BadInput as `compose` does.
    """
    if row := kept(week, department):
        return Edition.from_json(row.content)
    edition = compose(week=week, department=department, now=now)
    if not edition.final or empty(edition):
        return edition
    row = keep_edition(week=week, department=department, cut_off=edition.cut_off, content=edition.as_json(), now=now)
    return Edition.from_json(row.content)


def store_editions(now: datetime) -> int | None:
    """Store the editions of the latest week that is final, also those that nobody has read; return how many, None: all
    are stored.
    """
    week, departments = _unstored(now)
    for department in departments:
        read(week=week, department=department, now=now)
    return len(departments) or None


def _unstored(now: datetime) -> tuple[str, list[str]]:
    """The latest final week, and whose edition of it is not stored though something was said ("": the city's)."""
    if (city := houses.city()) is None:
        return "", []
    week = shifted(week_of(now, city.timezone), -1)
    cut_off = find_cut_off(week, now=now)
    if cut_off >= now:
        return week, []
    own = this_week(week, cut_off=cut_off, timezone=city.timezone)
    return week, sorted(unstored(week=week, since=own.since, until=own.until))


STORE_EDITIONS = Job(
    "store_editions",
    store_editions,
    every=timedelta(minutes=10),
    after=timedelta(minutes=5),
    apart_if=lambda now: bool(_unstored(now)[1]),
)


def empty(edition: Edition) -> bool:
    """Whether the week has nothing to tell of."""
    return not edition.section("volume").total.now and not edition.section("promises").total.now
