"""Posts as the network shows them: what several tests of Bluesky read."""

from typing import Any

CITY, ANA, BOB = "did:plc:ville", "did:plc:ana", "did:plc:bob"
URI = f"at://{ANA}/app.bsky.feed.post/3kabc"


def mention(text: str, words: str, did: str) -> dict[str, Any]:
    start = text.encode().index(words.encode())
    index = {"byteStart": start, "byteEnd": start + len(words.encode())}
    return {"index": index, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}]}


def link(text: str, words: str, uri: str) -> dict[str, Any]:
    return {
        **mention(text, words, ""),
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
    }


def view(text: str, *, mentions: dict[str, str] | None = None, **record: Any) -> dict[str, Any]:
    """A notification, as app.bsky.notification.listNotifications gives it."""
    found = [mention(text, words, did) for words, did in (mentions or {}).items()]
    return {
        "uri": URI,
        "cid": "bafyreia",
        "author": {"did": ANA, "handle": "ana.test", "displayName": "Ana  Bél"},
        "reason": "mention",
        "record": {"$type": "app.bsky.feed.post", "text": text, "facets": found, "createdAt": "2026", **record},
        "isRead": False,
        "indexedAt": "2026-03-02T09:00:00.123Z",
    }


def reference(did: str, key: str) -> dict[str, str]:
    return {"uri": f"at://{did}/app.bsky.feed.post/{key}", "cid": "bafyreia"}


def image(alt: str) -> dict[str, Any]:
    blob = {"$type": "blob", "ref": {"$link": "bafkreiabcdef"}, "mimeType": "image/jpeg", "size": 1}
    return {"image": blob, "alt": alt}
