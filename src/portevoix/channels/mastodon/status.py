"""Conversion of a status from the API to an `Incoming`. Everything in it may be missing or of another type."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from portevoix.channels.mastodon.status_text import clean, leading_mentions, plain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Media, Unreadable, Visibility, Writer

UNREADABLE: Final = gettext_noop("What the instance tells of it cannot be read. Open it on the network.")
MOST_RAW: Final = 100_000
MOST_QUOTED: Final = 2_000
MOST_ID: Final = 200
_OPEN = frozenset({"public", "unlisted"})
_COUNTS = {"likes": "favourites_count", "reposts": "reblogs_count", "replies": "replies_count"}
_EDITS_SINCE = datetime(2016, 1, 1, tzinfo=UTC)


class Unclear(ValueError):
    """A part that a message needs is missing or of another type."""


@dataclass(frozen=True, slots=True)
class Here:
    """The account that reads: its name in the city, its id on the instance, its user name, its host."""

    account: str
    me: str
    user: str
    host: str

    @property
    def handle(self) -> str:
        return f"@{self.user}@{self.host}".lower()


def read(
    raw: Any,
    here: Here,
    *,
    thread: str = "",
    quoted: str = "",
    arrived: datetime | None = None,
    change: Change = Change.MESSAGE,
) -> Incoming:
    """Convert a status. `arrived` is when the instance got it, which no remote writer can choose. Raise Unclear."""
    status, writer = as_mapping(raw), account(raw, here)
    mentions = _mentions(status.get("mentions"), here)
    content = plain(text(status.get("content")), mentions)
    mine = author_id(raw) == here.me
    return Incoming(
        channel="mastodon",
        account=here.account,
        external_id=identifier(raw),
        direction=Direction.OUT if mine else Direction.IN,
        author=writer,
        sent_at=arrived or moment(status.get("created_at")),
        text="\n\n".join(part for part in (clean(text(status.get("spoiler_text"))), content, _poll(status)) if part),
        thread=thread or identifier(raw),
        in_reply_to=parent_id(raw),
        lang=clean(text(status.get("language")))[:35],
        url=clean(text(status.get("url")) or text(status.get("uri")))[:2000],
        media=tuple(_media(status.get("media_attachments"))),
        addressed=_addressing(status, content, set(mentions.values()), here),
        visibility=Visibility.PUBLIC if text(status.get("visibility")) in _OPEN else Visibility.PRIVATE,
        automatic=not mine and as_mapping(status.get("account")).get("bot") is True,
        counts={name: count for name, key in _COUNTS.items() if (count := status.get(key)) and type(count) is int},
        revision=revision(raw),
        change=change,
        quoted=quoted,
    )


def _addressing(status: Mapping[str, Any], content: str, names: set[str], here: Here) -> Addressed:
    """Return how the city is addressed: directly if privately, in answer to it, at the beginning, or alone.

    A reply to somebody else begins with the names of the whole thread, the author of the parent first: the city is then
    addressed directly only where it comes first.
    """
    answered_id = status.get("in_reply_to_account_id")
    if status.get("visibility") == "direct" or answered_id == here.me:
        return Addressed.DIRECT
    first = leading_mentions(content)
    if answered_id and answered_id != author_id(status):
        return Addressed.DIRECT if first[:1] == [here.handle] else Addressed.COPY
    alone = {name.lower() for name in names} <= {here.handle}
    return Addressed.DIRECT if here.handle in first or alone else Addressed.COPY


def unreadable(raw: Any, name: str) -> Unreadable:
    return Unreadable(external_id=name[:MOST_ID], reason=UNREADABLE, raw=clean(json.dumps(raw))[:MOST_RAW])


def read_retraction(key: str, here: Here, *, sent_at: datetime, revision: int, mine: bool) -> Incoming:
    """Return the retraction of a status that no longer exists."""
    return Incoming(
        channel="mastodon",
        account=here.account,
        external_id=key,
        direction=Direction.OUT if mine else Direction.IN,
        author=Writer(id=here.handle.removeprefix("@") if mine else "—"),
        sent_at=sent_at,
        text="",
        change=Change.RETRACT,
        revision=revision,
    )


def quote(raw: Any, here: Here) -> str:
    """Quote a status in one piece; "" when it cannot be read."""
    try:
        message = read(raw, here)
    except Unclear:
        return ""
    return f"{message.author.handle}: {message.text}"[:MOST_QUOTED] if message.text else ""


def identifier(raw: Any) -> str:
    """Return the id on this instance. Raise Unclear."""
    key = as_mapping(raw).get("id")
    identifier_text = str(key) if type(key) is int else clean(text(key))
    if not 0 < len(identifier_text) <= MOST_ID:
        raise Unclear("id")
    return identifier_text


def parent_id(raw: Any) -> str:
    parent = as_mapping(raw).get("in_reply_to_id")
    return clean(text(parent))[:MOST_ID]


def author_id(raw: Any) -> str:
    return text(as_mapping(as_mapping(raw).get("account")).get("id"))


def account(raw: Any, here: Here) -> Writer:
    """Return the author, identified by `user@host`, which is the same on every instance. Raise Unclear."""
    profile = as_mapping(as_mapping(raw).get("account"))
    name = _handle(profile, here)
    if not name:
        raise Unclear("account")
    display_name = " ".join(clean(text(profile.get("display_name"))).split())[:200]
    return Writer(id=name.removeprefix("@").lower(), handle=name, name=display_name)


def revision(raw: Any) -> int:
    """Return 0, or the time of the last edit in seconds since 2016, which is the same at each reading."""
    edited_at = as_mapping(raw).get("edited_at")
    if not edited_at:
        return 0
    return max(1, int((moment(edited_at) - _EDITS_SINCE).total_seconds()))


def moment(value: Any) -> datetime:
    """Parse a time. Raise Unclear when it is not one."""
    try:
        time = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise Unclear("moment") from error
    if not 2000 < time.year < 2080:
        raise Unclear("moment")
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _handle(profile: Mapping[str, Any], here: Here) -> str:
    """Return `@user@host`; "" when it is missing. Local users come without their host."""
    acct = " ".join(clean(text(profile.get("acct"))).split()).removeprefix("@")[:MOST_ID]
    if not acct:
        return ""
    return f"@{acct}" if "@" in acct else f"@{acct}@{here.host}"


def _mentions(value: Any, here: Here) -> dict[str, str]:
    profiles = [as_mapping(profile) for profile in as_list(value)[:100]]
    return {text(profile.get("url")): name for profile in profiles if (name := _handle(profile, here))}


def _poll(status: Mapping[str, Any]) -> str:
    options = as_list(as_mapping(status.get("poll")).get("options"))[:50]
    titles = [clean(text(as_mapping(option).get("title")))[:500] for option in options]
    return "\n".join(f"- {title}" for title in titles if title)


def _media(value: Any) -> Iterator[Media]:
    for one in map(as_mapping, as_list(value)[:50]):
        address = text(one.get("url")) or text(one.get("remote_url"))
        if address:
            alt = clean(text(one.get("description")))[:2000]
            yield Media(url=clean(address)[:2000], type=clean(text(one.get("type")))[:100], alt=alt)
