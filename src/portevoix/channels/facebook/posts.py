"""Public messages on a Facebook page: comments, posts by visitors, mentions, from events and from reading.

A conversation is one comment and its replies: the many people under a post of the city have nothing to do with one
another. A comment under a visitor's post belongs to that post.
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
_IGNORED_ITEMS = frozenset({"like", "reaction"})
_EDIT_VERBS = frozenset({"edit", "edited", "update"})
_REMOVAL_VERBS = frozenset({"delete", "remove"})
_NOTHING_SAID = frozenset({"block", "follow", "hide", "mute", "unblock", "unhide"})


def event(value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """Read a change of the page's feed; `at` is the time of the event. None when it is no message. Raise Unclear."""
    change = mapping(value)
    item, verb = text(change.get("item")), text(change.get("verb"))
    if item in _IGNORED_ITEMS or verb in _NOTHING_SAID:
        return None
    is_known = verb == "add" or verb in _EDIT_VERBS | _REMOVAL_VERBS
    if item not in _POSTS | {"comment"} or not is_known:
        return unreadable(value, UNKNOWN, name=f"kind:feed/{item[:50]}/{verb[:50]}")
    mine = maybe(mapping(change.get("from")).get("id")) == here.me
    if item != "comment" and mine:
        return None  # what the city publishes
    key = _public(change.get("comment_id" if item == "comment" else "post_id"))
    if verb in _REMOVAL_VERBS:
        return here.removed(key, _time_of(change, at))
    shape = _comment(change, key) if item == "comment" else {"thread": key}
    if verb in _EDIT_VERBS:
        if not isinstance(change.get("message"), str):
            raise Unclear("message")  # it must not empty what was said
        shape |= {"change": Change.AMEND, "revision": whole_seconds(at)}
    return _incoming(change, key, here, at, **shape)


def mention(value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """Read a mention of the page in somebody else's post or comment, as a copy. Raise Unclear."""
    change = mapping(value)
    verb = text(change.get("verb"))
    key = _public(change.get("comment_id") or change.get("post_id"))
    if verb in _REMOVAL_VERBS:
        return here.removed(key, _time_of(change, at))
    if verb != "add":
        return unreadable(value, UNKNOWN, name=f"kind:mention/{verb[:50]}")
    signed_change = (
        change
        if change.get("from")
        else {**change, "from": {"id": change.get("sender_id"), "name": change.get("sender_name")}}
    )
    return _incoming(signed_change, key, here, at, thread=key, addressed=Addressed.COPY)


def post(raw: Any, here: Here) -> Incoming | None:
    """Read a post of the feed; None for the city's own. Raise Unclear."""
    document = mapping(raw)
    if maybe(mapping(document.get("from")).get("id")) == here.me:
        return None
    key = _public(document.get("id"))
    return here.incoming(
        key,
        writer(document.get("from"), key),
        moment(document.get("created_time")),
        text(document.get("message")),
        thread=key,
        url=link(document.get("permalink_url")) or _address(key),
        media=media([(document.get("full_picture"), "image")]),
    )


def comment(raw: Any, here: Here, under: Mapping[str, Any]) -> Incoming:
    """Read a comment `under` a post: its id, address and text. Raise Unclear."""
    document = mapping(raw)
    key = _public(document.get("id"))
    shape = _comment({"parent_id": mapping(document.get("parent")).get("id"), "post_id": under.get("id")}, key)
    return here.incoming(
        key,
        writer(document.get("from"), key),
        moment(document.get("created_time")),
        text(document.get("message")),
        url=link(document.get("permalink_url")) or _address(key),
        media=_attachment_media(document.get("attachment")),
        about=about(under.get("permalink_url"), under.get("message")),
        **shape,
    )


def about(url: Any, words: Any) -> About | None:
    """Return the post that a comment is about; its title is the beginning of the text."""
    address = link(url)
    title = " ".join(text(words).split())
    short = title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1]}…"
    return About(address, short) if address else None


def _comment(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return thread and parent of a comment. The parent of a first comment is the post itself."""
    parent, under = maybe(document.get("parent_id")), maybe(document.get("post_id"))
    if parent and parent != under and parent != key:
        return {"thread": parent, "in_reply_to": parent, "references": (parent,)}
    return {"thread": key, "in_reply_to": under}


def _incoming(document: Mapping[str, Any], key: str, here: Here, at: Any, **more: Any) -> Incoming:
    under = mapping(document.get("post"))
    return here.incoming(
        key,
        writer(document.get("from"), key),
        _time_of(document, at),
        text(document.get("message")),
        url=link(document.get("permalink_url")) or _address(key),
        media=media(
            [
                (document.get("photo"), "image"),
                (document.get("video"), "video"),
                *((url, "image") for url in _photos(document)),
            ]
        ),
        about=about(under.get("permalink_url"), "") if "in_reply_to" in more else None,
        **more,
    )


def _photos(change: Mapping[str, Any]) -> list[Any]:
    photos = change.get("photos")
    return photos if isinstance(photos, list) else []


def _time_of(change: Mapping[str, Any], at: Any) -> Any:
    return moment(change.get("created_time") or at)


def _public(value: Any) -> str:
    key = identifier(value)
    if not is_public(key):
        raise Unclear("id")
    return key


def _attachment_media(value: Any) -> Any:
    attachment = mapping(value)
    image = mapping(mapping(attachment.get("media")).get("image"))
    return media([(image.get("src"), text(attachment.get("type"))[:50])])


def _address(key: str) -> str:
    return f"https://www.facebook.com/{key}"
