"""Private messages of Messenger and Instagram Direct, from events and from reading. All messages with one person form
one conversation, as the networks show it.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from portevoix.channels.facebook.values import (
    UNKNOWN,
    Here,
    Unclear,
    data,
    entries,
    identifier,
    link,
    mapping,
    maybe,
    media,
    moment,
    text,
    unreadable,
)
from portevoix.kernel.messages import Change, Incoming, Unreadable, Visibility, Writer

FIELDS: Final = "id,message,from,created_time,attachments{mime_type,file_url,image_data,video_data}"
WITH: Final = "with:"
"""How the thread of private messages is named: with whom."""
_MOST_EDITS: Final = 1_000
_KEY = re.compile(r"[A-Za-z0-9_=:.-]{1,500}")
_IGNORED_KINDS = frozenset(
    {
        "account_linking",
        "app_roles",
        "delivery",
        "game_play",
        "messaging_feedback",
        "optin",
        "pass_thread_control",
        "policy_enforcement",
        "reaction",
        "read",
        "referral",
        "request_thread_control",
        "take_thread_control",
    }
)


def event(raw: Any, here: Here, at: Any) -> Incoming | Unreadable | None:
    """Read one entry of `messaging`; None when it is no message. Raise Unclear."""
    entry = mapping(raw)
    when = entry.get("timestamp") or at
    for name in ("message", "message_edit", "postback"):
        if isinstance(entry.get(name), dict):
            return _event(name, entry, here, when)
    if _IGNORED_KINDS & entry.keys():
        return None
    kind = next(iter(sorted(entry.keys() - {"sender", "recipient", "timestamp"})), "")
    return unreadable(raw, UNKNOWN, name=f"kind:messaging/{kind[:50]}")


def _event(name: str, entry: Mapping[str, Any], here: Here, when: Any) -> Incoming | None:
    content = mapping(entry.get(name))
    if name == "postback" and not content.get("mid"):
        return None  # a button of a menu, which is no message
    key = identifier(content.get("mid"))
    if content.get("is_deleted") is True:
        return here.removed(key, moment(when), private=True)
    sender, recipient = (maybe(mapping(entry.get(side)).get("id")) for side in ("sender", "recipient"))
    mine = content.get("is_echo") is True or sender == here.me
    other = identifier(recipient if mine else sender)
    more: dict[str, Any] = {"in_reply_to": maybe(mapping(content.get("reply_to")).get("mid"))}
    if name == "message_edit":
        if content.get("num_edit") in (0, "0"):
            return None  # Instagram tells so of new messages, too
        if not isinstance(content.get("text"), str):
            raise Unclear("text")  # it must not empty what was said
        more = {"change": Change.AMEND, "revision": _edits(content.get("num_edit"))}
    return _letter(
        here,
        key,
        other,
        Writer(id=here.me if mine else other),
        moment(when),
        text(content.get("text")) or text(content.get("title")),
        media=media([_event_attachment(one) for one in entries(content.get("attachments"))]),
        **more,
    )


def letter(raw: Any, here: Here, other: str) -> Incoming:
    """Read a message of the conversation with the person `other`. Raise Unclear."""
    message = mapping(raw)
    who = mapping(message.get("from"))
    sender = identifier(who.get("id"))
    handle = text(who.get("username"))[:200]
    return _letter(
        here,
        identifier(message.get("id")),
        other,
        Writer(id=sender, handle=handle, name=text(who.get("name"))[:200] or handle),
        moment(message.get("created_time")),
        text(message.get("message")),
        media=media([_read_attachment(one) for one in data(message.get("attachments"))]),
    )


def is_conversation(key: str) -> bool:
    return bool(_KEY.fullmatch(key))


def partner(conversation: Mapping[str, Any], here: Here) -> str:
    """Return the id of the other person. Raise Unclear when only the city takes part."""
    for participant in data(conversation.get("participants")):
        participant_id = maybe(mapping(participant).get("id"))
        if participant_id and participant_id != here.me:
            return participant_id
    raise Unclear("participants")


def _letter(here: Here, key: str, other: str, writer: Writer, when: Any, words: str, **more: Any) -> Incoming:
    return here.incoming(key, writer, when, words, thread=f"{WITH}{other}", visibility=Visibility.PRIVATE, **more)


def _edits(value: Any) -> int:
    """Return the number of edits, which is the revision: Meta allows five."""
    count = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 5 else value
    if type(count) is not int or not 0 < count <= _MOST_EDITS:
        raise Unclear("num_edit")
    return count


def _event_attachment(value: Any) -> tuple[Any, str]:
    attachment = mapping(value)
    return mapping(attachment.get("payload")).get("url"), text(attachment.get("type"))[:50]


def _read_attachment(value: Any) -> tuple[Any, str]:
    attachment = mapping(value)
    images, videos = mapping(attachment.get("image_data")), mapping(attachment.get("video_data"))
    address = link(images.get("url")) or link(videos.get("url")) or link(attachment.get("file_url"))
    return address, text(attachment.get("mime_type"))[:50]
