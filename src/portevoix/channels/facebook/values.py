"""Parsing of Meta's data, in which each part may be missing or of another type."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Media, Unreadable, Visibility, Writer

UNREADABLE: Final = gettext_noop("What Meta tells of it cannot be read. Open it on the network.")
UNKNOWN: Final = gettext_noop("Meta sends events of a kind that is not known here: of each kind the first is kept.")
REMOVED: Final = 2_147_483_647
"""The revision of a removal: nothing comes after it, whenever it is told."""
MOST_RAW: Final = 100_000
MOST_ID: Final = 500
MOST_MEDIA: Final = 20
_PUBLIC = re.compile(r"[0-9]{1,32}(_[0-9]{1,32})?")
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MILLISECONDS: Final = 100_000_000_000
_FIRST: Final = datetime(2004, 1, 1, tzinfo=UTC).timestamp()
_LAST: Final = 2_147_483_646


class Unclear(ValueError):
    """A part that a message needs is missing or of another type."""


@dataclass(frozen=True, slots=True)
class Here:
    """The account that reads: the channel, its name in the city, and the city's own id on the network."""

    channel: str
    account: str
    me: str

    def incoming(
        self,
        external_id: str,
        writer: Writer,
        sent_at: datetime,
        text: str,
        **more: Any,
    ) -> Incoming:
        """Return a message, which is outgoing when the city itself wrote it."""
        return Incoming(
            channel=self.channel,
            account=self.account,
            external_id=external_id,
            direction=Direction.OUT if writer.id == self.me else Direction.IN,
            author=writer,
            sent_at=sent_at,
            text=text,
            **more,
        )

    def removed(self, external_id: str, sent_at: datetime, *, private: bool = False) -> Incoming:
        """Return a removal. Meta does not always tell who removed it: its author is already stored."""
        return self.incoming(
            external_id,
            Writer(id=f"of:{external_id}"),
            sent_at,
            "",
            change=Change.RETRACT,
            revision=REMOVED,
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            addressed=Addressed.DIRECT,
        )


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def data(value: Any) -> list[Any]:
    """The items of an edge: {"data": […], "paging": …}."""
    return entries(mapping(value).get("data"))


def text(value: Any) -> str:
    return _BAD.sub("", value).strip() if isinstance(value, str) else ""


def identifier(value: Any) -> str:
    """Return an id. Raise Unclear when it is not one: Meta writes ids as texts, seldom as numbers."""
    key = str(value) if type(value) is int and 0 <= value < 10**32 else value
    if not isinstance(key, str) or not 0 < len(key) <= MOST_ID or not key.isascii() or not key.isprintable():
        raise Unclear("id")
    return key


def maybe(value: Any) -> str:
    """Return an id, "" when it is not one."""
    try:
        return identifier(value)
    except Unclear:
        return ""


def is_public(external_id: str) -> bool:
    """Return whether it is the id of a post or a comment, rather than of a private message."""
    return bool(_PUBLIC.fullmatch(external_id))


def moment(value: Any) -> datetime:
    """Parse seconds or milliseconds since 1970, or a date of the Graph API. Raise Unclear."""
    try:
        if isinstance(value, str) and not value.isdecimal():
            when = datetime.fromisoformat(value)
            if when.tzinfo is None:
                raise Unclear("time")
            return _within(when.timestamp())
        return _within(_seconds(value))
    except (ValueError, OverflowError, OSError) as error:
        raise Unclear("time") from error


def whole_seconds(value: Any) -> int:
    """Return the time in whole seconds, as a revision. Raise Unclear."""
    return int(moment(value).timestamp())


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Unclear("time")
    if isinstance(value, str) and len(value) > 16:
        raise Unclear("time")
    count = int(value)
    return count / 1000 if count >= _MILLISECONDS else float(count)


def _within(seconds: float) -> datetime:
    if not _FIRST <= seconds <= _LAST:
        raise Unclear("time")
    return datetime.fromtimestamp(seconds, UTC)


def writer(value: Any, external_id: str) -> Writer:
    """Return the author. Where Meta may not tell, each message has an author of its own."""
    profile = mapping(value)
    handle = text(profile.get("username"))[:200]
    name = text(profile.get("name"))[:200] or handle
    return Writer(id=maybe(profile.get("id")) or f"of:{external_id}", handle=handle, name=name)


def media(addresses: list[tuple[Any, str]]) -> tuple[Media, ...]:
    """Return the valid addresses on the network, each with its kind."""
    pairs = [(text(url), kind) for url, kind in addresses]
    return tuple(Media(url, kind) for url, kind in pairs if _is_web(url))[:MOST_MEDIA]


def link(value: Any) -> str:
    """Return an address on the network, "" when it is not one."""
    address = text(value)
    return address if _is_web(address) else ""


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 2000 and not re.search(r"\s", url)


def unreadable(raw: Any, reason: str = UNREADABLE, *, name: str = "") -> Unreadable:
    """Return an Unreadable. `name` identifies such events: only the first of each name is stored."""
    try:
        raw_text = _BAD.sub("", json.dumps(raw))
    except RecursionError:
        raw_text = "…"
    digest = hashlib.sha256(raw_text.encode()).hexdigest()[:40]
    return Unreadable(external_id=name[:MOST_ID] or f"unread:{digest}", reason=reason, raw=raw_text[:MOST_RAW])
