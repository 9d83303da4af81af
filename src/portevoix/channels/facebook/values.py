"""Parts of what Meta sends, each of which may be missing or of another type."""

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
    """Whose eyes these are: the channel, the account as the city calls it, and the city's own id on the network."""

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
        """Sent by the city itself when it wrote it."""
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
        """Who removed it is not always told: the record knows who wrote it."""
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
    """Raises Unclear when it is none: Meta writes ids as texts, seldom as numbers."""
    found = str(value) if type(value) is int and 0 <= value < 10**32 else value
    if not isinstance(found, str) or not 0 < len(found) <= MOST_ID or not found.isascii() or not found.isprintable():
        raise Unclear("id")
    return found


def maybe(value: Any) -> str:
    """An id, "" when it is none."""
    try:
        return identifier(value)
    except Unclear:
        return ""


def is_public(external_id: str) -> bool:
    """The id of a post or a comment, rather than of a private message."""
    return bool(_PUBLIC.fullmatch(external_id))


def moment(value: Any) -> datetime:
    """Seconds or milliseconds since 1970, or a date as the Graph API writes it. Raises Unclear."""
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
    """The same as `moment`, as a revision. Raises Unclear."""
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
    """Who wrote. Meta leaves it out where it may not tell; then each message has an author of its own."""
    told = mapping(value)
    handle = text(told.get("username"))[:200]
    name = text(told.get("name"))[:200] or handle
    return Writer(id=maybe(told.get("id")) or f"of:{external_id}", handle=handle, name=name)


def media(addresses: list[tuple[Any, str]]) -> tuple[Media, ...]:
    """Addresses on the network, each with its kind; what is none is left out."""
    found = [(text(url), kind) for url, kind in addresses]
    return tuple(Media(url, kind) for url, kind in found if _is_web(url))[:MOST_MEDIA]


def link(value: Any) -> str:
    """An address on the network, "" when it is none."""
    found = text(value)
    return found if _is_web(found) else ""


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 2000 and not re.search(r"\s", url)


def unreadable(raw: Any, reason: str = UNREADABLE, *, name: str = "") -> Unreadable:
    """`name` is what such events are known by: of one name the first is kept."""
    try:
        written = _BAD.sub("", json.dumps(raw))
    except RecursionError:
        written = "…"
    digest = hashlib.sha256(written.encode()).hexdigest()[:40]
    return Unreadable(external_id=name[:MOST_ID] or f"unread:{digest}", reason=reason, raw=written[:MOST_RAW])
