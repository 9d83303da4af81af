"""Conversion of Bluesky's posts to `Incoming`. Nothing in them is trusted."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from portevoix.channels.bluesky import facets
from portevoix.channels.bluesky.settings import DID, HANDLE
from portevoix.channels.timestamps import instant
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import About, Addressed, Change, Direction, Incoming, Media, Unreadable, Writer

KIND: Final = "bluesky"
POST: Final = "app.bsky.feed.post"
VIA: Final = "Portevoix"
"""What posts that Portevoix writes say of themselves, in a field that readers of the network pass over."""
UNREADABLE: Final = gettext_noop("The post could not be read. Open it on Bluesky.")

MOST_URI: Final = 400
_MOST_TEXT: Final = 10_000
_MOST_RAW: Final = 100_000
_MOST_LIST: Final = 10
_RKEY = "[A-Za-z0-9._~:-]{1,200}"
_URI = re.compile(rf"at://({DID})/{re.escape(POST)}/({_RKEY})")
_CID = re.compile("[a-zA-Z0-9]{10,200}")
_LANG = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_GREETINGS = frozenset(
    ("bonjour", "bonsoir", "salut", "coucou", "cher", "chère", "merci", "svp", "hello", "hi", "hey", "dear", "please")
)
_AND = re.compile(r"[\s.,;:&+/-]*(?:(?:et|and)\s+)?")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reader for one account: `account` as the city calls it, `did` as the network does."""

    account: str
    did: str

    def post(self, view: object) -> Incoming | Unreadable:
        """Convert a `view` with uri, author, record and indexedAt: a notification, or a post of a feed."""
        document = _mapping(view)
        uri, record, author = document.get("uri"), _mapping(document.get("record")), _mapping(document.get("author"))
        name, text = split_uri(uri), record.get("text")
        sent_at = instant(document.get("indexedAt"))
        if name is None or not isinstance(text, str) or len(text) > _MOST_TEXT or sent_at is None:
            return unreadable(view)
        reply, post_facets = _mapping(record.get("reply")), facets.read(text, record.get("facets"))
        parent = _reference(reply.get("parent"))
        own = name[0] == self.did
        return Incoming(
            channel=KIND,
            account=self.account,
            external_id=str(uri),
            direction=Direction.OUT if own else Direction.IN,
            author=Writer(name[0], _handle(author.get("handle")), _line(author.get("displayName"))),
            sent_at=sent_at,
            text=facets.unfolded(text, post_facets).replace("\0", ""),
            thread=_reference(reply.get("root")) or parent or str(uri),
            in_reply_to=parent,
            lang=next((lang for lang in map(language, _list(record.get("langs"))) if lang), ""),
            url=page(str(uri)),
            media=tuple(_media(name[0], record.get("embed"))),
            addressed=Addressed.DIRECT if own else self._addressing(text, parent, post_facets),
            about=_about(record.get("embed")),
            automatic=not own and _is_bot(author),
            counts=_counts(document),
        )

    def _addressing(self, text: str, parent: str, post_facets: tuple[facets.Facet, ...]) -> Addressed:
        """Return whether the city is addressed directly: by a reply to it, or by a post that begins with a mention of
        it alone, after any greeting. A quote, or a mention further down or among several, is a copy.
        """
        if parent and (split_uri(parent) or ("",))[0] == self.did:
            return Addressed.DIRECT
        mentions = [facet for facet in post_facets if facet.kind == "mention"]
        if not mentions or mentions[0].value != self.did:
            return Addressed.COPY
        whole, end = text.encode("utf-8", "replace"), mentions[0].end
        before = re.findall(r"\w+", whole[: mentions[0].start].decode())
        if any(word.lower() not in _GREETINGS for word in before):
            return Addressed.COPY
        for other in mentions[1:]:
            if not _AND.fullmatch(whole[end : other.start].decode()):
                break
            if other.value != self.did:
                return Addressed.COPY
            end = other.end
        return Addressed.DIRECT

    def gone(self, uri: str, seen_at: datetime) -> Incoming:
        """Return the retraction of a post that was deleted on the network."""
        did = (split_uri(uri) or ("",))[0]
        return Incoming(
            channel=KIND,
            account=self.account,
            external_id=uri,
            direction=Direction.OUT if did == self.did else Direction.IN,
            author=Writer(did),
            sent_at=seen_at,
            text="",
            revision=1,
            change=Change.RETRACT,
        )

    def is_ours(self, view: object) -> bool:
        """Return whether Portevoix wrote it, so that it is stored already."""
        document = _mapping(view)
        name, record = split_uri(document.get("uri")), _mapping(document.get("record"))
        return bool(name and name[0] == self.did and record.get("via") == VIA)

    def goes_on(self, view: object) -> bool:
        """Return whether it answers a post of its author, as all parts of a long reply but the first one do."""
        document = _mapping(view)
        parent = _reference(_mapping(_mapping(document.get("record")).get("reply")).get("parent"))
        name, above = split_uri(document.get("uri")), split_uri(parent)
        return bool(name and above and name[0] == above[0])


