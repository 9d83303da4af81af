"""Template filters for the words of `journal.labels`."""

from datetime import datetime

from django import template

from portevoix.journal import labels
from portevoix.journal.edition import Edition, Tally
from portevoix.web.formatting import percent

register = template.Library()

for _name in (
    "average",
    "begun_line",
    "compared",
    "interval",
    "messages",
    "span",
    "spread",
    "unbroken",
    "volume_line",
    "week_number",
    "weeks_before",
):
    register.filter(_name, getattr(labels, _name))
register.filter("share", percent)
register.filter("week_days", labels.week_days)


@register.filter
def outcome_line(row: Tally) -> str:
    return labels.outcome(row.code, row.count.now)


@register.filter
def outcome_word(code: str) -> str:
    return labels.named(labels.OUTCOME_WORDS, code)


@register.filter
def horizon_name(code: str) -> str:
    return labels.named(labels.HORIZONS, code)


@register.filter
def department_name(slug: str, edition: Edition) -> str:
    """Return a department's name as the edition stores it."""
    return edition.department_names.get(slug, slug)


@register.filter
def day(instant: datetime, edition: Edition) -> str:
    return labels.day(instant, edition.timezone)


@register.filter
def moment(instant: datetime, edition: Edition) -> str:
    return labels.moment(instant, edition.timezone)
