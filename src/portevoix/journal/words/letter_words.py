"""The names of letters, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from portevoix.kernel.letters import DispatchKind
from portevoix.record.queries.dispatches import LetterRow


def letter_title(row: LetterRow, departments: Mapping[str, str]) -> str:
    """Return what a letter is, such as “Edition of week 47, 2026, Voirie”."""
    week = str(row.about.get("week", ""))
    slug = str(row.about.get("department", ""))
    values = {
        "year": week[:4],
        "week": week[6:].lstrip("0"),
        "department": departments.get(slug, slug) or _("the whole city"),
    }
    if not week:
        return row.what
    if row.kind == DispatchKind.CORRECTION:
        return _("Corrected edition of week %(week)s, %(year)s: %(department)s") % values
    if row.kind == DispatchKind.REMINDER:
        return _("Reminder of what was promised on week %(week)s, %(year)s: %(department)s") % values
    return _("Edition of week %(week)s, %(year)s: %(department)s") % values
