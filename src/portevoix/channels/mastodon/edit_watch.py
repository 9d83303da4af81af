"""Detection of edits and deletions, of which no notification tells: some statuses are checked in each turn."""

from datetime import UTC, datetime
from typing import Any, Final

from portevoix.channels.http_answers import Rejected
from portevoix.channels.mastodon.client import Instance, status_path
from portevoix.channels.mastodon.cursor import Cursor, Watched
from portevoix.channels.mastodon.status import Here, Unclear, identifier, read, read_retraction, revision
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Change, Incoming

AT_ONCE: Final = 20
"""Statuses in one request: the most that Mastodon answers."""
ONE_BY_ONE: Final = 3
"""Requests for a single status in one turn."""
_GONE_STATUSES = frozenset({404, 410})


def look_again(instance: Instance, here: Here, cursor: Cursor, messages: list[Incoming]) -> None:
    """Check the next watched statuses, and append an AMEND or a RETRACT for each that changed.

    A status that is missing from the list is asked for on its own before it counts as deleted. One that the city may no
    longer see looks deleted too.
    """
    keys = cursor.next_watched(AT_ONCE)
    if not keys:
        return
    statuses = instance.many(keys)
    statuses_by_id = _by_id(statuses or [])
    single_requests = 0
    for key in keys:
        status = statuses_by_id.get(key)
        if status is None:
            if single_requests == ONE_BY_ONE:
                break
            single_requests += 1
            status = _fetch_status(instance, key)
        if status is None:
            messages.append(_retract(cursor.watched.pop(key), key, here))
        else:
            messages += _read_edit(status, cursor.watched, key, here)
        cursor.looked = key if key in cursor.watched else cursor.looked


def _by_id(statuses: list[Any]) -> dict[str, Any]:
    statuses_by_id = {}
    for status in statuses:
        try:
            statuses_by_id[identifier(status)] = status
        except Unclear:
            continue  # missing then, and asked for by itself
    return statuses_by_id


def _fetch_status(instance: Instance, key: str) -> Any:
    """Return the status; None when it is gone; an empty one when the instance refuses it for another reason."""
    try:
        return instance.get(status_path(key)).json()
    except Refused as error:
        return None if isinstance(error, Rejected) and error.status in _GONE_STATUSES else {}


def _read_edit(status: Any, watched: dict[str, Watched], key: str, here: Here) -> list[Incoming]:
    previous = watched[key]
    try:
        now = revision(status)
        if identifier(status) != key or now <= previous.revision:
            return []
        message = read(status, here, thread=previous.root, change=Change.AMEND)
    except Unclear:
        return []  # as it was: it was readable before
    watched[key] = Watched(previous.at, now, previous.root, previous.mine)
    return [message]


def _retract(previous: Watched, key: str, here: Here) -> Incoming:
    sent_at = datetime.fromtimestamp(previous.at, UTC)
    return read_retraction(key, here, sent_at=sent_at, revision=previous.revision + 1, mine=previous.mine)
