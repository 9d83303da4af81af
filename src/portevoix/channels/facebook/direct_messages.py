"""Private messages of Messenger and Instagram Direct, as events and as they are read. All with one person are one
conversation: so the networks show it, too.
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
_PASSED = frozenset(
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
    """One entry of `messaging`. None for what nobody says. Raises Unclear."""
    told = mapping(raw)
    when = told.get("timestamp") or at
    for name in ("message", "message_edit", "postback"):
        if isinstance(told.get(name), dict):
            return _event(name, told, here, when)
    if _PASSED & told.keys():
        return None
    kind = next(iter(sorted(told.keys() - {"sender", "recipient", "timestamp"})), "")
    return unreadable(raw, UNKNOWN, name=f"kind:messaging/{kind[:50]}")


def _event(name: str, told: Mapping[str, Any], here: Here, when: Any) -> Incoming | None:
    said = mapping(told.get(name))
    if name == "postback" and not said.get("mid"):
        return None  # a button of a menu, which is no message
    key = identifier(said.get("mid"))
    if said.get("is_deleted") is True:
        return here.removed(key, moment(when), private=True)
    sender, recipient = (maybe(mapping(told.get(side)).get("id")) for side in ("sender", "recipient"))
    mine = said.get("is_echo") is True or sender == here.me
    other = identifier(recipient if mine else sender)
    more: dict[str, Any] = {"in_reply_to": maybe(mapping(said.get("reply_to")).get("mid"))}
    if name == "message_edit":
        if said.get("num_edit") in (0, "0"):
            return None  # Instagram tells so of new messages, too
        if not isinstance(said.get("text"), str):
            raise Unclear("text")  # it must not empty what was said
        more = {"change": Change.AMEND, "revision": _edits(said.get("num_edit"))}
    return _letter(
        here,
        key,
        other,
        Writer(id=here.me if mine else other),
        moment(when),
        text(said.get("text")) or text(said.get("title")),
        media=media([_attached(one) for one in entries(said.get("attachments"))]),
        **more,
    )


def letter(raw: Any, here: Here, other: str) -> Incoming:
    """A message as it is read in the conversation with the person `other`. Raises Unclear."""
    told = mapping(raw)
    who = mapping(told.get("from"))
    sender = identifier(who.get("id"))
    handle = text(who.get("username"))[:200]
    return _letter(
        here,
        identifier(told.get("id")),
        other,
        Writer(id=sender, handle=handle, name=text(who.get("name"))[:200] or handle),
        moment(told.get("created_time")),
        text(told.get("message")),
        media=media([_read_attached(one) for one in data(told.get("attachments"))]),
    )


def is_conversation(key: str) -> bool:
    return bool(_KEY.fullmatch(key))


def partner(conversation: Mapping[str, Any], here: Here) -> str:
    """With whom it is. Raises Unclear when nobody but the city is in it."""
    for one in data(conversation.get("participants")):
        found = maybe(mapping(one).get("id"))
        if found and found != here.me:
            return found
    raise Unclear("participants")


def _letter(here: Here, key: str, other: str, writer: Writer, when: Any, said: str, **more: Any) -> Incoming:
    return here.incoming(key, writer, when, said, thread=f"{WITH}{other}", visibility=Visibility.PRIVATE, **more)


def _edits(value: Any) -> int:
    """How often it was edited, which is its revision: Meta allows five."""
    count = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 5 else value
    if type(count) is not int or not 0 < count <= _MOST_EDITS:
        raise Unclear("num_edit")
    return count


def _attached(value: Any) -> tuple[Any, str]:
    told = mapping(value)
    return mapping(told.get("payload")).get("url"), text(told.get("type"))[:50]


def _read_attached(value: Any) -> tuple[Any, str]:
    told = mapping(value)
    images, videos = mapping(told.get("image_data")), mapping(told.get("video_data"))
    found = link(images.get("url")) or link(videos.get("url")) or link(told.get("file_url"))
    return found, text(told.get("mime_type"))[:50]
