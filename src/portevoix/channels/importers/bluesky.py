"""Bluesky's API answers: feeds, searches, threads, notifications and posts; one answer, or one a line.

Source: https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed and the lexicons app.bsky.feed.defs,
app.bsky.feed.post, app.bsky.richtext.facet, app.bsky.notification.listNotifications. Names in snake_case are those of
the Python library `atproto`, as 4CAT writes them.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from portevoix.channels.importers.city_accounts import City, opening
from portevoix.channels.importers.documents import Item, LeftOut, read_documents
from portevoix.channels.importers.values import Values, article, language, web_address
from portevoix.kernel.messages import Direction

MOST_FACETS = 200
"""Links and mentions of one post that are looked at; its 300 characters hold fewer."""

_LISTS = ("feed", "posts", "notifications")
_OF_POSTS = frozenset({"mention", "reply", "quote", "subscribed-post"})
_LEFT_OUT = {"like": "likes", "repost": "reposts", "like-via-repost": "likes", "repost-via-repost": "reposts"}


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield the posts of a file, in its order; of a thread, parents come first."""
    return read_documents(stream, posts, lambda value: post(value, city))


def posts(value: Values) -> Iterator[Values]:
    """Yield the posts in an answer, each with what the answer says about it."""
    waiting = [value]
    while waiting:
        document = waiting.pop()
        inside: list[Values] = []
        if "thread" in document:
            yield from _above(document.within("thread"))
            inside.append(document.within("thread"))
        lists = [name for name in _LISTS if name in document]
        for name in lists:
            inside += document.each(name)
        if not inside and not lists:  # an answer without any post is no post
            yield document
        if "post" in document:
            inside += document.each("replies")
        waiting += reversed(inside)


def _above(post: Values) -> list[Values]:
    """Return the posts that a post answers, from the beginning of its thread on."""
    chain: list[Values] = []
    while "parent" in post:
        chain.append(post := post.within("parent"))
    return chain[::-1]


def post(value: Values, city: City) -> dict[str, Any] | LeftOut:
    """Convert a post to a line of the interchange format; the city learns its identifier (DID). Raise BadLine."""
    _learn(value, city)
    if left := _left_out(value):
        return left
    view = value.within("post") if "post" in value else value
    record, author = view.within("record"), view.within("author")
    address, reply, card = (
        view.text("uri", needed=True),
        record.within("reply"),
        view.within("embed").within("external"),
    )
    sides = _sides(value, view, city)
    return {
        "channel": "bluesky",
        **sides,
        "external_id": address,
        "thread": reply.within("root").text("uri") or address,
        "in_reply_to": reply.within("parent").text("uri"),
        "author": _author(author),
        "sent_at": view.text("indexedAt", "indexed_at")  # when Bluesky saw it: the other time is only claimed
        or record.text("createdAt", "created_at", needed=True),
        "text": whole_text(record),
        "lang": next((tag for tag in map(language, _texts(record, "langs")) if tag), ""),
        "url": f"https://bsky.app/profile/{author.text('did')}/post/{address.rpartition('/')[2]}",
        "media": list(_media(view.within("embed"))),
        "about": article(card.text("uri"), card.text("title")),
        "automatic": sides["direction"] == Direction.IN and _is_bot(author),
        "counts": {
            "likes": view.count("likeCount", "like_count"),
            "reposts": view.count("repostCount", "repost_count"),
            "replies": view.count("replyCount", "reply_count"),
        },
    }


def _author(author: Values) -> dict[str, str]:
    handle = author.text("handle")
    return {
        "id": author.text("did", needed=True),
        "handle": handle if handle != "handle.invalid" else "",
        "name": author.text("displayName", "display_name"),
    }


def _is_bot(author: Values) -> bool:
    return any(label.text("val") == "bot" for label in author.each("labels"))


def _learn(value: Values, city: City) -> None:
    """Learn the DID of a handle from posts, and that of the only account from a notification about its post."""
    above = value.within("reply").within("parent") if "post" in value else value
    for author in (value.within("post").within("author"), above.within("author"), value.within("author")):
        city.learn(author.text("did"), city.which((author.text("handle"),)))
    if "reasonSubject" in value and len(city.accounts) == 1:
        city.learn(_did(value.text("reasonSubject")), city.accounts[0])


def _sides(value: Values, view: Values, city: City) -> dict[str, str]:
    record, author = view.within("record"), view.within("author")
    parent, metadata = _did(record.within("reply").within("parent").text("uri")), view.within("4CAT_metadata")
    mentions = list(_mentions(record))
    begins = opening(record.text("text"))
    return city.sides(
        author=(author.text("did"), author.text("handle")),
        replied=(parent, metadata.text("reply_to")) if parent else (),
        opening=(begins, next((did for did, handle in mentions if handle == begins), "")),
        mentioned=mentions,
    )


def _left_out(value: Values) -> LeftOut | None:
    if "post" in value:
        repost = "reason" in value and "reasonRepost" in value.within("reason").text("$type", "py_type")
        return LeftOut("reposts") if repost else None
    if any(name in value for name in ("notFound", "not_found", "blocked")):
        return LeftOut("deleted or blocked posts")
    reason = value.text("reason")
    return LeftOut(_LEFT_OUT.get(reason, "other notifications")) if reason and reason not in _OF_POSTS else None


def whole_text(record: Values) -> str:
    """Return the text with full links where it shows them shortened. Facets count bytes of UTF-8."""
    text = record.text("text")
    raw = text.encode("utf-8", "surrogatepass")
    for start, end, feature in sorted(_features(record), key=lambda place: place[:2], reverse=True):
        link = web_address(feature.text("uri"))
        label = raw[start:end].decode("utf-8", "replace")
        if link and label and "�" not in label:
            raw = raw[:start] + _link(label, link).encode("utf-8", "surrogatepass") + raw[end:]
    return raw.decode("utf-8", "surrogatepass")


def _link(label: str, link: str) -> str:
    bare = link.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    beginning = label.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("….")
    return link if bare.startswith(beginning.rstrip("/")) else f"{label} ({link})"


def _features(record: Values) -> Iterator[tuple[int, int, Values]]:
    for facet in islice(record.each("facets"), MOST_FACETS):
        index = facet.within("index")
        start, end = index.count("byteStart", "byte_start"), index.count("byteEnd", "byte_end")
        if start is not None and end is not None and 0 <= start < end:
            for feature in islice(facet.each("features"), 1):
                yield start, end, feature


def _mentions(record: Values) -> Iterator[tuple[str, str]]:
    """Yield DID and displayed handle of each mention."""
    raw = record.text("text").encode("utf-8", "surrogatepass")
    for start, end, feature in _features(record):
        if did := feature.text("did"):
            yield did, raw[start:end].decode("utf-8", "replace").removeprefix("@")


def _media(embed: Values) -> Iterator[dict[str, str]]:
    """Yield pictures and films of the embed; those beside a quoted post are one level deeper."""
    inner = embed.within("media")
    for place in (embed, inner):
        for image in place.each("images"):
            if address := web_address(image.text("fullsize", "thumb")):
                yield {"url": address, "type": "image", "alt": image.text("alt")}
        if film := web_address(place.text("playlist")):
            yield {"url": film, "type": "video", "alt": place.text("alt")}


def _texts(value: Values, name: str) -> list[str]:
    return [Values({"": item.data}, item.place).text("") for item in value.each(name)]


def _did(address: str) -> str:
    """Return the DID of the owner of a record: at://DID/COLLECTION/KEY."""
    return address.removeprefix("at://").partition("/")[0] if address.startswith("at://") else ""
