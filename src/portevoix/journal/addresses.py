"""The addresses of editions, and of the messages behind their numbers."""

from django.urls import reverse
from django.utils.translation import gettext_noop

from portevoix.journal.edition import Edition
from portevoix.journal.weeks import shift_week
from portevoix.kernel.errors import BadInput
from portevoix.record.queries import city as houses


def edition_address(week: str, department: str) -> str:
    """Return the address of an edition. Raise BadInput for an unknown week or department: they come from a form."""
    shift_week(week, 0)
    if department and houses.department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department[:100])
    if department:
        return reverse("journal:department", args=[week, department])
    return reverse("journal:week", args=[week])


def messages_address(edition: Edition, key: str) -> str:
    """Return the address of the page with the messages behind a number."""
    if edition.department:
        return reverse("journal:department_messages", args=[edition.week, edition.department, key])
    return reverse("journal:messages", args=[edition.week, key])