def unreadable(view: object) -> Unreadable:
    raw = json.dumps(view, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode().replace("\0", "")
    uri = _mapping(view).get("uri")
    name = str(uri) if split_uri(uri) else digest(view)
    return Unreadable(external_id=name, reason=UNREADABLE, raw=raw[:_MOST_RAW])


def digest(view: object) -> str:
    """Return an id for an item without one; the same each time."""
    return "sha256:" + hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:32]


def split_uri(uri: object) -> tuple[str, str] | None:
    """Return the DID and the record key of a post's at:// URI; None when it is not one."""
    if not isinstance(uri, str) or len(uri) > MOST_URI:
        return None
    match = _URI.fullmatch(uri)
    return (match[1], match[2]) if match else None


def uri_of(did: str, rkey: str) -> str:
    return f"at://{did}/{POST}/{rkey}"


def page(uri: str) -> str:
    """Return the address of the post for people."""
    did, rkey = split_uri(uri) or ("", "")
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def _mapping(document: object) -> Mapping[str, Any]:
    return document if isinstance(document, dict) else {}


def _list(document: object) -> list[Any]:
    return document[:_MOST_LIST] if isinstance(document, list) else []


def _reference(document: object) -> str:
    uri = _mapping(document).get("uri")
    return str(uri) if split_uri(uri) else ""


def _handle(handle: object) -> str:
    is_known = isinstance(handle, str) and handle != "handle.invalid" and re.fullmatch(HANDLE, handle)
    return str(handle) if is_known else ""


def _line(text: object) -> str:
    return " ".join(text.replace("\0", "").split())[:200] if isinstance(text, str) else ""


def _is_bot(author: Mapping[str, Any]) -> bool:
    """Return whether the author declares to be a bot."""
    return any(_mapping(label).get("val") == "bot" for label in _list(author.get("labels")))


def language(tag: object) -> str:
    """Return a language tag (BCP 47), "" when it is not one."""
    return tag if isinstance(tag, str) and _LANG.fullmatch(tag) else ""


def _counts(post: Mapping[str, Any]) -> dict[str, int]:
    keys = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount"}
    return {name: value for name, key in keys.items() if type(value := post.get(key)) is int and 0 <= value < 2**31}


def _parts(embed: object) -> Iterator[Mapping[str, Any]]:
    """Yield the embed of a post, and the media beside a quotation."""
    document = _mapping(embed)
    yield document
    yield _mapping(document.get("media"))


def _media(did: str, embed: object) -> Iterator[Media]:
    for part in _parts(embed):
        for image in _list(part.get("images")):
            yield from _blob(
                did, _mapping(image), "image", "https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}@jpeg"
            )
        yield from _blob(did, part, "video", "https://video.bsky.app/watch/{did}/{cid}/playlist.m3u8")


def _blob(did: str, holder: Mapping[str, Any], name: str, place: str) -> Iterator[Media]:
    blob = _mapping(holder.get(name))
    cid, kind = _mapping(blob.get("ref")).get("$link"), blob.get("mimeType")
    if isinstance(cid, str) and _CID.fullmatch(cid):
        alt = holder.get("alt")
        yield Media(
            url=place.format(did=quote(did, safe=":"), cid=cid),
            type=kind[:100] if isinstance(kind, str) and kind.isprintable() else "",
            alt=alt.replace("\0", "")[:5000] if isinstance(alt, str) else "",
        )


def _about(embed: object) -> About | None:
    """Return the article whose card the post shows, or the post that it quotes."""
    for part in _parts(embed):
        card = _mapping(part.get("external"))
        link = card.get("uri")
        if isinstance(link, str) and link.startswith(("https://", "http://")) and link.isprintable():
            return About(link[:2000], _line(card.get("title")))
    record = _mapping(_mapping(embed).get("record"))
    uri = _reference(record) or _reference(record.get("record"))
    return About(page(uri)) if uri else None
