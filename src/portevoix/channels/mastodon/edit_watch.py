"""Edits and deletions of what was handed on: no notification tells of them, so that some are looked at in each turn."""

from datetime import UTC, datetime
from typing import Any, Final

from portevoix.channels.http import Rejected
from portevoix.channels.mastodon.client import Instance, status_path
from portevoix.channels.mastodon.cursor import Cursor, Watched
from portevoix.channels.mastodon.status import Here, Unclear, identifier, read, retracted, revision
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Change, Incoming

AT_ONCE: Final = 20
"""Statuses in one request: the most that Mastodon answers."""
ONE_BY_ONE: Final = 3
"""Requests for a single status in one turn."""
_GONE = frozenset({404, 410})


def look_again(instance: Instance, here: Here, cursor: Cursor, messages: list[Incoming]) -> None:
    """Adds an AMEND or a RETRACT for each of the next ones that changed, and moves on to those after them.

    What is missing among many is asked for by itself before it counts as deleted. That the city may not see it any
    more looks the same from here.
    """
    keys = cursor.next_watched(AT_ONCE)
    if not keys:
        return
    many = instance.many(keys)
    found = _by_id(many or [])
    asked = 0
    for key in keys:
        status = found.get(key)
        if status is None:
            if asked == ONE_BY_ONE:
                break
            asked += 1
            status = _one(instance, key)
        if status is None:
            messages.append(_retract(cursor.watched.pop(key), key, here))
        else:
            messages += _amended(status, cursor.watched, key, here)
        cursor.looked = key if key in cursor.watched else cursor.looked


def _by_id(statuses: list[Any]) -> dict[str, Any]:
    found = {}
    for status in statuses:
        try:
            found[identifier(status)] = status
        except Unclear:
            continue  # missing then, and asked for by itself
    return found


def _one(instance: Instance, key: str) -> Any:
    """The status; None when it is gone; nothing of use when that is not told of this one."""
    try:
        return instance.get(status_path(key)).json()
    except Refused as error:
        return None if isinstance(error, Rejected) and error.status in _GONE else {}


def _amended(status: Any, watched: dict[str, Watched], key: str, here: Here) -> list[Incoming]:
    known = watched[key]
    try:
        now = revision(status)
        if identifier(status) != key or now <= known.revision:
            return []
        message = read(status, here, thread=known.root, change=Change.AMEND)
    except Unclear:
        return []  # as it was: it was readable before
    watched[key] = Watched(known.at, now, known.root, known.mine)
    return [message]


def _retract(known: Watched, key: str, here: Here) -> Incoming:
    sent_at = datetime.fromtimestamp(known.at, UTC)
    return retracted(key, here, sent_at=sent_at, revision=known.revision + 1, mine=known.mine)
