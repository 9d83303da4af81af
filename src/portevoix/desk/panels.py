"""What the desk offers to other pages."""

from datetime import datetime

from portevoix.record.access import Capability, can
from portevoix.record.queries.city import Contact
from portevoix.record.queries.health import aside_count
from portevoix.record.queries.inbox import counts


def waiting(contact: Contact, *, now: datetime) -> dict[str, int]:
    """What the navigation counts: "late" conversations, and things set "aside" for a person."""
    if not can(contact, Capability.READ):
        return {"late": 0, "aside": 0}
    return {"late": counts(contact, now=now).late, "aside": aside_count(contact)}
