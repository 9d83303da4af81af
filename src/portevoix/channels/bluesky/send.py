"""Sending a message as one post or a thread of posts, with record keys that derive from its idempotency key."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final

from portevoix.channels.base import Pictures
from portevoix.channels.bluesky import facets, parse
from portevoix.channels.bluesky.parse import POST, VIA
from portevoix.channels.bluesky.post_length import posts
from portevoix.channels.bluesky.receive import exists, is_absent
from portevoix.channels.bluesky.session import Client
from portevoix.channels.http_answers import Rejected
from portevoix.channels.media import size_of
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Outgoing, Receipt, Visibility

PICTURES: Final = Pictures(most=4, bytes=1_000_000, alt=1000)
"""As `app.bsky.embed.images` says: four, of a million bytes each."""
_MOST_MENTIONS: Final = 10
_ALPHABET: Final = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Ref:
    """One version of a post."""

    uri: str
    cid: str

    def as_json(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


def send(client: Client, message: Outgoing) -> Receipt:
    """Create the posts that are missing; an interrupted thread is continued.

    Raise Refused when the message it answers cannot be answered, or is private: Bluesky's posts are public.
    """
    if message.visibility is Visibility.PRIVATE:
        raise Refused(
            gettext_noop(
                "This conversation is private, and what is posted on Bluesky everybody reads. Use another channel."
            )
        )
    PICTURES.admit(message)
    texts = posts(message.text)
    dids = _resolve_mentions(client, message)
    place = _place(client, message) if message.in_reply_to else None
    first, before = _make(
        client, rkey(message, 0), _record(message, 0, texts[0], place, dids) | _picture_embed(client, message)
    )
    root, above = place[0] if place else first, first
    there, above = _last_existing(client, message, texts, first) if before else (0, first)
    for number in range(there + 1, len(texts)):
        record = _record(message, number, texts[number], (root, above), dids)
        try:
            above, _ = _make(client, rkey(message, number), record)
        except Refused as error:
            if not error.pause:
                raise _halfway(number, len(texts), error) from error
            raise
    return _receipt(client, message)


def _last_existing(client: Client, message: Outgoing, texts: Sequence[str], first: Ref) -> tuple[int, Ref]:
    """Return the last existing post of a thread whose first one exists. The posts were created in order, so that
    it is found by bisection. Raise Uncertain where the network does not say.
    """
    last, number, missing = first, 0, len(texts)
    while missing - number > 1:
        middle = (number + missing) // 2
        try:
            existing = _fetch_post(client, rkey(message, middle))
        except Rejected as error:
            if error.pause:
                raise
            raise Uncertain(error.text, **error.values) from None
        if existing:
            last, number = _ours(existing, texts[middle], _written_at(message, middle)), middle
        else:
            missing = middle
    return number, last


def _receipt(client: Client, message: Outgoing) -> Receipt:
    uri = f"at://{client.did}/{POST}/{rkey(message, 0)}"
    return Receipt(uri, parse.page(uri))


def find(client: Client, message: Outgoing) -> Receipt | None:
    """Return the receipt if the last post of a thread, which was created last, exists; None otherwise."""
    if message.visibility is Visibility.PRIVATE:
        return None
    last = len(posts(message.text)) - 1
    return _receipt(client, message) if _fetch_post(client, rkey(message, last)) else None


def delete(client: Client, message: Outgoing) -> None:
    """Delete all posts, the last one first, so that an interrupted deletion leaves the beginning."""
    for number in reversed(range(len(posts(message.text)))):
        client.post(
            "com.atproto.repo.deleteRecord", {"repo": client.did, "collection": POST, "rkey": rkey(message, number)}
        )


def _picture_embed(client: Client, message: Outgoing) -> dict[str, Any]:
    """Return the pictures as the first post embeds them. A file uploaded twice is stored once."""
    images = []
    for picture in message.media:
        blob = client.upload(picture.content, picture.type).get("blob")
        if not isinstance(blob, dict):
            raise TryLater(gettext_noop("What the network answers cannot be read."))
        size = size_of(picture.content)
        ratio = {"aspectRatio": {"width": size[0], "height": size[1]}} if size and min(size) > 0 else {}
        images.append({"image": blob, "alt": picture.alt, **ratio})
    return {"embed": {"$type": "app.bsky.embed.images", "images": images}} if images else {}


def rkey(message: Outgoing, number: int) -> str:
    """Return a TID, the network's record key: 53 bits of microseconds and 10 of a clock's number, in base 32.

    The milliseconds are those of the message; the rest comes from its key.
    """
    fine = int.from_bytes(hashlib.sha256(f"{message.key}\0{number}".encode()).digest()[:8])
    micros = int(message.sent_at.timestamp() * 1000) * 1000 + fine % 1000
    bits = micros << 10 | (fine >> 32) % 1024
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(60, -1, -5))


def _record(
    message: Outgoing, number: int, text: str, place: tuple[Ref, Ref] | None, dids: Mapping[str, str]
) -> dict[str, Any]:
    """Return the record, which is the same each time: nothing in it depends on the current time."""
    record: dict[str, Any] = {
        "$type": POST,
        "text": text,
        "createdAt": _written_at(message, number),
        "via": VIA,
    }
    if place:
        record["reply"] = {"root": place[0].as_json(), "parent": place[1].as_json()}
    if lang := parse.language(message.lang):
        record["langs"] = [lang]
    if post_facets := facets.find_facets(text, dids):
        record["facets"] = post_facets
    return record


def _written_at(message: Outgoing, number: int) -> str:
    """Return a time one millisecond after the previous post, so that a thread stays in order."""
    at = message.sent_at.astimezone(UTC) + timedelta(milliseconds=number)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _make(client: Client, key: str, record: Mapping[str, Any]) -> tuple[Ref, bool]:
    """Create the post, or find it, as a record key is unique; return it, and whether it existed before."""
    body = {"repo": client.did, "collection": POST, "rkey": key, "record": record, "validate": True}
    try:
        ref = _ref(client.post("com.atproto.repo.createRecord", body))
    except (Rejected, Uncertain) as error:
        return _made_before(client, key, record, error), True
    if ref is None:
        raise Uncertain(gettext_noop("What the network answers cannot be read."))
    return ref, False


def _made_before(client: Client, key: str, record: Mapping[str, Any], error: Rejected | Uncertain) -> Ref:
    try:
        existing = _fetch_post(client, key)
    except (Refused, TryLater):
        if isinstance(error, Rejected) and error.pause:
            raise error from None
        raise Uncertain(error.text, **error.values) from None  # it may be refused because it is there
    if existing is None:
        raise error
    return _ours(existing, record["text"], record["createdAt"])


def _ours(existing: tuple[Ref, Mapping[str, Any]], text: str, written_at: str) -> Ref:
    ref, record = existing
    if (record.get("text"), record.get("createdAt")) != (text, written_at):
        raise Refused(gettext_noop("Another post has taken the place of this reply: {url}"), url=parse.page(ref.uri))
    return ref


def _fetch_post(client: Client, key: str) -> tuple[Ref, Mapping[str, Any]] | None:
    """Return the city's own post under that record key."""
    parameters = {"repo": client.did, "collection": POST, "rkey": key}
    try:
        answer = client.get("com.atproto.repo.getRecord", parameters)
    except Rejected as error:
        if is_absent(error):
            return None
        raise
    ref, value = _ref(answer), answer.get("value")
    if ref is None or not isinstance(value, dict):
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    return ref, value


