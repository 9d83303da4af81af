"""The access log: who saw or exported whose data. Lines are added; only retention removes old ones."""

from datetime import datetime

from django.db import connection

from portevoix.record.db import bulk
from portevoix.record.models import Access, Contact
from portevoix.record.models.privacy import DEEDS

What = Access.What
MOST_NOTED = 1_000
_RECENT_KEYS: set[str] = set()
"""Lines that this process has lately logged for their hour, so that the database need not be asked again."""


def log(
    what: str,
    *,
    by: Contact | None,
    now: datetime,
    conversation: int | None = None,
    author: int | None = None,
    file: int | None = None,
) -> None:
    """Add a line, with one insert. Views are logged once an hour, changes each time.

    `by` None: the command line. The words of a search are not stored: they may be a name.
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
    """Forget the lines logged by this process, as after a restart."""
    _RECENT_KEYS.clear()
