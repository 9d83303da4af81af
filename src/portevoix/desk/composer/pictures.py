"""The composer's pictures: those attached to the reply, and those that its network accepts."""

from typing import Any

from portevoix.channels import base as channels
from portevoix.channels.media import TYPES, megabytes
from portevoix.desk.composer import drafts
from portevoix.record.queries.city import Contact


def shown(contact: Contact, conversation: int, kind: str, *, some: bool = True) -> dict[str, Any]:
    """Return the context of the composer's pictures. `kind` is the connector's; `some` False: none are attached."""
    takes = channels.pictures(kind)
    waiting = list(drafts.pictures(contact, conversation)) if some else []
    return {
        "takes": takes,
        "pictures": waiting,
        "undescribed": next((row.pk for row in waiting if not row.alt), None),
        "room": takes is not None and len(waiting) < takes.most,
        "most_megabytes": megabytes(takes.bytes) if takes else "",
        "accepted": ",".join(takes.types if takes else TYPES),
    }
