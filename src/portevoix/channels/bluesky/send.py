"""What goes out: a message as one post or a thread of posts, each under a record key that its idempotency key gives."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final

from portevoix.channels.base import Pictures
from portevoix.channels.bluesky import facets, parse
from portevoix.channels.bluesky.parse import POST, VIA
from portevoix.channels.bluesky.receive import exists, is_absent
from portevoix.channels.bluesky.session import Client
from portevoix.channels.bluesky.text import posts
from portevoix.channels.http import Rejected
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
    """Makes the posts that are not there yet; a thread that was cut is continued.

    Raises Refused when the message it answers cannot be answered, or is private: Bluesky's posts are public.
    """
    if message.visibility is Visibility.PRIVATE:
        raise Refused(
            gettext_noop(
                "This conversation is private, and what is posted on Bluesky everybody reads. Use another channel."
            )
        )
    PICTURES.admit(message)
    texts = posts(message.text)
    dids = _mentioned(client, message)
    place = _place(client, message) if message.in_reply_to else None
    first, before = _make(
        client, rkey(message, 0), _record(message, 0, texts[0], place, dids) | _shown(client, message)
    )
    root, above = place[0] if place else first, first
    there, above = _furthest(client, message, texts, first) if before else (0, first)
    for number in range(there + 1, len(texts)):
        record = _record(message, number, texts[number], (root, above), dids)
        try:
            above, _ = _make(client, rkey(message, number), record)
        except Refused as error:
            if not error.pause:
                raise _halfway(number, len(texts), error) from error
            raise
    return _receipt(client, message)


def _furthest(client: Client, message: Outgoing, texts: Sequence[str], first: Ref) -> tuple[int, Ref]:
    """The last post of a thread that is there, of which the first is: they were made one after the other, so that it is
    found by halving. Raises Uncertain where the network does not say.
    """
    found, number, missing = first, 0, len(texts)
    while missing - number > 1:
        middle = (number + missing) // 2
        try:
            there = _there(client, rkey(message, middle))
        except Rejected as error:
            if error.pause:
                raise
            raise Uncertain(error.text, **error.values) from None
        if there:
            found, number = _ours(there, texts[middle], _written_at(message, middle)), middle
        else:
            missing = middle
    return number, found


def _receipt(client: Client, message: Outgoing) -> Receipt:
    uri = f"at://{client.did}/{POST}/{rkey(message, 0)}"
    return Receipt(uri, parse.page(uri))


def find(client: Client, message: Outgoing) -> Receipt | None:
    """By the last post of a thread, before which all others were made. None when it is missing: `send` goes on then."""
    if message.visibility is Visibility.PRIVATE:
        return None
    last = len(posts(message.text)) - 1
    return _receipt(client, message) if _there(client, rkey(message, last)) else None


def delete(client: Client, message: Outgoing) -> None:
    """The last one first, so that a thread that is cut in between still begins at its beginning."""
    for number in reversed(range(len(posts(message.text)))):
        client.post(
            "com.atproto.repo.deleteRecord", {"repo": client.did, "collection": POST, "rkey": rkey(message, number)}
        )


def _shown(client: Client, message: Outgoing) -> dict[str, Any]:
    """The pictures as the first post holds them. A file is known by what is in it: laid there twice it is one."""
    images = []
    for one in message.media:
        blob = client.upload(one.content, one.type).get("blob")
        if not isinstance(blob, dict):
            raise TryLater(gettext_noop("What the network answers cannot be read."))
        size = size_of(one.content)
        ratio = {"aspectRatio": {"width": size[0], "height": size[1]}} if size and min(size) > 0 else {}
        images.append({"image": blob, "alt": one.alt, **ratio})
    return {"embed": {"$type": "app.bsky.embed.images", "images": images}} if images else {}


def rkey(message: Outgoing, number: int) -> str:
    """A TID, as the network wants it: 53 bits of microseconds and 10 of a clock's number, in base 32.

    The milliseconds are those of the message; what is finer comes from its key.
    """
    fine = int.from_bytes(hashlib.sha256(f"{message.key}\0{number}".encode()).digest()[:8])
    micros = int(message.sent_at.timestamp() * 1000) * 1000 + fine % 1000
    bits = micros << 10 | (fine >> 32) % 1024
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(60, -1, -5))


def _record(
    message: Outgoing, number: int, text: str, place: tuple[Ref, Ref] | None, dids: Mapping[str, str]
) -> dict[str, Any]:
    """The same each time: nothing in it is of the moment."""
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
    if found := facets.written(text, dids):
        record["facets"] = found
    return record


def _written_at(message: Outgoing, number: int) -> str:
    """A millisecond after the one before, so that a thread stays in order."""
    at = message.sent_at.astimezone(UTC) + timedelta(milliseconds=number)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _make(client: Client, key: str, record: Mapping[str, Any]) -> tuple[Ref, bool]:
    """Creates the post, or finds it: a record key is taken once. Whether it was there before."""
    body = {"repo": client.did, "collection": POST, "rkey": key, "record": record, "validate": True}
    try:
        made = _ref(client.post("com.atproto.repo.createRecord", body))
    except (Rejected, Uncertain) as error:
        return _made_before(client, key, record, error), True
    if made is None:
        raise Uncertain(gettext_noop("What the network answers cannot be read."))
    return made, False


def _made_before(client: Client, key: str, record: Mapping[str, Any], error: Rejected | Uncertain) -> Ref:
    try:
        there = _there(client, key)
    except (Refused, TryLater):
        if isinstance(error, Rejected) and error.pause:
            raise error from None
        raise Uncertain(error.text, **error.values) from None  # it may be refused because it is there
    if there is None:
        raise error
    return _ours(there, record["text"], record["createdAt"])


def _ours(there: tuple[Ref, Mapping[str, Any]], text: str, written_at: str) -> Ref:
    ref, stored = there
    if (stored.get("text"), stored.get("createdAt")) != (text, written_at):
        raise Refused(gettext_noop("Another post has taken the place of this reply: {url}"), url=parse.page(ref.uri))
    return ref


def _there(client: Client, key: str) -> tuple[Ref, Mapping[str, Any]] | None:
    """The city's own post under that record key."""
    asked = {"repo": client.did, "collection": POST, "rkey": key}
    try:
        told = client.get("com.atproto.repo.getRecord", asked)
    except Rejected as error:
        if is_absent(error):
            return None
        raise
    ref, value = _ref(told), told.get("value")
    if ref is None or not isinstance(value, dict):
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    return ref, value