def _place(client: Client, message: Outgoing) -> tuple[Ref, Ref]:
    """Return the current root and parent of the reply."""
    if parse.split_uri(message.in_reply_to) is None:
        raise Refused(gettext_noop("There is no post on Bluesky that this reply could answer."))
    answer = client.get("app.bsky.feed.getPosts", {"uris": [message.in_reply_to]})
    views = [view for view in _list(answer.get("posts")) if isinstance(view, dict)]
    parent = next((view for view in views if view.get("uri") == message.in_reply_to), None)
    if parent is None:
        return _existing_places(client, message) or _unanswerable(client, message)
    above = _ref(parent)
    if above is None:
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    viewer, record = parent.get("viewer"), parent.get("record")
    if isinstance(viewer, dict) and viewer.get("replyDisabled") is True:
        raise Refused(gettext_noop("Its author lets nobody, or only some, answer this post, and the city not."))
    reply = record.get("reply") if isinstance(record, dict) else None
    root = _ref(reply.get("root")) if isinstance(reply, dict) else None
    return root or above, above


def _existing_places(client: Client, message: Outgoing) -> tuple[Ref, Ref] | None:
    """Return the root and parent of a reply whose first post exists already."""
    existing = _fetch_post(client, rkey(message, 0))
    reply = existing[1].get("reply") if existing else None
    if not isinstance(reply, dict):
        return None
    root, above = _ref(reply.get("root")), _ref(reply.get("parent"))
    return (root, above) if root and above else None


def _unanswerable(client: Client, message: Outgoing) -> tuple[Ref, Ref]:
    """Raise Refused, always, with the reason."""
    if exists(client, message.in_reply_to):
        raise Refused(
            gettext_noop(
                "The post cannot be answered: its author and the city do not see each other (blocked, or hidden)."
            )
        )
    raise Refused(gettext_noop("The post cannot be answered: its author has deleted it."))


def _halfway(sent_count: int, count: int, error: Refused) -> Refused:
    return Refused(
        gettext_noop("Only {done} of the reply's {count} posts are on Bluesky; the next one was refused: {why}"),
        done=sent_count,
        count=count,
        why=str(error),
    )


def _resolve_mentions(client: Client, message: Outgoing) -> dict[str, str]:
    """Return the DIDs of the handles in the text; an unknown handle is plain text."""
    dids: dict[str, str] = {}
    for handle in sorted(set(facets.handles(message.text)))[:_MOST_MENTIONS]:
        if handle == message.to.handle.lower() and message.to.id.startswith("did:"):
            dids[handle] = message.to.id
            continue
        try:
            answer = client.get("com.atproto.identity.resolveHandle", {"handle": handle})
        except Rejected:
            continue
        if isinstance(did := answer.get("did"), str):
            dids[handle] = did
    return dids


def _ref(document: object) -> Ref | None:
    uri, cid = (document.get("uri"), document.get("cid")) if isinstance(document, dict) else (None, None)
    return Ref(uri, cid) if isinstance(uri, str) and isinstance(cid, str) and parse.split_uri(uri) else None


def _list(document: object) -> Sequence[object]:
    return document if isinstance(document, list) else []
