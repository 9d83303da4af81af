"""What citizens said in public is watched for a while: an edit is seen where it comes again with other words, a removal
where no listing shows it any more and it is not there when it is asked for by itself.

Of what may not be seen Meta says the same as of what is gone. So a removal is believed when it is told in two readings,
when what it stood under is there, and when no more is missing than is still heard: else our own sight has changed. Each
is asked for by itself: version 26.0 of the Graph API takes no `?ids=` any more, and counts each request of a batch.
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
_GONE: Final = (100, 33)


def note(cursor: Cursor, item: Incoming, place: str, *, listed: bool) -> bool:
    """Notes that it is there, and tells whether it was edited. `listed`: the next reading will show it, too."""
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
    """What this reading has not shown, and is to be asked for by itself: what was missed first, then what was shown
    until now.
    """
    missing = [
        (not one.missed, one.due, key)
        for key, one in cursor.watched.items()
        if one.turn != cursor.turn and one.due <= cursor.now
    ]
    return [Step("look", (key,)) for _, _, key in sorted(missing)[:MOST]]


def look(graph: Graph, here: Here, cursor: Cursor, key: str) -> Incoming | None:
    """It as it is now, or its removal. What Meta does not tell now is left to a later reading: new messages wait for
    nothing.
    """
    one = cursor.watched.get(key)
    try:
        return _told(graph, here, cursor, key, one) if one else None
    except TryLater:
        return None


def _told(graph: Graph, here: Here, cursor: Cursor, key: str, one: Watched) -> Incoming | None:
    try:
        item = _read(graph, here, key, one.place)
    except Said as error:
        if (error.code, error.subcode) == _GONE:
            return _missed(graph, here, cursor, key, one)
        item = None
    if item is None or item.external_id != key:
        one.due = _later(cursor)
        return None
    return item


def _missed(graph: Graph, here: Here, cursor: Cursor, key: str, one: Watched) -> Incoming | None:
    """Its removal, where it is to be believed. The first time it is only noted."""
    if not one.missed:
        one.missed, one.due = True, 0
        return None
    missing = sum(each.turn != cursor.turn and (each.missed or not each.due) for each in cursor.watched.values())
    if missing > cursor.heard or not _is_there(graph, one.place):
        one.due = _later(cursor)
        return None
    del cursor.watched[key]
    return here.removed(key, datetime.fromtimestamp(one.at, UTC))


def _is_there(graph: Graph, place: str) -> bool:
    try:
        return maybe(graph.get(f"/{place}", fields="id").get("id")) != ""
    except Said:
        return False


def _read(graph: Graph, here: Here, key: str, place: str) -> Incoming | None:
    """A comment, or a visitor's post, by its id; None for what cannot be read. Raises as `Graph.get` does."""
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
