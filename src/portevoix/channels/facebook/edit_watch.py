"""Detection of edits and removals of public messages for a while: an edited message appears again with other words; a
removed one is missing from every listing and when it is asked for on its own.

Meta does not distinguish a hidden message from a removed one. So a removal is only believed when two readings report
it, when its parent exists, and when no more messages are missing than still appear: otherwise our own access has
changed. Each is asked for on its own: version 26.0 of the Graph API no longer takes `?ids=`, and counts each request of
a batch.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from portevoix.channels.facebook import instagram_comments, posts
from portevoix.channels.facebook.cursor import WATCHED, Cursor, Step, Watched
from portevoix.channels.facebook.graph import Graph, Said
from portevoix.channels.facebook.values import Here, Unclear, maybe
from portevoix.kernel.errors import TryLater
from portevoix.kernel.messages import Direction, Incoming

AGAIN: Final = timedelta(days=1)
"""Between two times that one is asked for by itself."""
MOST: Final = 25
"""That are asked for so in one reading."""
_GONE_CODES: Final = (100, 33)


def note(cursor: Cursor, item: Incoming, place: str, *, listed: bool) -> bool:
    """Store that a message is there, and return whether it was edited. `listed`: the next reading shows it too."""
    if item.direction is not Direction.IN:
        return False
    cursor.heard += 1
    at = int(item.sent_at.timestamp())
    if at < cursor.now - WATCHED.total_seconds():
        return False
    before = cursor.watched.get(item.external_id)
    words = hashlib.sha256(item.text.encode()).hexdigest()[:8]
    if before and not item.text:
        words = before.words  # what comes without words must not empty what was said
    due = 0 if listed else _later(cursor)
    cursor.watched[item.external_id] = Watched(at, place, words, cursor.turn, due)
    return before is not None and before.words != words


def looks(cursor: Cursor) -> list[Step]:
    """Return the steps for messages that this reading has not shown: the ones missed before come first."""
    missing = [
        (not one.missed, one.due, key)
        for key, one in cursor.watched.items()
        if one.turn != cursor.turn and one.due <= cursor.now
    ]
    return [Step("look", (key,)) for _, _, key in sorted(missing)[:MOST]]


def look(graph: Graph, here: Here, cursor: Cursor, key: str) -> Incoming | None:
    """Return the message as it is now, or its removal. When Meta does not answer now, a later reading asks again, so
    that new messages never wait for it.
    """
    entry = cursor.watched.get(key)
    try:
        return _read_again(graph, here, cursor, key, entry) if entry else None
    except TryLater:
        return None


def _read_again(graph: Graph, here: Here, cursor: Cursor, key: str, entry: Watched) -> Incoming | None:
    try:
        item = _read(graph, here, key, entry.place)
    except Said as error:
        if (error.code, error.subcode) == _GONE_CODES:
            return _read_removal(graph, here, cursor, key, entry)
        item = None
    if item is None or item.external_id != key:
        entry.due = _later(cursor)
        return None
    return item


def _read_removal(graph: Graph, here: Here, cursor: Cursor, key: str, entry: Watched) -> Incoming | None:
    """Return the removal where it can be believed. The first time it is only noted."""
    if not entry.missed:
        entry.missed, entry.due = True, 0
        return None
    missing = sum(each.turn != cursor.turn and (each.missed or not each.due) for each in cursor.watched.values())
    if missing > cursor.heard or not _is_there(graph, entry.place):
        entry.due = _later(cursor)
        return None
    del cursor.watched[key]
    return here.removed(key, datetime.fromtimestamp(entry.at, UTC))


def _is_there(graph: Graph, place: str) -> bool:
    try:
        return maybe(graph.get(f"/{place}", fields="id").get("id")) != ""
    except Said:
        return False


def _read(graph: Graph, here: Here, key: str, place: str) -> Incoming | None:
    """Return a comment or a visitor's post by its id; None when it is unreadable. Raise as `Graph.get` does."""
    under = {"id": place}
    try:
        if here.channel == "instagram":
            return instagram_comments.comment(graph.get(f"/{key}", fields=instagram_comments.OWN_FIELDS), here, under)
        if place == here.me:
            return posts.post(graph.get(f"/{key}", fields=posts.POST_FIELDS), here)
        return posts.comment(graph.get(f"/{key}", fields=posts.COMMENT_FIELDS), here, under)
    except Unclear:
        return None


def _later(cursor: Cursor) -> int:
    return cursor.now + int(AGAIN.total_seconds())
