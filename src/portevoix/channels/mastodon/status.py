"""A status as the API gives it, as an `Incoming`. Everything in it may be missing or of another type."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from portevoix.channels.mastodon.text import clean, leading_mentions, plain
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
    """Whose eyes these are: the account as the city calls it, its id on the instance, its user name, its host."""

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
    """The message. `arrived` is when the instance had it, which a writer elsewhere cannot choose. Raises Unclear."""
    status, writer = entries(raw), account(raw, here)
    mentions = _mentions(status.get("mentions"), here)
    said = plain(text(status.get("content")), mentions)
    mine = author_id(raw) == here.me
    return Incoming(
        channel="mastodon",
        account=here.account,
        external_id=identifier(raw),
        direction=Direction.OUT if mine else Direction.IN,
        author=writer,
        sent_at=arrived or moment(status.get("created_at")),
        text="\n\n".join(part for part in (clean(text(status.get("spoiler_text"))), said, _poll(status)) if part),
        thread=thread or identifier(raw),
        in_reply_to=parent_id(raw),
        lang=clean(text(status.get("language")))[:35],
        url=clean(text(status.get("url")) or text(status.get("uri")))[:2000],
        media=tuple(_media(status.get("media_attachments"))),
        addressed=_addressed(status, said, set(mentions.values()), here),
        visibility=Visibility.PUBLIC if text(status.get("visibility")) in _OPEN else Visibility.PRIVATE,
        automatic=not mine and entries(status.get("account")).get("bot") is True,
        counts={name: count for name, key in _COUNTS.items() if (count := status.get(key)) and type(count) is int},
        revision=revision(raw),
        change=change,
        quoted=quoted,
    )


def _addressed(status: Mapping[str, Any], said: str, named: set[str], here: Here) -> Addressed:
    """Spoken to: privately; in answer to the city; at the beginning, unless somebody else is answered; or alone.

    Who answers somebody else finds everybody of the thread named at the beginning already, after the one who is
    answered: the city is then spoken to only where it comes first.
    """
    answered = status.get("in_reply_to_account_id")
    if status.get("visibility") == "direct" or answered == here.me:
        return Addressed.DIRECT
    first = leading_mentions(said)
    if answered and answered != author_id(status):
        return Addressed.DIRECT if first[:1] == [here.handle] else Addressed.COPY
    alone = {name.lower() for name in named} <= {here.handle}
    return Addressed.DIRECT if here.handle in first or alone else Addressed.COPY


def unreadable(raw: Any, name: str) -> Unreadable:
    return Unreadable(external_id=name[:MOST_ID], reason=UNREADABLE, raw=clean(json.dumps(raw))[:MOST_RAW])


def retracted(key: str, here: Here, *, sent_at: datetime, revision: int, mine: bool) -> Incoming:
    """A status that is not there any more."""
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
    """What somebody said before, in one piece, "" when it cannot be read."""
    try:
        said = read(raw, here)
    except Unclear:
        return ""
    return f"{said.author.handle}: {said.text}"[:MOST_QUOTED] if said.text else ""


def identifier(raw: Any) -> str:
    """The id on this instance. Raises Unclear."""
    key = entries(raw).get("id")
    found = str(key) if type(key) is int else clean(text(key))
    if not 0 < len(found) <= MOST_ID:
        raise Unclear("id")
    return found


def parent_id(raw: Any) -> str:
    found = entries(raw).get("in_reply_to_id")
    return clean(text(found))[:MOST_ID]


def author_id(raw: Any) -> str:
    return text(entries(entries(raw).get("account")).get("id"))


def account(raw: Any, here: Here) -> Writer:
    """Who wrote it: known by `user@host`, which is the same wherever it is read. Raises Unclear."""
    found = entries(entries(raw).get("account"))
    name = _handle(found, here)
    if not name:
        raise Unclear("account")
    shown = " ".join(clean(text(found.get("display_name"))).split())[:200]
    return Writer(id=name.removeprefix("@").lower(), handle=name, name=shown)


def revision(raw: Any) -> int:
    """0, or when it was edited last, in seconds since 2016: the same each time that it is read."""
    edited = entries(raw).get("edited_at")
    if not edited:
        return 0
    return max(1, int((moment(edited) - _EDITS_SINCE).total_seconds()))


def moment(value: Any) -> datetime:
    """Raises Unclear when it is no moment."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise Unclear("moment") from error
    if not 2000 < found.year < 2080:
        raise Unclear("moment")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def entries(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _handle(found: Mapping[str, Any], here: Here) -> str:
    """`@user@host`, "" when it is not told; local users come without their host."""
    acct = " ".join(clean(text(found.get("acct"))).split()).removeprefix("@")[:MOST_ID]
    if not acct:
        return ""
    return f"@{acct}" if "@" in acct else f"@{acct}@{here.host}"


def _mentions(value: Any, here: Here) -> dict[str, str]:
    found = [entries(one) for one in listed(value)[:100]]
    return {text(one.get("url")): name for one in found if (name := _handle(one, here))}


def _poll(status: Mapping[str, Any]) -> str:
    options = listed(entries(status.get("poll")).get("options"))[:50]
    titles = [clean(text(entries(option).get("title")))[:500] for option in options]
    return "\n".join(f"- {title}" for title in titles if title)


def _media(value: Any) -> Iterator[Media]:
    for one in map(entries, listed(value)[:50]):
        address = text(one.get("url")) or text(one.get("remote_url"))
        if address:
            alt = clean(text(one.get("description")))[:2000]
            yield Media(url=clean(address)[:2000], type=clean(text(one.get("type")))[:100], alt=alt)
