"""What the composer shows of pictures: those that wait with the reply, and what its network takes."""

from typing import Any

from portevoix.channels import base as channels
from portevoix.channels.media import TYPES, megabytes
from portevoix.desk.composer import drafts
from portevoix.record.queries.city import Contact


def shown(contact: Contact, conversation: int, kind: str, *, some: bool = True) -> dict[str, Any]:
    """`kind` is the connector's; `some` False: none wait, as the caller knows."""
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
