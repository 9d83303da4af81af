"""Reading what webhooks did not bring, under the same ids. One request at a time, so that a reading continues after a
failure. Messages that no listing repeats are asked for at the end: see `edit_watch`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from portevoix.channels.facebook import direct_messages, edit_watch, instagram_comments, posts
from portevoix.channels.facebook.cursor import FIRST, Cursor, Step
from portevoix.channels.facebook.graph import Graph, Said, after
from portevoix.channels.facebook.values import Here, Unclear, data, is_public, mapping, maybe, moment, text, unreadable
from portevoix.kernel.messages import Batch, Change, Incoming, Unreadable

EVERY: timedelta = timedelta(minutes=5)
"""Between two readings: webhooks bring what is new at once."""
PAGE: Final = 25
"""Posts, media or conversations in one request, each with its newest messages."""
WITHIN: Final = 50
"""Comments that come with their post."""
LETTERS: Final = 20
"""Messages of a conversation in one request."""
MORE: Final = 100
ABSENT: Final = 100
"""Meta's code for what is not there any more: a post that was deleted meanwhile, a page that has no sequel."""
MOST_WORDS: Final = 200
_STREAM = "filter(stream).order(reverse_chronological)"

Found = list[Incoming | Unreadable]


def receive(graph: Graph, here: Here, written: str | None, now: datetime) -> Batch:
    """Return what one request brings; an empty batch, without a request, until the next reading is due."""
    cursor = Cursor.read(written)
    second = cursor.now = int(now.timestamp())
    if not cursor.todo:
        if cursor.read_at and second < cursor.read_at + EVERY.total_seconds() and second >= cursor.read_at:
            return Batch(cursor=written)
        cursor.begin(second, _first(here))
    step = cursor.todo.pop(0)
    items: Found = []
    try:
        _READERS[step.edge](graph, here, cursor, step, items)
    except Said as error:
        if error.code != ABSENT or step == Step(step.edge):
            raise
        if not step.of:  # the page is not known any more: the next reading begins anew from where the last one ended
            cursor.todo, cursor.counts = [], {}
            return Batch(cursor=cursor.write())
    if not cursor.todo and step.edge != "look":
        cursor.todo = edit_watch.looks(cursor)
    if not cursor.todo:
        cursor.end()
    return Batch(
        messages=tuple(item for item in items if isinstance(item, Incoming)),
        unreadable=tuple(item for item in items if isinstance(item, Unreadable)),
        cursor=cursor.write(),
        more=bool(cursor.todo),
    )


def _first(here: Here) -> list[Step]:
    return [Step("feed" if here.channel == "facebook" else "media"), Step("conversations")]


