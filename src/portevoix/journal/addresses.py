"""The addresses of editions, and what departments are called where several stand together."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portevoix.record.queries import city as houses


def edition_address(week: str, department: str) -> str:
    """Return the address of an edition; the department "" is the whole city."""
    if department:
        return reverse("journal:department", args=[week, department])
    return reverse("journal:week", args=[week])


def department_names() -> dict[str, str]:
    """Return the names of departments by slug, and what the whole city is called."""
    return {"": _("The whole city"), **{row.slug: row.name for row in houses.departments()}}