def _place(client: Client, message: Outgoing) -> tuple[Ref, Ref]:
    """Root and parent of the reply, as they are now."""
    if parse.split_uri(message.in_reply_to) is None:
        raise Refused(gettext_noop("There is no post on Bluesky that this reply could answer."))
    told = client.get("app.bsky.feed.getPosts", {"uris": [message.in_reply_to]})
    views = [view for view in _list(told.get("posts")) if isinstance(view, dict)]
    parent = next((view for view in views if view.get("uri") == message.in_reply_to), None)
    if parent is None:
        return _begun(client, message) or _unanswerable(client, message)
    above = _ref(parent)
    if above is None:
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    viewer, record = parent.get("viewer"), parent.get("record")
    if isinstance(viewer, dict) and viewer.get("replyDisabled") is True:
        raise Refused(gettext_noop("Its author lets nobody, or only some, answer this post, and the city not."))
    reply = record.get("reply") if isinstance(record, dict) else None
    root = _ref(reply.get("root")) if isinstance(reply, dict) else None
    return root or above, above


def _begun(client: Client, message: Outgoing) -> tuple[Ref, Ref] | None:
    """The places of a reply whose first post is there already."""
    there = _there(client, rkey(message, 0))
    reply = there[1].get("reply") if there else None
    if not isinstance(reply, dict):
        return None
    root, above = _ref(reply.get("root")), _ref(reply.get("parent"))
    return (root, above) if root and above else None


def _unanswerable(client: Client, message: Outgoing) -> tuple[Ref, Ref]:
    """Always raises Refused, with the reason."""
    if exists(client, message.in_reply_to):
        raise Refused(
            gettext_noop(
                "The post cannot be answered: its author and the city do not see each other (blocked, or hidden)."
            )
        )
    raise Refused(gettext_noop("The post cannot be answered: its author has deleted it."))


def _halfway(done: int, count: int, error: Refused) -> Refused:
    return Refused(
        gettext_noop("Only {done} of the reply's {count} posts are on Bluesky; the next one was refused: {why}"),
        done=done,
        count=count,
        why=str(error),
    )


def _mentioned(client: Client, message: Outgoing) -> dict[str, str]:
    """The DIDs of the handles in the text; one that nobody has is plain text."""
    found: dict[str, str] = {}
    for handle in sorted(set(facets.handles(message.text)))[:_MOST_MENTIONS]:
        if handle == message.to.handle.lower() and message.to.id.startswith("did:"):
            found[handle] = message.to.id
            continue
        try:
            told = client.get("com.atproto.identity.resolveHandle", {"handle": handle})
        except Rejected:
            continue
        if isinstance(did := told.get("did"), str):
            found[handle] = did
    return found


def _ref(told: object) -> Ref | None:
    uri, cid = (told.get("uri"), told.get("cid")) if isinstance(told, dict) else (None, None)
    return Ref(uri, cid) if isinstance(uri, str) and isinstance(cid, str) and parse.split_uri(uri) else None


def _list(told: object) -> Sequence[object]:
    return told if isinstance(told, list) else []
