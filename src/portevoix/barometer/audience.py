"""How many follow a city, and whom it follows, at the end of the period."""

from collections.abc import Iterable
from datetime import date

from portevoix.barometer.study import Study, StudyAudience, StudyCity
from portevoix.measures.audience import engagement, following
from portevoix.measures.metrics import Measured
from portevoix.measures.observatory import CityCounts


def audience(study: Study, city: StudyCity, counts: CityCounts | None) -> dict[str, Measured]:
    """Everything that is said of a city's audience; the same person on two networks is two followers."""
    latest = list(_latest([one for one in study.audience if one.city == city.code], study.last_day))
    followers = sum(one.followers for one in latest) if latest else None
    followed = [one.following for one in latest if one.following is not None]
    told = following(
        followers=followers,
        followed=sum(followed) if latest and len(followed) == len(latest) else None,
        population=city.population,
    )
    if counts is None:
        return told
    names = ("posts", "likes", "comments", "reposts")
    return told | engagement(**{name: counts.totals[name] for name in names}, followers=followers)


def _latest(rows: Iterable[StudyAudience], last_day: date) -> Iterable[StudyAudience]:
    """Each account once: the last count within the period or before, else the first one after."""
    accounts: dict[tuple[str, str], list[StudyAudience]] = {}
    for row in rows:
        accounts.setdefault((row.network, row.handle), []).append(row)
    for counted in accounts.values():
        before = [row for row in counted if row.day <= last_day]
        yield max(before, key=lambda row: row.day) if before else min(counted, key=lambda row: row.day)
