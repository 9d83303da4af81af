"""Reading of Meta's webhooks: verified first, then read entry by entry; no event stops another one."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from portevoix.channels.facebook import direct_messages, instagram_comments, posts
from portevoix.channels.facebook.values import (
    UNKNOWN,
    Here,
    Unclear,
    entries,
    mapping,
    maybe,
    text,
    unreadable,
)
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Batch, Incoming, RawRequest, Unreadable

MOST_BODY: Final = 1_000_000
OBJECTS: Final = {"facebook": "page", "instagram": "instagram"}
"""What Meta calls the kind of account in `object`."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_SIGNATURE = re.compile(r"sha256=[0-9a-fA-F]{64}")


def handshake(query: Mapping[str, str], verify_token: str) -> str:
    """Return the plain text to answer when Meta tries the address. Raise Refused for anybody else."""
    token = query.get("hub.verify_token", "")
    challenge = query.get("hub.challenge", "")
    is_same = hmac.compare_digest(token.encode("utf-8", "replace"), verify_token.encode())
    if not verify_token or not is_same or query.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
        raise Refused(gettext_noop("This is not how Meta tries an address, or the verify token is another one."))
    return challenge


def read(request: RawRequest, app_secret: str, here: Here) -> Batch:
    """Return the messages of this account, and what could not be read. Raise Refused without Meta's signature, and when
    only other accounts are concerned.

    Events of an unknown kind give one Unreadable per kind, always under the same id.
    """
    _check(request, app_secret)
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refused(gettext_noop("What Meta signed cannot be read.")) from error
    if mapping(document).get("object") != OBJECTS[here.channel]:
        raise Refused(gettext_noop("This is meant for another channel."))
    mine = [entry for entry in map(mapping, entries(document.get("entry"))) if maybe(entry.get("id")) == here.me]
    if not mine:
        raise Refused(gettext_noop("This is meant for another account."))
    items = {(item.external_id, _revision(item)): item for entry in mine for item in _entry(entry, here)}
    return Batch(
        messages=tuple(item for item in items.values() if isinstance(item, Incoming)),
        unreadable=tuple(item for item in items.values() if isinstance(item, Unreadable)),
    )


def _check(request: RawRequest, app_secret: str) -> None:
    """Verify the signature of the body as it arrived: Meta escapes non-ASCII, and nothing may unescape it before."""
    if len(request.body) > MOST_BODY:
        raise Refused(gettext_noop("This is more than Meta sends at once."))
    headers = {name.lower(): value for name, value in request.headers.items()}
    header = headers.get("x-hub-signature-256", "")
    signature = hmac.new(app_secret.encode(), request.body, hashlib.sha256).hexdigest()
    if request.method != "POST" or not app_secret or not _SIGNATURE.fullmatch(header):
        raise Refused(gettext_noop("The request is not signed."))
    if not hmac.compare_digest(f"sha256={signature}", f"sha256={header[7:].lower()}"):
        raise Refused(gettext_noop("The request is not signed with the secret of this app."))


def _entry(entry: Mapping[str, Any], here: Here) -> Iterator[Incoming | Unreadable]:
    at = entry.get("time")
    for change in map(mapping, entries(entry.get("changes"))):
        yield from _event(text(change.get("field")), change.get("value"), here, at)
    for name in ("messaging", "standby"):
        for event in entries(entry.get(name)):
            yield from _event("messages", event, here, at)


def _event(field: str, value: Any, here: Here, at: Any) -> Iterator[Incoming | Unreadable]:
    """Yield one message or none. An unreadable one is stored as it came."""
    try:
        item = _dispatch(field, value, here, at)
    except Unclear:
        item = unreadable(value)
    if item is not None:
        yield item


def _dispatch(field: str, value: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    if field.startswith("messag"):
        return direct_messages.event(value, here, at)
    if here.channel == "instagram":
        return instagram_comments.event(field, value, here, at)
    if field == "feed":
        return posts.event(value, here, at)
    if field == "mention":
        return posts.mention(value, here, at)
    return unreadable(value, UNKNOWN, name=f"kind:page/{field[:50]}")


def _revision(item: Incoming | Unreadable) -> int:
    return item.revision if isinstance(item, Incoming) else 0
