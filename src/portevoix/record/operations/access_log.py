"""The access log: who saw or took whose data. Lines are added; only retention removes old ones."""

from datetime import datetime

from django.db import connection

from portevoix.record.db import bulk
from portevoix.record.models import Access, Contact
from portevoix.record.models.privacy import DEEDS

What = Access.What
MOST_NOTED = 1_000
_RECENT_KEYS: set[str] = set()
"""What this process has lately noted for its hour: the record need not be asked whether it is there."""


def log(
    what: str,
    *,
    by: Contact | None,
    now: datetime,
    conversation: int | None = None,
    author: int | None = None,
    file: int | None = None,
) -> None:
    """Adds a line, with one insert. What is merely looked at is noted once an hour, a deed each time.

    `by` None: the command line. What was searched for is not kept: it may be a name.
    """
    key = f"{what} {by.pk if by else ''} {conversation or ''} {author or ''} {file or ''} {now:%Y%m%d%H}"
    if key in _RECENT_KEYS:
        return
    row = Access(
        at=now,
        contact=by,
        role=by.role if by else "",
        what=what,
        conversation_id=conversation,
        author_id=author,
        once=None if what in DEEDS else key,
    )
    bulk.once(row)
    if row.once and not connection.in_atomic_block:  # what is not committed may still be undone
        if len(_RECENT_KEYS) >= MOST_NOTED:
            _RECENT_KEYS.clear()
        _RECENT_KEYS.add(key)


def forget() -> None:
    """As after a restart."""
    _RECENT_KEYS.clear()
