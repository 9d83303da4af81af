"""A study in the record, as somebody kept it."""

from datetime import date, datetime

from portevoix.record.models import Study
from portevoix.record.operations.studies import store_study
from tests.barometer.sample import small


def study(now: datetime) -> Study:
    """Invented cities; the house's own is the fifth of them."""
    found = small()
    first, last = map(date.fromisoformat, found["period"])
    own = found["cities"][4]["code"]
    return store_study(title=found["title"], first_day=first, last_day=last, own=own, results=found, by=None, now=now)
