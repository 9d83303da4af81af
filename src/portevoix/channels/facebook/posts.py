"""What is said in public on a Facebook page: comments, posts by visitors, mentions; as an event and as it is read.

A conversation is one comment and what answers it: under a post of the city many people speak who have nothing to do
with one another. A comment under a visitor's post belongs to that post.
"""

from collections.abc import Mapping
from typing import Any, Final

from portevoix.channels.facebook.values import (
    UNKNOWN,
    Here,
    Unclear,
    identifier,
    is_public,
    link,
    mapping,
    maybe,
    media,
    moment,
    text,
    unreadable,
    whole_seconds,
    writer,
)
from portevoix.kernel.messages import About, Addressed, Change, Incoming, Unreadable

MOST_TITLE: Final = 120
POST_FIELDS: Final = "id,from,message,created_time,permalink_url,full_picture"
COMMENT_FIELDS: Final = "id,from,message,created_time,permalink_url,parent{id},attachment{type,url,media}"
_POSTS = frozenset({"album", "event", "link", "note", "photo", "post", "share", "status", "video"})
_PASSED = frozenset({"like", "reaction"})
_EDITED = frozenset({"edit", "edited", "update"})
_REMOVED = frozenset({"delete", "remove"})
_NOTHING_SAID = frozenset({"block", "follow", "hide", "mute", "unblock", "unhide"})


def event(value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """A change of the page's feed; `at` is when it was told. None for what nobody says. Raises Unclear."""
    told = mapping(value)
    item, verb = text(told.get("item")), text(told.get("verb"))
    if item in _PASSED or verb in _NOTHING_SAID:
        return None
    known = verb == "add" or verb in _EDITED | _REMOVED
    if item not in _POSTS | {"comment"} or not known:
        return unreadable(value, UNKNOWN, name=f"kind:feed/{item[:50]}/{verb[:50]}")
    mine = maybe(mapping(told.get("from")).get("id")) == here.me
    if item != "comment" and mine:
        return None  # what the city publishes
    key = _public(told.get("comment_id" if item == "comment" else "post_id"))
    if verb in _REMOVED:
        return here.removed(key, _when(told, at))
    shape = _comment(told, key) if item == "comment" else {"thread": key}
    if verb in _EDITED:
        if not isinstance(told.get("message"), str):
            raise Unclear("message")  # it must not empty what was said
        shape |= {"change": Change.AMEND, "revision": whole_seconds(at)}
    return _said(told, key, here, at, **shape)


def mention(value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """The page is named in somebody else's post or comment: in copy. Raises Unclear."""
    told = mapping(value)
    verb = text(told.get("verb"))
    key = _public(told.get("comment_id") or told.get("post_id"))
    if verb in _REMOVED:
        return here.removed(key, _when(told, at))
    if verb != "add":
        return unreadable(value, UNKNOWN, name=f"kind:mention/{verb[:50]}")
    named = (
        told if told.get("from") else {**told, "from": {"id": told.get("sender_id"), "name": told.get("sender_name")}}
    )
    return _said(named, key, here, at, thread=key, addressed=Addressed.COPY)


def post(raw: Any, here: Here) -> Incoming | None:
    """A post as the feed gives it; None for the city's own. Raises Unclear."""
    told = mapping(raw)
    if maybe(mapping(told.get("from")).get("id")) == here.me:
        return None
    key = _public(told.get("id"))
    return here.incoming(
        key,
        writer(told.get("from"), key),
        moment(told.get("created_time")),
        text(told.get("message")),
        thread=key,
        url=link(told.get("permalink_url")) or _address(key),
        media=media([(told.get("full_picture"), "image")]),
    )


def comment(raw: Any, here: Here, under: Mapping[str, Any]) -> Incoming:
    """A comment as it is read, `under` a post: its id, address and text. Raises Unclear."""
    told = mapping(raw)
    key = _public(told.get("id"))
    shape = _comment({"parent_id": mapping(told.get("parent")).get("id"), "post_id": under.get("id")}, key)
    return here.incoming(
        key,
        writer(told.get("from"), key),
        moment(told.get("created_time")),
        text(told.get("message")),
        url=link(told.get("permalink_url")) or _address(key),
        media=_attached(told.get("attachment")),
        about=about(under.get("permalink_url"), under.get("message")),
        **shape,
    )


def about(url: Any, words: Any) -> About | None:
    """What a comment speaks of; its title is how it begins."""
    address = link(url)
    title = " ".join(text(words).split())
    short = title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1]}…"
    return About(address, short) if address else None


def _comment(told: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Where it stands. The parent of a first comment is the post itself."""
    parent, under = maybe(told.get("parent_id")), maybe(told.get("post_id"))
    if parent and parent != under and parent != key:
        return {"thread": parent, "in_reply_to": parent, "references": (parent,)}
    return {"thread": key, "in_reply_to": under}


def _said(told: Mapping[str, Any], key: str, here: Here, at: Any, **more: Any) -> Incoming:
    under = mapping(told.get("post"))
    return here.incoming(
        key,
        writer(told.get("from"), key),
        _when(told, at),
        text(told.get("message")),
        url=link(told.get("permalink_url")) or _address(key),
        media=media(
            [(told.get("photo"), "image"), (told.get("video"), "video"), *((url, "image") for url in _photos(told))]
        ),
        about=about(under.get("permalink_url"), "") if "in_reply_to" in more else None,
        **more,
    )


def _photos(told: Mapping[str, Any]) -> list[Any]:
    found = told.get("photos")
    return found if isinstance(found, list) else []


def _when(told: Mapping[str, Any], at: Any) -> Any:
    return moment(told.get("created_time") or at)


def _public(value: Any) -> str:
    key = identifier(value)
    if not is_public(key):
        raise Unclear("id")
    return key


def _attached(value: Any) -> Any:
    told = mapping(value)
    image = mapping(mapping(told.get("media")).get("image"))
    return media([(image.get("src"), text(told.get("type"))[:50])])


def _address(key: str) -> str:
    return f"https://www.facebook.com/{key}"
