"""The addresses of editions and of what is behind their numbers; names of departments where several stand together."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.weeks import shift_week
from portevoix.kernel.errors import BadInput
from portevoix.record.queries import city as houses


def edition_address(week: str, department: str) -> str:
    """Return the address of an edition; the department "" is the whole city."""
    if department:
        return reverse("journal:department", args=[week, department])
    return reverse("journal:week", args=[week])


def check_address(week: str, department: str) -> str:
    """Return the address of an edition. Raise BadInput for an unknown week or department: they come from a form."""
    shift_week(week, 0)
    if department and houses.department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department[:100])
    return edition_address(week, department)


def messages_address(edition: Edition, key: str) -> str:
    """Return the address of the page with the messages behind a number."""
    if edition.department:
        return reverse("journal:department_messages", args=[edition.week, edition.department, key])
    return reverse("journal:messages", args=[edition.week, key])


def department_names() -> dict[str, str]:
    """Return the names of departments by slug, and what the whole city is called."""
    return {"": _("The whole city"), **{row.slug: row.name for row in houses.departments()}}
