"""Queries for the journal's readers: the colleagues to whom a department's letters go."""

from portevoix.kernel.letters import Recipient
from portevoix.record.models import Contact


def journal_recipients(department: str) -> tuple[Recipient, ...]:
    """Return those who get the letters of a department, "" for the whole city: nobody who stopped them, or who left."""
    rows = Contact.objects.filter(is_active=True, journals__department=department, journals__stopped_at=None)
    return tuple(Recipient(f"contact {row.pk}", row.pk, row.email) for row in rows.order_by("pk"))