def _feed(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    within = f"comments.{_STREAM}.limit({WITHIN}){{{posts.COMMENT_FIELDS}}}"
    edge = graph.get(f"/{here.me}/feed", fields=f"{posts.POST_FIELDS},{within}", limit=PAGE, **_from(step))
    last = ""
    for raw in map(mapping, data(edge)):
        last = text(raw.get("created_time"))
        _keep(cursor, items, raw, partial(posts.post, here=here), place=here.me)
        of = (maybe(raw.get("id")), text(raw.get("permalink_url")), text(raw.get("message"))[:MOST_WORDS])
        _under_post(here, cursor, of, raw.get("comments"), items)
    _go_on(cursor, step, edge, further=_recent(last, cursor.read_at - int(FIRST.total_seconds())))


def _comments(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    parameters: dict[str, str | int] = {"filter": "stream", "order": "reverse_chronological", "limit": MORE}
    edge = graph.get(f"/{step.of[0]}/comments", fields=posts.COMMENT_FIELDS, **parameters, **_from(step))
    _under_post(here, cursor, step.of, edge, items, listed=False)


def _under_post(
    here: Here, cursor: Cursor, of: tuple[str, ...], edge: Any, items: Found, *, listed: bool = True
) -> None:
    """Add comments of all levels, the newest first; older pages are read only when they may hold something new.

    `listed`: each reading shows them, not only this one.
    """
    under = dict(zip(("id", "permalink_url", "message"), of, strict=True))
    last = ""
    for raw in data(edge):
        last = text(mapping(raw).get("created_time"))
        _keep(cursor, items, raw, partial(posts.comment, here=here, under=under), place=of[0], listed=listed)
    if is_public(of[0]) and _recent(last, cursor.first):
        _onward(cursor, Step("comments", of, after(edge)))


def _media(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    within = f"comments.limit({WITHIN}){{{instagram_comments.COMMENT_FIELDS}}}"
    fields = f"id,caption,timestamp,permalink,comments_count,{within}"
    edge = graph.get(f"/{here.me}/media", fields=fields, limit=PAGE, **_from(step))
    last = ""
    for raw in map(mapping, data(edge)):
        last, key, count = text(raw.get("timestamp")), maybe(raw.get("id")), raw.get("comments_count")
        of = (key, text(raw.get("permalink")), text(raw.get("caption"))[:MOST_WORDS])
        is_changed = type(count) is not int or cursor.counts.get(key) != count
        if key and type(count) is int:
            cursor.counts.pop(key, None)
            cursor.counts[key] = count
        _under_media(here, cursor, of, raw.get("comments"), items, deeper=is_changed)
    _go_on(cursor, step, edge, further=_recent(last, cursor.read_at - int(FIRST.total_seconds())))


def _remarks(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    edge = graph.get(f"/{step.of[0]}/comments", fields=instagram_comments.COMMENT_FIELDS, limit=MORE, **_from(step))
    _under_media(here, cursor, step.of, edge, items, deeper=True, listed=False)


def _under_media(
    here: Here, cursor: Cursor, of: tuple[str, ...], edge: Any, items: Found, *, deeper: bool, listed: bool = True
) -> None:
    """Add comments. Older pages may hold new replies: they are read when the number of comments has changed."""
    under = dict(zip(("id", "permalink", "caption"), of, strict=True))
    for raw in data(edge):
        for item in instagram_comments.comments(raw, here, under):
            _take(cursor, items, item, place=of[0], listed=listed)
    if is_public(of[0]) and deeper:
        _onward(cursor, Step("remarks", of, after(edge)))


def _look(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    """Ask for one message that no listing has shown."""
    item = edit_watch.look(graph, here, cursor, step.of[0])
    if item is not None and item.change is Change.RETRACT:
        items.append(item)
    elif item is not None:
        _take(cursor, items, item, place=cursor.watched[step.of[0]].place, listed=False)


def _conversations(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    platform = "messenger" if here.channel == "facebook" else "instagram"
    fields = f"id,updated_time,participants,messages.limit({LETTERS}){{{direct_messages.FIELDS}}}"
    edge = graph.get("/me/conversations", platform=platform, fields=fields, limit=PAGE, **_from(step))
    last = ""
    for raw in map(mapping, data(edge)):
        last = text(raw.get("updated_time"))
        try:
            other = direct_messages.partner(raw, here)
        except Unclear:
            items.append(unreadable(raw))
            continue
        _with(here, cursor, (maybe(raw.get("id")), other), raw.get("messages"), items)
    _go_on(cursor, step, edge, further=_recent(last, cursor.first))


def _letters(graph: Graph, here: Here, cursor: Cursor, step: Step, items: Found) -> None:
    edge = graph.get(f"/{step.of[0]}/messages", fields=direct_messages.FIELDS, limit=LETTERS, **_from(step))
    _with(here, cursor, step.of, edge, items)


def _with(here: Here, cursor: Cursor, of: tuple[str, ...], edge: Any, items: Found) -> None:
    """Add messages of one conversation, the newest first. On Instagram, Meta gives only the words of the newest."""
    last = ""
    for one in data(edge):
        last = text(mapping(one).get("created_time"))
        _keep(cursor, items, one, partial(direct_messages.letter, here=here, other=of[1]))
    if here.channel == "facebook" and direct_messages.is_conversation(of[0]) and _recent(last, cursor.first):
        _onward(cursor, Step("letters", of, after(edge)))


_READERS: Final[Mapping[str, Callable[[Graph, Here, Cursor, Step, Found], None]]] = {
    "feed": _feed,
    "comments": _comments,
    "media": _media,
    "remarks": _remarks,
    "look": _look,
    "conversations": _conversations,
    "letters": _letters,
}


def _keep(cursor: Cursor, items: Found, raw: Any, read: Callable[[Any], Incoming | None], **at: Any) -> None:
    """Read an item and add it; an unreadable one is stored as it is, and stops nothing."""
    try:
        item: Incoming | Unreadable | None = read(raw)
    except Unclear:
        item = unreadable(raw)
    if item is not None:
        _take(cursor, items, item, **at)


def _take(cursor: Cursor, items: Found, item: Incoming | Unreadable, *, place: str = "", listed: bool = True) -> None:
    """Add an item that is new or edited. `place` is the id of its parent, "" when it is not watched."""
    is_edited = bool(place) and isinstance(item, Incoming) and edit_watch.note(cursor, item, place, listed=listed)
    at = int(item.sent_at.timestamp()) if isinstance(item, Incoming) else cursor.since
    new = cursor.take(item.external_id, at)
    if is_edited and isinstance(item, Incoming):
        items.append(replace(item, change=Change.AMEND, revision=cursor.now))
    elif new:
        items.append(item)


def _recent(when: str, first: int) -> bool:
    """Return whether the last item of a page is recent, or of unknown age, so that the next page matters."""
    try:
        return moment(when).timestamp() >= first
    except Unclear:
        return True


def _from(step: Step) -> dict[str, str]:
    return {"after": step.after} if step.after else {}


def _go_on(cursor: Cursor, step: Step, edge: Mapping[str, Any], *, further: bool) -> None:
    if further:
        _onward(cursor, Step(step.edge, step.of, after(edge)), front=step.after)


def _onward(cursor: Cursor, step: Step, *, front: str = "") -> None:
    """Add a step for the next page, unless there is none, or it is the same again."""
    if step.after and step.after != front:
        cursor.todo.insert(0, step)
