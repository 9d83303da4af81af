"""What is said in public on an Instagram account: comments on its media, and their replies; as an event and as read."""

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
_PASSED = frozenset({"story_insights"})


def event(field: str, value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """A change of the account; `at` is when it was told, since Meta does not say when it was made. Raises Unclear."""
    told = mapping(value)
    if field in _PASSED:
        return None
    if field == "mentions":
        key = identifier(told.get("comment_id") or told.get("media_id"))
        return unreadable(value, MENTIONED, name=f"mention:{key}")
    if field not in _COMMENTS:
        return unreadable(value, UNKNOWN, name=f"kind:instagram/{field[:50]}")
    return _said(told, here, at, parent=maybe(told.get("parent_id")), under=maybe(mapping(told.get("media")).get("id")))


def comments(raw: Any, here: Here, under: Mapping[str, Any]) -> Iterator[Incoming | Unreadable]:
    """A comment as it is read and the replies that came with it, `under` a media: its id, address and caption."""
    told = mapping(raw)
    for item in (told, *({**mapping(reply), "parent_id": told.get("id")} for reply in data(told.get("replies")))):
        try:
            yield comment(item, here, under)
        except Unclear:
            yield unreadable(item)


def comment(raw: Any, here: Here, under: Mapping[str, Any]) -> Incoming:
    """One alone. Raises Unclear."""
    told = mapping(raw)
    return _said(
        told,
        here,
        told.get("timestamp"),
        parent=maybe(told.get("parent_id")),
        under=maybe(under.get("id")),
        about=about(under.get("permalink"), under.get("caption")),
    )


def _said(told: Mapping[str, Any], here: Here, at: Any, *, parent: str, under: str, **more: Any) -> Incoming:
    key = identifier(told.get("id"))
    if not is_public(key):
        raise Unclear("id")
    who = told.get("from") if isinstance(told.get("from"), dict) else {"username": told.get("username")}
    shape = (
        {"thread": parent, "in_reply_to": parent, "references": (parent,)}
        if parent
        else {"thread": key, "in_reply_to": under}
    )
    return here.incoming(key, writer(who, key), moment(at), text(told.get("text")), **shape, **more)
