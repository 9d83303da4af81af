"""Where editions are read: kept ones as they were, the others composed on the spot."""

from datetime import datetime

from portevoix.journal.compose import compose
from portevoix.journal.edition import Edition
from portevoix.record.operations.editions import keep_edition
from portevoix.record.queries.journal import edition as kept


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


def empty(edition: Edition) -> bool:
    """Whether the week has nothing to tell of."""
    return not edition.section("volume").total.now and not edition.section("promises").total.now
