"""Followers of a city, and the accounts it follows, at the end of the period."""

from collections.abc import Iterable
from datetime import date

from portevoix.barometer.studies.loader import Study, StudyAudience, StudyCity
from portevoix.measures.follower_ratios import engagement, following
from portevoix.measures.indicator_values import CityCounts
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import MeasuredValue

_REACTIONS = ("likes", "comments", "reposts")
_FOLLOWING = frozenset({"audience.followers", "audience.reach", "audience.ratio"})
_ENGAGEMENT = tuple(code for code, one in INDICATORS.items() if one.pillar == "audience" and code not in _FOLLOWING)


def audience(study: Study, city: StudyCity, counts: CityCounts | None) -> dict[str, MeasuredValue]:
    """Return all indicators of a city's audience; the same person on two networks counts as two followers."""
    own = [one for one in study.audience if one.city == city.code and _is_own(study, one)]
    latest = list(_latest(own, study.last_day))
    followers = sum(one.followers for one in latest) if latest else None
    followed_counts = [one.following for one in latest if one.following is not None]
    figures = following(
        followers=followers,
        followed=sum(followed_counts) if latest and len(followed_counts) == len(latest) else None,
        population=city.population,
    )
    if counts is None:
        return figures
    if not any(counts.totals[name] for name in _REACTIONS):  # no source tells them: nought would say that nobody cares
        return figures | dict.fromkeys(_ENGAGEMENT, MeasuredValue(None, 0))
    sums = {name: counts.totals[name] for name in ("posts", *_REACTIONS)}
    return figures | engagement(**sums, followers=followers)


def _is_own(study: Study, row: StudyAudience) -> bool:
    """Return whether they follow the city itself: not its agglomeration, nor another owner of the handle."""
    return any(
        account.counts and study.looks_at(account) and account.holds(row.day)
        for account in study.accounts
        if (account.city, account.network, account.handle) == (row.city, row.network, row.handle)
    )


def _latest(rows: Iterable[StudyAudience], last_day: date) -> Iterable[StudyAudience]:
    """Yield each account once: the last count within the period or before, else the first one after."""
    accounts: dict[tuple[str, str], list[StudyAudience]] = {}
    for row in rows:
        accounts.setdefault((row.network, row.handle), []).append(row)
    for account_rows in accounts.values():
        before = [row for row in account_rows if row.day <= last_day]
        yield max(before, key=lambda row: row.day) if before else min(account_rows, key=lambda row: row.day)
