"""A post as the network shows it becomes an `Incoming`. Nothing in it is taken on trust."""

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
    """Reads what comes to one account: `account` as the city calls it, `did` as the network does."""

    account: str
    did: str

    def post(self, view: object) -> Incoming | Unreadable:
        """`view` has uri, author, record and indexedAt: a notification, or a post of a feed."""
        told = _mapping(view)
        uri, record, author = told.get("uri"), _mapping(told.get("record")), _mapping(told.get("author"))
        name, text = split_uri(uri), record.get("text")
        sent_at = instant(told.get("indexedAt"))
        if name is None or not isinstance(text, str) or len(text) > _MOST_TEXT or sent_at is None:
            return unreadable(view)
        reply, found = _mapping(record.get("reply")), facets.read(text, record.get("facets"))
        parent = _reference(reply.get("parent"))
        own = name[0] == self.did
        return Incoming(
            channel=KIND,
            account=self.account,
            external_id=str(uri),
            direction=Direction.OUT if own else Direction.IN,
            author=Writer(name[0], _handle(author.get("handle")), _line(author.get("displayName"))),
            sent_at=sent_at,
            text=facets.unfolded(text, found).replace("\0", ""),
            thread=_reference(reply.get("root")) or parent or str(uri),
            in_reply_to=parent,
            lang=next((lang for lang in map(language, _list(record.get("langs"))) if lang), ""),
            url=page(str(uri)),
            media=tuple(_media(name[0], record.get("embed"))),
            addressed=Addressed.DIRECT if own else self._addressed(text, parent, found),
            about=_about(record.get("embed")),
            automatic=not own and _is_bot(author),
            counts=_counts(told),
        )

    def _addressed(self, text: str, parent: str, found: tuple[facets.Facet, ...]) -> Addressed:
        """Spoken to: an answer to a post of the city, or a post that begins with the mention of the city and of nobody
        else, a greeting aside. Everything else names it in copy: a quote, a mention further down or among several.
        """
        if parent and (split_uri(parent) or ("",))[0] == self.did:
            return Addressed.DIRECT
        mentions = [facet for facet in found if facet.kind == "mention"]
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
        """The post was deleted on the network."""
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
        """Whether Portevoix wrote it: the record has it already."""
        told = _mapping(view)
        name, record = split_uri(told.get("uri")), _mapping(told.get("record"))
        return bool(name and name[0] == self.did and record.get("via") == VIA)

    def goes_on(self, view: object) -> bool:
        """Whether it answers a post by its own author: of a reply in several posts, all but the first one."""
        told = _mapping(view)
        parent = _reference(_mapping(_mapping(told.get("record")).get("reply")).get("parent"))
        name, above = split_uri(told.get("uri")), split_uri(parent)
        return bool(name and above and name[0] == above[0])


def unreadable(view: object) -> Unreadable:
    raw = json.dumps(view, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode().replace("\0", "")
    told = _mapping(view).get("uri")
    name = str(told) if split_uri(told) else digest(view)
    return Unreadable(external_id=name, reason=UNREADABLE, raw=raw[:_MOST_RAW])


def digest(view: object) -> str:
    """A name for what has none; the same each time."""
    return "sha256:" + hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:32]


def split_uri(uri: object) -> tuple[str, str] | None:
    """The DID and the record key of a post's at:// URI; None when it is none."""
    if not isinstance(uri, str) or len(uri) > MOST_URI:
        return None
    found = _URI.fullmatch(uri)
    return (found[1], found[2]) if found else None


def uri_of(did: str, rkey: str) -> str:
    return f"at://{did}/{POST}/{rkey}"


def page(uri: str) -> str:
    """Where people read the post."""
    did, rkey = split_uri(uri) or ("", "")
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def _mapping(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _list(told: object) -> list[Any]:
    return told[:_MOST_LIST] if isinstance(told, list) else []


def _reference(told: object) -> str:
    uri = _mapping(told).get("uri")
    return str(uri) if split_uri(uri) else ""


def _handle(told: object) -> str:
    known = isinstance(told, str) and told != "handle.invalid" and re.fullmatch(HANDLE, told)
    return str(told) if known else ""


def _line(told: object) -> str:
    return " ".join(told.replace("\0", "").split())[:200] if isinstance(told, str) else ""


def _is_bot(author: Mapping[str, Any]) -> bool:
    """Whether the author says to be a machine."""
    return any(_mapping(label).get("val") == "bot" for label in _list(author.get("labels")))


def language(told: object) -> str:
    """A language tag (BCP 47), "" when it is none."""
    return told if isinstance(told, str) and _LANG.fullmatch(told) else ""


def _counts(told: Mapping[str, Any]) -> dict[str, int]:
    named = {"likes": "likeCount", "reposts": "repostCount", "replies": "replyCount"}
    return {name: value for name, key in named.items() if type(value := told.get(key)) is int and 0 <= value < 2**31}


def _parts(embed: object) -> Iterator[Mapping[str, Any]]:
    """What a post carries; a quote may carry more beside it."""
    told = _mapping(embed)
    yield told
    yield _mapping(told.get("media"))


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
    """The article whose card the post carries, or the post that it quotes."""
    for part in _parts(embed):
        card = _mapping(part.get("external"))
        link = card.get("uri")
        if isinstance(link, str) and link.startswith(("https://", "http://")) and link.isprintable():
            return About(link[:2000], _line(card.get("title")))
    quoted = _mapping(_mapping(embed).get("record"))
    uri = _reference(quoted) or _reference(quoted.get("record"))
    return About(page(uri)) if uri else None
