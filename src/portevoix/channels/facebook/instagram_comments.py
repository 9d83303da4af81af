"""Comments on the media of an Instagram account and their replies, from events and from reading."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from portevoix.channels.facebook.posts import about
from portevoix.channels.facebook.values import (
    UNKNOWN,
    Here,
    Unclear,
    data,
    identifier,
    is_public,
    mapping,
    maybe,
    moment,
    text,
    unreadable,
    writer,
)
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Incoming, Unreadable

REPLY_FIELDS: Final = "id,text,timestamp,from,username"
OWN_FIELDS: Final = f"{REPLY_FIELDS},parent_id"
COMMENT_FIELDS: Final = f"{OWN_FIELDS},replies.limit(50){{{REPLY_FIELDS}}}"
MENTIONED: Final = gettext_noop("Somebody named the city on Instagram, which does not tell the words. Open it there.")
_COMMENTS = frozenset({"comments", "live_comments"})
_IGNORED_FIELDS = frozenset({"story_insights"})


def event(field: str, value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """Read a change of the account; `at` is the time of the event, as the comment's is missing. Raise Unclear."""
    change = mapping(value)
    if field in _IGNORED_FIELDS:
        return None
    if field == "mentions":
        key = identifier(change.get("comment_id") or change.get("media_id"))
        return unreadable(value, MENTIONED, name=f"mention:{key}")
    if field not in _COMMENTS:
        return unreadable(value, UNKNOWN, name=f"kind:instagram/{field[:50]}")
    return _incoming(
        change, here, at, parent=maybe(change.get("parent_id")), under=maybe(mapping(change.get("media")).get("id"))
    )


def comments(raw: Any, here: Here, under: Mapping[str, Any]) -> Iterator[Incoming | Unreadable]:
    """Yield a comment and the replies that came with it, `under` a media: its id, address and caption."""
    document = mapping(raw)
    for item in (
        document,
        *({**mapping(reply), "parent_id": document.get("id")} for reply in data(document.get("replies"))),
    ):
        try:
            yield comment(item, here, under)
        except Unclear:
            yield unreadable(item)


def comment(raw: Any, here: Here, under: Mapping[str, Any]) -> Incoming:
    """Read one comment. Raise Unclear."""
    document = mapping(raw)
    return _incoming(
        document,
        here,
        document.get("timestamp"),
        parent=maybe(document.get("parent_id")),
        under=maybe(under.get("id")),
        about=about(under.get("permalink"), under.get("caption")),
    )


def _incoming(document: Mapping[str, Any], here: Here, at: Any, *, parent: str, under: str, **more: Any) -> Incoming:
    key = identifier(document.get("id"))
    if not is_public(key):
        raise Unclear("id")
    who = document.get("from") if isinstance(document.get("from"), dict) else {"username": document.get("username")}
    shape = (
        {"thread": parent, "in_reply_to": parent, "references": (parent,)}
        if parent
        else {"thread": key, "in_reply_to": under}
    )
    return here.incoming(key, writer(who, key), moment(at), text(document.get("text")), **shape, **more)
